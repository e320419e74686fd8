// Makes a role of docs/guides/permissions.md and an application user that has it, as whoever `az login`
// signed in or with the token in DATAVERSE_ACCESS_TOKEN. Run again it brings both up to date.
// --dry-run prints the requests and sends none.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const usage =
  '--environment URL --application-id ID --role reader|writer [--with-map-files] [--without-delete] [--with-assign] [--channels voice,live-chat,…] [--dry-run]';
const { values } = parseArgs({
  options: {
    environment: { type: 'string' },
    'application-id': { type: 'string' },
    role: { type: 'string' },
    'with-map-files': { type: 'boolean', default: false },
    'without-delete': { type: 'boolean', default: false },
    'with-assign': { type: 'boolean', default: false },
    channels: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const { environment, role, 'application-id': applicationId, 'dry-run': isDry } = values;
const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(applicationId ?? '');
if (!isSafe(environment) || !isId || !['reader', 'writer'].includes(role ?? '')) {
  console.error(usage);
  process.exit(2);
}
const channels = values.channels?.split(',').map((each) => each.trim());
// A role for each set of rights: another application with other options leaves it alone.
const roleName = [
  `Unified routing ${role}`,
  ...(values['with-map-files'] ? ['with map files'] : []),
  ...(values['without-delete'] ? ['without Delete'] : []),
  ...(values['with-assign'] ? ['with Assign'] : []),
  ...(channels === undefined ? [] : [`(${channels.join(', ')})`]),
]
  .join(' ')
  .slice(0, 100);

const page = readFileSync(new URL('../docs/guides/permissions.md', import.meta.url), 'utf8');
const rightsIn = (cell) =>
  (cell.match(/Append To|[A-Z]\w+/g) ?? []).map((word) => word.replace(' ', ''));
// Whoever writes neither verifies nor validates: that is the reader's work.
const always = [
  'every channel',
  ...(role === 'reader' ? ['verification', 'validation'] : []),
  ...(values['with-map-files'] ? ['map files'] : []),
];
// Whoever writes beside others gives new rows to the first of them.
const withAssign = (rights) =>
  values['with-assign'] && rights.includes('Create') ? [...rights, 'Assign'] : rights;
const wanted = [...page.matchAll(/^\| `(\w+)` \|([^|]+)\|([^|]+)\|([^|]+)\|([^|]+)\|$/gm)]
  .map(([, table, reader, writer, linker, purposes]) => ({
    table,
    rights: withAssign([
      ...rightsIn(role === 'reader' ? reader : writer),
      ...(values['with-map-files'] ? rightsIn(linker) : []),
    ]).filter((right) => right !== 'Delete' || !values['without-delete']),
    purposes: purposes.split(',').map((each) => each.trim()),
  }))
  .filter(
    ({ rights, purposes }) =>
      rights.length > 0 &&
      (channels === undefined || purposes.some((each) => [...always, ...channels].includes(each))),
  );
const definitions = [...page.matchAll(/`(prvRead\w+)`/g)].map(([, name]) => name);

const origin = new URL(environment).origin;
const root = `${origin}/api/data/v9.2`;
const token = isDry ? '' : (process.env['DATAVERSE_ACCESS_TOKEN'] ?? signedIn());

const { BusinessUnitId: unit } = await send('GET', 'WhoAmI');
const privileges = [];
for (const { table, rights } of wanted) {
  const definition = await send(
    'GET',
    `EntityDefinitions(LogicalName='${table}')?$select=LogicalName,Privileges`,
    { missing: { Privileges: undefined } },
  );
  // A table whose channel is not provisioned has no privileges to grant.
  if (definition.Privileges === undefined) console.error(`${table} is not in this environment.`);
  for (const { PrivilegeId, PrivilegeType } of definition.Privileges ?? [])
    if (rights.includes(PrivilegeType)) privileges.push({ PrivilegeId, Depth: 'Global' });
}
const named = definitions.map((name) => `name eq '${name}'`).join(' or ');
const found = await send(
  'GET',
  `privileges?$select=privilegeid,name&$filter=${encodeURIComponent(named)}`,
);
for (const { privilegeid } of found.value)
  privileges.push({ PrivilegeId: privilegeid, Depth: 'Global' });

const roleId = await made(
  'roles',
  'roleid',
  `name eq '${roleName}' and _businessunitid_value eq ${unit}`,
  {
    name: roleName,
    'businessunitid@odata.bind': `/businessunits(${unit})`,
  },
);
await send('POST', `roles(${roleId})/Microsoft.Dynamics.CRM.ReplacePrivilegesRole`, {
  body: { Privileges: privileges },
});
const userId = await made('systemusers', 'systemuserid', `applicationid eq ${applicationId}`, {
  applicationid: applicationId,
  'businessunitid@odata.bind': `/businessunits(${unit})`,
});
const has = await send('GET', `systemusers(${userId})/systemuserroles_association?$select=roleid`);
if (!has.value.some(({ roleid }) => roleid === roleId))
  await send('POST', `systemusers(${userId})/systemuserroles_association/$ref`, {
    body: { '@odata.id': `${root}/roles(${roleId})` },
  });
console.log(
  `Application user ${applicationId} has the role '${roleName}' with ${privileges.length} privileges.`,
);

/** A token goes over https only, but to an emulator on this machine. */
function isSafe(url) {
  if (!URL.canParse(url ?? '')) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

/** The id of the row that the filter finds, or of a new one. */
async function made(set, idColumn, filter, body) {
  const { value } = await send(
    'GET',
    `${set}?$select=${idColumn}&$filter=${encodeURIComponent(filter)}`,
  );
  const [known] = value;
  return known?.[idColumn] ?? (await send('POST', set, { body }))[idColumn];
}

async function send(method, path, { body, missing } = {}) {
  if (isDry) {
    console.log(`${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
    const ids = { BusinessUnitId: 'UNIT', roleid: 'ROLE', systemuserid: 'APPLICATION-USER' };
    return { ...ids, value: [], Privileges: [] };
  }
  const answer = await fetch(`${root}/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: 'application/json',
      'OData-Version': '4.0',
      'OData-MaxVersion': '4.0',
      Prefer: 'return=representation',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status === 404 && missing !== undefined) return missing;
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  return text === '' ? {} : JSON.parse(text);
}

function signedIn() {
  const query = ['--resource', origin, '--query', 'accessToken', '--output', 'tsv'];
  const options = { encoding: 'utf8', shell: process.platform === 'win32' };
  return execFileSync('az', ['account', 'get-access-token', ...query], options).trim();
}
