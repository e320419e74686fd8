import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { parseGuid } from '../../model/guid.ts';
import type { Plan } from '../../model/plan.ts';
import { isLookup } from '../../model/row.ts';
import type { EnvironmentTable, PrivilegeVerb } from '../../model/table.ts';
import { isLongText, isRecord, isVariable } from '../../plan/planned-value.ts';

const namesPerRequest = 20;

interface Importer {
  readonly applicationId: string;
  readonly reader: DataverseReader;
}

/**
 * Asks whether the identity that will import may do what a plan needs, with the identity that plans:
 * a plan can be made by somebody who may only read.
 */
export async function checkImporter(
  plan: Plan,
  { applicationId, reader }: Importer,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const needed = await neededBy(plan, reader, signal);
  const userId = await findUser(applicationId, reader, signal);
  if (userId === undefined)
    return [
      {
        severity: 'error',
        code: 'URM1349',
        where: reader.url,
        summary: `The target has no enabled application user ${applicationId}, which is to import`,
        detail: '',
        remedy: 'Add the application user to the environment, or correct importerApplicationId.',
      },
    ];
  const names = [...needed.keys()];
  const held = new Set<string>();
  for (let at = 0; at < names.length; at += namesPerRequest) {
    const some = names.slice(at, at + namesPerRequest);
    const answer = await reader.get(
      `systemusers(${userId})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)?@p=${encodeURIComponent(JSON.stringify(some))}`,
      signal,
    );
    const found = isRecord(answer) ? answer['RolePrivileges'] : undefined;
    for (const each of Array.isArray(found) ? found : [])
      if (isRecord(each) && typeof each['PrivilegeName'] === 'string')
        held.add(each['PrivilegeName'].toLowerCase());
  }
  return names
    .filter((name) => !held.has(name.toLowerCase()))
    .map((name) => ({
      severity: 'error',
      code: 'URM1349',
      where: `${reader.url} ${needed.get(name) ?? ''}`,
      summary: `The identity that is to import lacks the privilege ${name}`,
      detail: `Application id ${applicationId}.`,
      remedy: `Give its application user a role with ${name}.`,
    }));
}

/** Privileges by name, with what they are for. */
async function neededBy(
  plan: Plan,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Map<string, Set<PrivilegeVerb>>();
  const want = (table: string, ...verbs: readonly PrivilegeVerb[]): void => {
    const known = wanted.get(table) ?? new Set();
    wanted.set(table, known);
    for (const verb of verbs) known.add(verb);
  };
  for await (const action of plan.actions(signal)) {
    const { table } = action.row;
    if (action.kind === 'delete') want(table, 'read', 'delete');
    if (action.kind === 'link' || action.kind === 'unlink') {
      want(table, 'read', 'append');
      want(action.link.to.table, 'read', 'appendTo');
    }
    if (action.kind !== 'create' && action.kind !== 'update') continue;
    want(table, 'read', action.kind === 'create' ? 'create' : 'write');
    for (const { after } of action.changes)
      if (!isLongText(after) && !isVariable(after) && isLookup(after)) {
        want(table, 'append');
        want(after.table, 'read', 'appendTo');
      }
  }
  const tables = await reader.tables([...wanted.keys()], signal);
  return new Map(
    [...wanted].flatMap(([name, verbs]) =>
      [...verbs].flatMap((verb) => privilegeOf(tables.get(name), verb)),
    ),
  );
}

/** A table may lack a verb: organization-owned tables have fewer. */
function privilegeOf(
  table: EnvironmentTable | undefined,
  verb: PrivilegeVerb,
): readonly (readonly [string, string])[] {
  const name = table?.privileges.get(verb)?.name;
  return name === undefined || table === undefined ? [] : [[name, `${table.name}: ${verb}`]];
}

async function findUser(
  applicationId: string,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<string | undefined> {
  const id = parseGuid(applicationId);
  if (id === undefined) return undefined;
  const answer = await reader.get(
    `systemusers?$select=systemuserid&$filter=applicationid eq ${id} and isdisabled eq false`,
    signal,
  );
  const rows = isRecord(answer) ? answer['value'] : undefined;
  const list: readonly unknown[] = Array.isArray(rows) ? rows : [];
  const [first] = list;
  const found = isRecord(first) ? first['systemuserid'] : undefined;
  return typeof found === 'string' ? found : undefined;
}
