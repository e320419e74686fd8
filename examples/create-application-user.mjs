// Makes the role of docs/guides/permissions.md and an application user that has it, as whoever
// `az login` signed in. --dry-run prints the requests and sends none.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    environment: { type: 'string' },
    'application-id': { type: 'string' },
    role: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const { environment, role, 'application-id': applicationId, 'dry-run': isDry } = values;
if (!environment || !applicationId || !['reader', 'writer'].includes(role ?? '')) {
  console.error('--environment URL --application-id ID --role reader|writer [--dry-run]');
  process.exit(2);
}
const page = readFileSync(new URL('../docs/guides/permissions.md', import.meta.url), 'utf8');
const tables = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| ([^|]+) \|/gm)].map(
  ([, table, writer]) => ({
    table,
    rights: (role === 'reader' ? 'Read' : writer)
      .match(/Append To|\w+/g)
      .map((right) => right.replace(' ', '')),
  }),
);
const root = `${new URL(environment).origin}/api/data/v9.2`;
const token = isDry
  ? ''
  : execFileSync(
      'az',
      [
        'account',
        'get-access-token',
        '--resource',
        new URL(environment).origin,
        '--query',
        'accessToken',
        '--output',
        'tsv',
      ],
      { encoding: 'utf8', shell: process.platform === 'win32' },
    ).trim();

const send = async (method, path, body) => {
  if (isDry) {
    console.log(`${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
    return {
      value: [],
      UserId: 'USER',
      BusinessUnitId: 'UNIT',
      roleid: 'ROLE',
      systemuserid: 'APPLICATION-USER',
      Privileges: [],
    };
  }
  const answer = await fetch(`${root}/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'application/json',
      Prefer: 'return=representation',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  return text === '' ? {} : JSON.parse(text);
};

const { BusinessUnitId: unit } = await send('GET', 'WhoAmI');
const privileges = [];
for (const { table, rights } of tables) {
  const definition = await send(
    'GET',
    `EntityDefinitions(LogicalName='${table}')?$select=LogicalName,Privileges`,
  ).catch(() => undefined);
  if (definition === undefined) console.error(`${table} is not in this environment.`);
  for (const { PrivilegeId, PrivilegeType } of definition?.Privileges ?? [])
    if (rights.includes(PrivilegeType)) privileges.push({ PrivilegeId, Depth: 'Global' });
}
const made = await send('POST', 'roles', {
  name: `Unified routing ${role}`,
  'businessunitid@odata.bind': `/businessunits(${unit})`,
});
await send('POST', `roles(${made.roleid})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, {
  Privileges: privileges,
});
const user = await send('POST', 'systemusers', {
  applicationid: applicationId,
  'businessunitid@odata.bind': `/businessunits(${unit})`,
});
await send('POST', `systemusers(${user.systemuserid})/systemuserroles_association/$ref`, {
  '@odata.id': `${root}/roles(${made.roleid})`,
});
console.log(`Application user ${applicationId} has the role 'Unified routing ${role}'.`);
