import type { Environment } from '#emulator/environment.ts';
import type { StoredRow } from '#emulator/store/store.ts';

/** Audit columns, versions, and what every environment makes up by itself. */
const own = new Set([
  'componentidunique',
  'msdyn_widgetappid',
  'msdyn_widgetsnippet',
  'createdby',
  'createdon',
  'createdonbehalfby',
  'modifiedby',
  'modifiedon',
  'modifiedonbehalfby',
  'versionnumber',
]);

/** Rows that the server writes by itself beside rulesets, workstreams and surveys, whatever becomes of those. */
function isServerMade(table: string, cells: ReadonlyMap<string, unknown>): boolean {
  if (table === 'msdyn_rulesetdependencymapping') return true;
  if (table === 'msdyn_ocliveworkstreamcontextvariable') return !cells.has('importsequencenumber');
  const name = cells.get('msdyn_uniquename');
  return table === 'msdyn_decisioncontract' && String(name).startsWith('msdyn_routingcontract_');
}

function hasOwnId(cells: ReadonlyMap<string, unknown>): boolean {
  return cells.has('modifiedon');
}

/**
 * Every row of an environment as one text, by `table/id`: without audit columns, versions, and rows
 * that the server makes by itself.
 */
export function stateOf(environment: Environment): ReadonlyMap<string, string> {
  const state = new Map<string, string>();
  for (const { logicalName } of environment.metadata.entities())
    for (const row of environment.store.rows(logicalName)) {
      const told = rowState(logicalName, row);
      if (told !== undefined) state.set(...told);
    }
  return state;
}

/** One row of a state: its key and its text; nothing for a row that the server makes by itself. */
export function rowState(
  table: string,
  { id, cells }: StoredRow,
): readonly [key: string, text: string] | undefined {
  if (isServerMade(table, cells)) return undefined;
  const told = [...cells]
    .filter(([column, cell]) => !own.has(column) && cell !== null)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const text = JSON.stringify(Object.fromEntries(told));
  // Pairs have other ids each time.
  return [`${table}/${hasOwnId(cells) ? id : text}`, text];
}

/** What differs between two states, one line per row. */
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
  return lines.map((line) => line.slice(0, 600)).slice(0, 10);
}
