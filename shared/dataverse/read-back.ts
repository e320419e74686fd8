import type { DataverseReader, Write, WriteOutcome } from './client.ts';
import { normalDateTime } from './decode-row.ts';
import type { Guid } from '../model/guid.ts';
import { cell, isLookup, type Row, type Value } from '../model/row.ts';
import type { ColumnType } from '../model/table.ts';

type RowWrite = Extract<Write, { readonly id: Guid }>;

/**
 * Which writes without a known outcome took effect; `undefined` for those that may be sent again. A
 * create is recognized by its id, which was chosen before it was sent; a delete by the row being gone;
 * an update bound to a version by its values. Links, and updates of any version, change nothing when
 * they are repeated.
 */
export async function readBack(
  reader: DataverseReader,
  writes: readonly Write[],
  signal: AbortSignal,
): Promise<readonly (WriteOutcome | undefined)[]> {
  const outcomes: (WriteOutcome | undefined)[] = writes.map(() => undefined);
  const byTable = new Map<string, { readonly at: number; readonly write: RowWrite }[]>();
  for (const [at, write] of writes.entries()) {
    if ('link' in write) continue;
    if (write.kind === 'update' && write.version === undefined) continue;
    const group = byTable.get(write.table.name) ?? [];
    group.push({ at, write });
    byTable.set(write.table.name, group);
  }
  for (const group of byTable.values()) {
    const rows = await rowsOf(
      reader,
      group.map(({ write }) => write),
      signal,
    );
    for (const { at, write } of group) {
      const row = rows.get(write.id);
      if (!tookEffect(write, row)) continue;
      const version = write.kind === 'delete' ? undefined : row?.version;
      outcomes[at] = version === undefined ? { is: 'done' } : { is: 'done', version };
    }
  }
  return outcomes;
}

async function rowsOf(
  reader: DataverseReader,
  writes: readonly RowWrite[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Guid, Row>> {
  const rows = new Map<Guid, Row>();
  const [first] = writes;
  if (first === undefined) return rows;
  const columns = new Set<string>();
  for (const write of writes)
    if (write.kind === 'update')
      for (const name of write.cells.keys()) if (isComparable(write, name)) columns.add(name);
  const query = {
    table: first.table,
    columns: [...columns],
    where: { by: 'ids', ids: writes.map((write) => write.id) },
  } as const;
  for await (const row of reader.rows(query, signal)) rows.set(row.id, row);
  return rows;
}

function tookEffect(write: RowWrite, row: Row | undefined): boolean {
  switch (write.kind) {
    case 'create':
      return row !== undefined;
    case 'delete':
      return row === undefined;
    case 'update':
      return (
        row !== undefined &&
        row.version !== write.version &&
        [...write.cells].every(
          ([name, value]) =>
            !isComparable(write, name) ||
            isSame(write.table.columns.get(name)?.type, cell(row, name) ?? null, value),
        )
      );
  }
}

/** Protected and unreadable columns come back empty whatever they hold. */
function isComparable(write: RowWrite, name: string): boolean {
  const column = write.table.columns.get(name);
  return (
    column?.readable === true &&
    !column.secured &&
    column.type !== 'file' &&
    column.type !== 'image' &&
    column.type !== 'party-list'
  );
}

function isSame(type: ColumnType | undefined, is: Value, wanted: Value): boolean {
  return plain(type, is) === plain(type, wanted);
}

/** One text for values that are the same to the service. */
function plain(type: ColumnType | undefined, value: Value): string {
  if (value === null || value === '') return '';
  if (isLookup(value)) return `${value.table} ${value.id}`;
  if (Array.isArray(value)) return value.join(',');
  if (typeof value === 'object') return JSON.stringify(value);
  const text = String(value);
  if (type === 'decimal' || type === 'money' || type === 'double') return String(Number(text));
  if (type === 'datetime') return normalDateTime(text) ?? '';
  if (type === 'date') return text.slice(0, 10);
  return type === 'guid' ? text.toLowerCase() : text;
}
