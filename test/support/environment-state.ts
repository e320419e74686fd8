import type { Environment } from '#emulator/environment.ts';

/** Audit columns and versions: nothing can bring them back. */
const audit = new Set([
  'createdby',
  'createdon',
  'createdonbehalfby',
  'modifiedby',
  'modifiedon',
  'modifiedonbehalfby',
  'versionnumber',
]);

/** Rows that the server writes by itself beside rulesets and workstreams, whatever becomes of those. */
function isServerMade(table: string, cells: ReadonlyMap<string, unknown>): boolean {
  if (table === 'msdyn_rulesetdependencymapping') return true;
  const name = cells.get('msdyn_uniquename');
  return table === 'msdyn_decisioncontract' && String(name).startsWith('msdyn_routingcontract_');
}

/**
 * Every row of an environment as one text, by `table/id`: without audit columns, versions, and rows
 * that the server makes by itself.
 */
export function stateOf(environment: Environment): ReadonlyMap<string, string> {
  const state = new Map<string, string>();
  for (const { logicalName } of environment.metadata.entities())
    for (const { id, cells } of environment.store.rows(logicalName)) {
      if (isServerMade(logicalName, cells)) continue;
      const told = [...cells]
        .filter(([column, cell]) => !audit.has(column) && cell !== null)
        .sort(([one], [other]) => (one < other ? -1 : 1));
      state.set(`${logicalName}/${id}`, JSON.stringify(Object.fromEntries(told)));
    }
  return state;
}

/** What differs between two states, one line per row; pairs are compared by what they join. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const lines: string[] = [];
  for (const [key, text] of before) {
    const now = after.get(key);
    if (now === undefined) lines.push(`- ${key} ${text}`);
    else if (now !== text) lines.push(`~ ${key} ${text} → ${now}`);
  }
  for (const [key, text] of after) if (!before.has(key)) lines.push(`+ ${key} ${text}`);
  return lines;
}
