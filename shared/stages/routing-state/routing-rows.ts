import type { Guid } from '../../model/guid.ts';
import { cell, isLookup, nameOf, type Row, type RowRef } from '../../model/row.ts';

/** Rows that route, by table: of an environment or of a package. Grows while it is read. */
export class RoutingRows {
  readonly #tables = new Map<string, Map<Guid, Row>>();
  /** Users by queue; absent: nobody asked. */
  readonly members = new Map<Guid, readonly Guid[]>();
  /** Tables that could not be read: what depends on them is not known. */
  readonly unreadable = new Set<string>();

  add(row: Row): void {
    const { name } = row.shape.table;
    const rows = this.#tables.get(name) ?? new Map<Guid, Row>();
    rows.set(row.id, row);
    this.#tables.set(name, rows);
  }

  has(table: string, id: Guid): boolean {
    return this.#tables.get(table)?.has(id) === true;
  }

  get(table: string, id: Guid): Row | undefined {
    return this.#tables.get(table)?.get(id);
  }

  all(table: string): readonly Row[] {
    return [...(this.#tables.get(table)?.values() ?? [])];
  }

  /** The row that a lookup leads to. */
  follow(row: Row, column: string): Row | undefined {
    const value = cell(row, column);
    return isLookup(value) ? this.get(value.table, value.id) : undefined;
  }

  /** Rows of a table whose lookup leads to a row. */
  pointingTo(table: string, column: string, id: Guid): readonly Row[] {
    return this.all(table).filter((row) => lookupId(row, column) === id);
  }

  nameOf(ref: RowRef): string | undefined {
    const row = this.get(ref.table, ref.id);
    return row === undefined ? undefined : nameOf(row);
  }
}

/** The id that a lookup holds. */
export function lookupId(row: Row, column: string): Guid | undefined {
  const value = cell(row, column);
  return isLookup(value) ? value.id : undefined;
}

/** A text that is there and not blank. */
export function textIn(row: Row, column: string): string | undefined {
  const value = cell(row, column);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** A number, as choices and whole numbers are. */
export function numberIn(row: Row, column: string): number | undefined {
  const value = cell(row, column);
  return typeof value === 'number' ? value : undefined;
}

/** Whether a row is switched off; tables without state are always on. */
export function isInactive(row: Row): boolean {
  return cell(row, 'statecode') === 1;
}
