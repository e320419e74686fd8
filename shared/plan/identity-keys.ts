import type { Identity } from '../model/identity.ts';
import { isLookup, type Value } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';
import type { IndexedTable, Node, SourceIndex } from './source-index.ts';
import { normalForm } from './values.ts';

const byId = { by: 'id' } as const satisfies Identity;

/** The identities by which a row is sought, in order; rows of the system have only one. */
export function identitiesOf(
  index: SourceIndex,
  node: Node,
  table: IndexedTable,
): { readonly chain: readonly Identity[]; readonly isSystem: boolean } {
  const { systemRows, identities } = table.rules;
  if (systemRows !== undefined) {
    const value = index.keyCellsOf(node)[table.keyColumns.indexOf(systemRows.column)];
    if (typeof value === 'string' && systemRows.values.has(value))
      return { chain: [{ by: 'unique-name', column: systemRows.column }], isSystem: true };
  }
  if (table.sources.some((source) => source.forceCreate)) return { chain: [byId], isSystem: false };
  const chain = identities.filter((identity) => identity.by !== 'map');
  const marked = table.sources.find((source) => source.compareBy.length > 0);
  if (marked !== undefined && !marked.compareBy.includes(marked.idColumn)) {
    // What the package says of its own keys comes before the id, whatever the id is worth.
    const at = chain.findIndex((identity) => identity.by === 'id');
    chain.splice(at < 0 ? chain.length : at, 0, { by: 'key', columns: marked.compareBy });
  }
  if (!chain.some((identity) => identity.by === 'id')) chain.push(byId);
  return { chain, isSystem: false };
}

/** One text for equal keys of a table. */
export function keyText(
  values: readonly (Value | undefined)[],
  columns: readonly string[],
  table: EnvironmentTable,
): string {
  const parts = columns.map((column, at) => {
    const value = values[at];
    // Only the id of a lookup: some answers do not name its table.
    if (isLookup(value)) return value.id;
    return normalForm(value, table.columns.get(column)?.type ?? 'text') ?? null;
  });
  return JSON.stringify(parts);
}
