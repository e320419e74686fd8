import type { FindingCode } from '../errors/codes.ts';
import type { Finding } from '../errors/finding.ts';
import type { RowRef } from '../model/row.ts';

/** A row as findings name it. */
export interface NamedRow {
  readonly ref: RowRef;
  readonly name: string;
}

/** `queue 3f2a… Billing`, with the column where one is to blame. */
export function placeOf(row: NamedRow, column?: string): string {
  const name = row.name === row.ref.id ? '' : ` ${row.name}`;
  const at = column === undefined ? '' : `, column ${column}`;
  return `${row.ref.table} ${row.ref.id}${name}${at}`;
}

export interface FindingText {
  readonly summary: string;
  readonly detail?: string;
  readonly remedy: string;
}

/** A problem that keeps a row from being written. */
export function rowProblem(
  code: FindingCode,
  row: NamedRow & { readonly column?: string },
  text: FindingText,
): Finding {
  return {
    severity: 'error',
    code,
    where: placeOf(row, row.column),
    summary: text.summary,
    detail: text.detail ?? '',
    remedy: text.remedy,
  };
}
