import { isReference, type Cell, type StoredRow } from './store.ts';

/** Columns that rows of one table have had so far, each with its place in a row. */
export class ColumnPlaces {
  readonly #places = new Map<string, number>();
  readonly #names: string[] = [];
  /** The latest value of each place. */
  readonly #latest: Cell[] = [];

  get names(): readonly string[] {
    return this.#names;
  }

  find(name: string): number | undefined {
    return this.#places.get(name);
  }

  place(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#names.length;
    this.#names.push(name);
    this.#places.set(name, place);
    return place;
  }

  /** The cell, or what the row before had when that is the same: times and users repeat, and are kept once. */
  shared(place: number, cell: Cell): Cell {
    const latest = this.#latest[place];
    if (latest !== undefined && isSame(latest, cell)) return latest;
    this.#latest[place] = cell;
    return cell;
  }
}

function isSame(one: Cell, other: Cell): boolean {
  if (one === other) return true;
  if (!isReference(one) || !isReference(other)) return false;
  return one.id === other.id && one.table === other.table;
}

/**
 * A row whose cells are a list of values; their names are those of the table. A list takes a quarter of the
 * memory of a map, and large tables are read as fast as memory answers: so nothing stands between the two.
 */
export class PackedRow implements StoredRow {
  readonly id: string;
  readonly version: number;
  readonly #columns: ColumnPlaces;
  readonly #values: Values;

  constructor(columns: ColumnPlaces, row: StoredRow) {
    const values: (Cell | undefined)[] = [];
    for (const [name, cell] of row.cells) {
      const place = columns.place(name);
      while (values.length < place) values.push(undefined);
      values[place] = columns.shared(place, cell);
    }
    this.id = row.id;
    this.version = row.version;
    this.#columns = columns;
    // The spare room of a list that grew is given back.
    this.#values = values.slice();
  }

  get cells(): ReadonlyMap<string, Cell> {
    return new RowCells(this.#columns, this.#values);
  }
}

type Values = readonly (Cell | undefined)[];

/** The values of a row as a map, for as long as somebody reads them. */
class RowCells implements ReadonlyMap<string, Cell> {
  readonly #columns: ColumnPlaces;
  readonly #values: Values;

  constructor(columns: ColumnPlaces, values: Values) {
    this.#columns = columns;
    this.#values = values;
  }

  get size(): number {
    return this.#values.reduce((sum: number, cell) => (cell === undefined ? sum : sum + 1), 0);
  }

  get(name: string): Cell | undefined {
    const place = this.#columns.find(name);
    return place === undefined ? undefined : this.#values[place];
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  *entries(): MapIterator<[string, Cell]> {
    const { names } = this.#columns;
    for (const [place, cell] of this.#values.entries()) {
      const name = names[place];
      if (cell !== undefined && name !== undefined) yield [name, cell];
    }
  }

  *keys(): MapIterator<string> {
    for (const [name] of this.entries()) yield name;
  }

  *values(): MapIterator<Cell> {
    for (const [, cell] of this.entries()) yield cell;
  }

  [Symbol.iterator](): MapIterator<[string, Cell]> {
    return this.entries();
  }

  forEach(visit: (cell: Cell, name: string, cells: ReadonlyMap<string, Cell>) => void): void {
    for (const [name, cell] of this.entries()) visit(cell, name, this);
  }
}
