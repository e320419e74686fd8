import { cellsEqual, indexKey } from './index-key.ts';
import { KeyOrder, type ColumnTest } from './key-order.ts';
import { ColumnPlaces, PackedRow } from './row-cells.ts';
import type { Cell, StoredRow } from './store.ts';

/** Rows of one table by id, in order, with an index per column that was ever searched. */
export class RowTable {
  readonly #rows = new Map<string, StoredRow>();
  readonly #columns = new ColumnPlaces();
  readonly #indexes = new Map<string, Index>();
  /** Sorted ids, some perhaps deleted since; replaced as a whole so that iterations keep theirs. */
  #sorted: readonly string[] = [];
  #added = new Set<string>();
  #deleted = new Set<string>();
  /** Kept from the first time that somebody pages through the table. */
  #keyOrder: KeyOrder | undefined;

  /** Arranged lists by name; a write makes all of them wrong. */
  readonly #lists = new Map<string, readonly StoredRow[]>();

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): StoredRow | undefined {
    return this.#rows.get(id);
  }

  /** A row in the form in which the table keeps it. */
  pack(row: StoredRow): StoredRow {
    return new PackedRow(this.#columns, row);
  }

  set(row: StoredRow): void {
    this.#lists.clear();
    const before = this.#rows.get(row.id);
    if (before === undefined) {
      // An id that comes back still stands in the sorted list.
      if (!this.#deleted.delete(row.id)) this.#added.add(row.id);
    }
    this.#keyOrder?.set(row);
    this.#rows.set(row.id, row);
    for (const [column, index] of this.#indexes) {
      const oldKey = before === undefined ? undefined : indexKey(before.cells.get(column));
      const newKey = indexKey(row.cells.get(column));
      if (oldKey === newKey) continue;
      if (oldKey !== undefined) removeFrom(index, oldKey, row.id);
      addTo(index, newKey, row.id);
    }
  }

  remove(id: string): void {
    const before = this.#rows.get(id);
    if (before === undefined) return;
    this.#rows.delete(id);
    this.#lists.clear();
    if (!this.#added.delete(id)) this.#deleted.add(id);
    this.#keyOrder?.remove(id);
    for (const [column, index] of this.#indexes) {
      removeFrom(index, indexKey(before.cells.get(column)), id);
    }
  }

  *inOrder(): Generator<StoredRow> {
    this.#merge();
    for (const id of this.#sorted) {
      const row = this.#rows.get(id);
      if (row !== undefined) yield row;
    }
  }

  /** In the order of default paging, from after an id on; those that pass the test. */
  inKeyOrder(after?: string, test?: ColumnTest): Iterable<StoredRow> {
    if (this.#keyOrder === undefined) {
      this.#keyOrder = new KeyOrder();
      for (const row of this.#rows.values()) this.#keyOrder.set(row);
    }
    return this.#keyOrder.rows(after, test);
  }

  listed(
    name: string,
    arrange: (rows: Iterable<StoredRow>) => readonly StoredRow[],
  ): readonly StoredRow[] {
    const known = this.#lists.get(name);
    if (known !== undefined) return known;
    // A few orders are paged through at a time; the oldest gives way.
    const [oldest] = this.#lists.keys();
    if (this.#lists.size >= maxLists && oldest !== undefined) this.#lists.delete(oldest);
    const list = arrange(this.#rows.values());
    this.#lists.set(name, list);
    return list;
  }

  find(column: string, cell: Cell): readonly StoredRow[] {
    return this.#rowsOf(this.#bucket(column, cell));
  }

  findAll(cells: ReadonlyMap<string, Cell>): readonly StoredRow[] {
    let smallest: Bucket | undefined;
    for (const [column, cell] of cells) {
      const ids = this.#bucket(column, cell);
      if (smallest === undefined || sizeOf(ids) < sizeOf(smallest)) smallest = ids;
    }
    if (smallest === undefined) return [];
    return this.#rowsOf(smallest).filter((row) =>
      [...cells].every(([column, cell]) => cellsEqual(row.cells.get(column), cell)),
    );
  }

  #bucket(column: string, cell: Cell): Bucket {
    return this.#index(column).get(indexKey(cell)) ?? noIds;
  }

  #index(column: string): Index {
    const present = this.#indexes.get(column);
    if (present !== undefined) return present;
    const index: Index = new Map();
    for (const row of this.#rows.values()) addTo(index, indexKey(row.cells.get(column)), row.id);
    this.#indexes.set(column, index);
    return index;
  }

  #rowsOf(bucket: Bucket): readonly StoredRow[] {
    const ids = typeof bucket === 'string' ? [bucket] : [...bucket].sort();
    return ids.flatMap((id) => this.#rows.get(id) ?? []);
  }

  /** Brings new ids into the sorted list and drops deleted ones: linear, and only after writes. */
  #merge(): void {
    // Dropping a few deleted ids can wait; iteration skips them.
    if (this.#added.size === 0 && this.#deleted.size * 2 <= this.#sorted.length) return;
    const added = [...this.#added].sort();
    const merged: string[] = [];
    let next = 0;
    for (const id of this.#sorted) {
      if (this.#deleted.has(id)) continue;
      for (let other = added[next]; other !== undefined && other < id; other = added[next]) {
        merged.push(other);
        next += 1;
      }
      merged.push(id);
    }
    this.#sorted = merged.concat(added.slice(next));
    this.#added = new Set();
    this.#deleted = new Set();
  }
}

const maxLists = 4;

/** Ids of the rows with one value: most values of keys and names have one, and a set takes ten times its room. */
type Bucket = string | Set<string>;

type Index = Map<string, Bucket>;

const noIds: Bucket = new Set();

function sizeOf(bucket: Bucket): number {
  return typeof bucket === 'string' ? 1 : bucket.size;
}

function addTo(index: Index, key: string, id: string): void {
  const bucket = index.get(key);
  if (bucket === undefined) index.set(key, id);
  else if (typeof bucket !== 'string') bucket.add(id);
  else if (bucket !== id) index.set(key, new Set([bucket, id]));
}

function removeFrom(index: Index, key: string, id: string): void {
  const bucket = index.get(key);
  if (bucket === undefined) return;
  if (typeof bucket !== 'string') bucket.delete(id);
  if (bucket === id || (typeof bucket !== 'string' && bucket.size === 0)) index.delete(key);
}
