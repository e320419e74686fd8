import type { Guid } from './guid.ts';
import type { TableDefinition } from './table.ts';

export interface RowRef {
  readonly table: string;
  readonly id: Guid;
}

/** A reference to another row; the name is for people and never decides anything. */
export interface Lookup extends RowRef {
  readonly name?: string;
}

export interface FileValue {
  readonly fileName: string;
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * A cell's value. Decimals, money, bigint and dates stay invariant text: `12.5000000000`,
 * `2024-03-01T09:30:00Z`, `2024-03-01`; the column's type says how they compare. Choices are their
 * numbers, sorted. A party list is a list of rows of `activityparty`. An image is base64 text.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | Lookup
  | readonly number[]
  | readonly Row[]
  | FileValue;

/** Shared by all rows of one read: which column each cell belongs to. */
export interface Shape {
  readonly table: TableDefinition;
  readonly columns: readonly string[];
}

/** A cell that is `undefined` was not said (leave alone); `null` was said (clear). */
export interface Row {
  readonly shape: Shape;
  readonly id: Guid;
  /** The environment's row version (the ETag's text, `W/"123"`), where the row was read from one. */
  readonly version?: string;
  readonly cells: readonly (Value | undefined)[];
}

/** One pair of a many-to-many relationship. `relationship` is the intersect table's name. */
export interface Link {
  readonly relationship: string;
  readonly from: RowRef;
  readonly to: RowRef;
}

/** The value of a column; `undefined` when the row does not say it. */
export function cell(row: Row, column: string): Value | undefined {
  const at = row.shape.columns.indexOf(column);
  return at < 0 ? undefined : row.cells[at];
}

export function isLookup(value: Value | undefined): value is Lookup {
  return typeof value === 'object' && value !== null && 'table' in value && 'id' in value;
}

export function isFileValue(value: Value | undefined): value is FileValue {
  return typeof value === 'object' && value !== null && 'sha256' in value && 'fileName' in value;
}

/** Who takes part in an activity; an empty list is as good as an empty list of choices. */
export function isPartyList(value: Value | undefined): value is readonly Row[] {
  return Array.isArray(value) && typeof value[0] === 'object';
}

/** What people call the row: the value of its name column, else its id. */
export function nameOf(row: Row): string {
  const { nameColumn } = row.shape.table;
  const name = nameColumn === undefined ? undefined : cell(row, nameColumn);
  return typeof name === 'string' && name !== '' ? name : row.id;
}
