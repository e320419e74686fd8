import type { DataverseReader } from '../../dataverse/client.ts';
import type { Guid } from '../../model/guid.ts';
import type { Action, Change } from '../../model/plan.ts';
import { cell, type Row } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { holdsPlanned } from '../../plan/planned-value.ts';

/** An action that writes columns of a row. */
export type ColumnAction = Extract<Action, { readonly kind: 'create' | 'update' }>;

export function writesColumns(action: Action): action is ColumnAction {
  return action.kind === 'create' || action.kind === 'update';
}

/** A row as one text: `queue/3f2a…`. */
export function rowKey(row: { readonly table: string; readonly id: Guid }): string {
  return `${row.table}/${row.id}`;
}

export const stampColumn = 'importsequencenumber';

/** Reads the rows of some actions, one question per table, all at once, with the columns the actions write. */
export async function readRowsOf(
  actions: readonly Action[],
  tables: ReadonlyMap<string, EnvironmentTable>,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Row>> {
  const asked = new Map<string, { readonly ids: Set<Guid>; readonly columns: Set<string> }>();
  for (const action of actions) {
    const question = asked.get(action.row.table) ?? { ids: new Set(), columns: new Set() };
    asked.set(action.row.table, question);
    question.ids.add(action.row.id);
    if (writesColumns(action))
      for (const { column } of action.changes) question.columns.add(column);
  }
  const rows = new Map<string, Row>();
  const questions = [...asked].map(async ([name, { ids, columns }]) => {
    const table = tables.get(name);
    if (table === undefined) return;
    const readable = [...columns, stampColumn].filter(
      (column) => table.columns.get(column)?.readable === true,
    );
    const query = { table, columns: readable, where: { by: 'ids', ids: [...ids] } } as const;
    for await (const row of reader.rows(query, signal))
      rows.set(rowKey({ table: name, id: row.id }), row);
  });
  await Promise.all(questions);
  return rows;
}

/** Changes that the row does not show; columns that cannot be read, or only with a profile, count as shown. */
export function unshown(
  changes: readonly Change[],
  row: Row,
  table: EnvironmentTable,
  side: 'before' | 'after',
): readonly Change[] {
  return changes.filter((change) => {
    const column = table.columns.get(change.column);
    if (column === undefined || !column.readable || column.secured) return false;
    return !holdsPlanned(change[side], cell(row, change.column) ?? null, column.type);
  });
}

/** Groups of at most `size`, in order. */
export async function* chunked<Item>(
  items: AsyncIterable<Item>,
  size: number,
): AsyncGenerator<readonly Item[]> {
  let chunk: Item[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
