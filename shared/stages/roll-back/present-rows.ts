import type { DataverseReader } from '../../dataverse/client.ts';
import type { Guid } from '../../model/guid.ts';
import type { Action } from '../../model/plan.ts';
import { cell, isLookup, type Row } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { rowKey, stampColumn, writesColumns } from '../apply/row-reads.ts';
import type { JournalMemory } from '../apply/journal.ts';

/** What tells whose a row is and who was at work in it last. */
const ownership = [stampColumn, 'ismanaged', 'modifiedby', 'modifiedon'] as const;

/** Reads the rows of some actions as they are now, with the columns that tell whose they are. */
export async function presentRows(
  actions: readonly Action[],
  frame: {
    readonly tables: ReadonlyMap<string, EnvironmentTable>;
    readonly reader: DataverseReader;
    /** Columns beside those that the actions write. */
    readonly also?: (table: string) => Iterable<string>;
  },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Row>> {
  const asked = new Map<string, { readonly ids: Set<Guid>; readonly columns: Set<string> }>();
  for (const action of actions) {
    const { table } = action.row;
    const question = asked.get(table) ?? {
      ids: new Set(),
      columns: new Set<string>([...ownership, ...(frame.also?.(table) ?? [])]),
    };
    asked.set(table, question);
    question.ids.add(action.row.id);
    if (writesColumns(action))
      for (const { column } of action.changes) question.columns.add(column);
  }
  const rows = new Map<string, Row>();
  for (const [name, { ids, columns }] of asked) {
    const table = frame.tables.get(name);
    if (table === undefined) continue;
    const readable = [...columns].filter((column) => table.columns.get(column)?.readable === true);
    const query = { table, columns: readable, where: { by: 'ids', ids: [...ids] } } as const;
    for await (const row of frame.reader.rows(query, signal))
      rows.set(rowKey({ table: name, id: row.id }), row);
  }
  return rows;
}

/** What is known of who writes to the rows of a run. */
export interface Witness {
  readonly journal: JournalMemory;
  /** Who rolls back. */
  readonly users: ReadonlySet<Guid>;
  /** An earlier roll-back of the same run was at work in its rows. */
  readonly isContinued: boolean;
}

/** Whether a row may have been changed by somebody else since the run wrote it. */
export function isTouched(action: Action, row: Row, witness: Witness): boolean {
  const left = witness.journal.left.get(action.number);
  if (left !== undefined && !witness.isContinued) return row.version !== left;
  // A run that was killed, or a roll-back that was, left no account: only the name tells.
  if (left !== undefined && row.version === left) return false;
  const by = cell(row, 'modifiedby');
  return isLookup(by) && !witness.users.has(by.id);
}

/** `Somebody` as the row knows them. */
export function lastTouch(row: Row): string {
  const by = cell(row, 'modifiedby');
  const on = cell(row, 'modifiedon');
  const who = isLookup(by) ? (by.name ?? by.id) : undefined;
  return [
    who === undefined ? '' : `Last changed by ${who}`,
    typeof on === 'string' ? ` at ${on}` : '',
    who === undefined && typeof on !== 'string' ? '' : '.',
  ].join('');
}
