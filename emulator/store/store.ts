import type { ColumnTest } from './key-order.ts';

/** A lookup's value as stored. */
export interface Reference {
  readonly table: string;
  readonly id: string;
}

/** The value of a file or image column. */
export interface StoredFile {
  readonly fileName: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** What OData shows of a file column. */
  readonly fileId?: string;
  /** An image that came while its column kept no full sizes. */
  readonly thumbnail?: true;
}

/**
 * A cell as stored. Decimals and money are invariant text with their scale; bigint is text; dates are
 * `2024-03-01T09:30:00Z` or `2024-03-01`; multi-selects are sorted numbers; files and images are bytes
 * with a name.
 */
export type Cell = null | string | number | boolean | Reference | readonly number[] | StoredFile;

/** Is the cell a lookup's value? */
export function isReference(cell: Cell): cell is Reference {
  return typeof cell === 'object' && cell !== null && 'table' in cell;
}

/** Immutable: a write puts a new row in its place. Absent columns are null. */
export interface StoredRow {
  readonly id: string;
  readonly version: number;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** What one transaction left of a row: `row` is absent when it was deleted. */
export interface RowChange {
  readonly table: string;
  readonly id: string;
  readonly row?: StoredRow;
}

/**
 * Rows by table; a row's id is not among its cells. Pairs of a many-to-many relationship are rows of its
 * intersect table, whose two columns hold ids as text. Every write gets
 * the next row version of the one global counter. Knows nothing of validation or server logic.
 */
export interface Store {
  get(table: string, id: string): StoredRow | undefined;
  /** In order of ids as they sort by text. */
  rows(table: string): Iterable<StoredRow>;
  /**
   * In the order in which SQL Server sorts ids, the order of default paging; from after an id on, and only
   * rows that pass the test of one column where it is given.
   */
  rowsAfter(table: string, id?: string, test?: ColumnTest): Iterable<StoredRow>;
  /**
   * The table's rows in an order of the caller's making, kept under a name until the table changes: who
   * pages through a large table in that order does not sort it anew for every page.
   */
  listed(
    table: string,
    name: string,
    arrange: (rows: Iterable<StoredRow>) => readonly StoredRow[],
  ): readonly StoredRow[];
  count(table: string): number;
  /** Rows whose column equals the cell, in order of ids; indexed. Text compares without case. */
  find(table: string, column: string, cell: Cell): Iterable<StoredRow>;
  /** Rows whose columns equal all the cells: alternate keys, pairs. */
  findAll(table: string, cells: ReadonlyMap<string, Cell>): readonly StoredRow[];
  put(table: string, id: string, cells: ReadonlyMap<string, Cell>): StoredRow;
  delete(table: string, id: string): boolean;
  /** All writes inside take effect or, when `work` throws, none. May nest. */
  transaction<Result>(work: () => Result): Result;
  readonly lastVersion: number;
  clear(): void;
}
