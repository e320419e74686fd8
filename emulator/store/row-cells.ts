import type { Cell } from './store.ts';

/** Columns that rows of one table have had so far, each with its place in a row. */
export class ColumnPlaces {
  readonly #places = new Map<string, number>();
  readonly #names: string[] = [];

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
}

/**
 * The cells of a row as a map that shares its keys with all rows of the table: a list of values takes a
 * quarter of the memory of a map, and large tables are read as fast as memory answers.
 */
export class RowCells implements ReadonlyMap<string, Cell> {
  readonly #columns: ColumnPlaces;
  readonly #values: readonly (Cell | undefined)[];

  constructor(columns: ColumnPlaces, cells: Iterable<readonly [string, Cell]>) {
    const values: (Cell | undefined)[] = [];
    for (const [name, cell] of cells) {
      const place = columns.place(name);
      while (values.length < place) values.push(undefined);
      values[place] = cell;
    }
    this.#columns = columns;
    // The spare room of a list that grew is given back.
    this.#values = values.slice();
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
