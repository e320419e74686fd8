import type { Finding } from '../errors/finding.ts';
import { cell, type Row, type Value } from '../model/row.ts';
import type { SourceTable } from '../model/table.ts';
import { placeOf } from './row-finding.ts';
import { sameValue } from './values.ts';

/** A row as one step of the package has it. */
export interface Occurrence {
  readonly row: Row;
  readonly source: SourceTable;
}

/** One row out of several steps: the later step wins, and a contradiction is told. */
export function mergeOccurrences(
  occurrences: readonly Occurrence[],
  name: string,
): { readonly row: Row; readonly notices: readonly Finding[] } | undefined {
  const [first, ...others] = byWeight(occurrences);
  if (first === undefined) return undefined;
  if (others.length === 0) return { row: first.row, notices: [] };
  const notices: Finding[] = [];
  const values = new Map<string, Value | undefined>();
  for (const { row, source } of [first, ...others])
    for (const column of row.shape.columns) {
      const value = cell(row, column);
      if (value === undefined) continue;
      const before = values.get(column);
      const type = source.columns.get(column)?.type ?? 'text';
      if (before !== undefined && !sameValue(before, value, type))
        notices.push(contradiction({ row, source }, column, name));
      values.set(column, value);
    }
  return {
    row: {
      shape: { table: first.row.shape.table, columns: [...values.keys()] },
      id: first.row.id,
      cells: [...values.values()],
    },
    notices,
  };
}

// A step that only needs the row to be there (skipupdate) says less than one that moves it.
function byWeight(occurrences: readonly Occurrence[]): readonly Occurrence[] {
  return [
    ...occurrences.filter(({ source }) => source.skipUpdate),
    ...occurrences.filter(({ source }) => !source.skipUpdate),
  ];
}

function contradiction({ row, source }: Occurrence, column: string, name: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1323',
    where: placeOf({ ref: { table: source.name, id: row.id }, name }, column),
    summary: `Two steps of the package give different values; that of ${source.step} is taken`,
    detail: '',
    remedy: 'Export the steps together, or remove the row from one of them.',
  };
}
