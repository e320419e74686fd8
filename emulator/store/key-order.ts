import { sqlServerSortKey } from '#shared/model/guid.ts';
import type { Cell, StoredRow } from './store.ts';

/** A test of one stored column. */
export interface ColumnTest {
  readonly column: string;
  readonly holds: (cell: Cell) => boolean;
}

/**
 * Rows of one table in the order in which SQL Server sorts their ids, which is the order of default paging.
 * Changes wait until somebody reads in order; a page then starts by binary search. Columns that a filter
 * reads from end to end are kept beside, a list each: rows lie scattered in memory, and to visit each for
 * one value takes several times as long once they outgrow the processor's cache.
 */
export class KeyOrder {
  /** What the ids sort by, and the row of each: lists of their own, since pages read rows only. */
  #keys: string[] = [];
  #rows: StoredRow[] = [];
  readonly #columns = new Map<string, Cell[]>();
  /** By id, in the state the row has now; undefined where it is gone. */
  readonly #changed = new Map<string, StoredRow | undefined>();

  set(row: StoredRow): void {
    this.#changed.set(row.id, row);
  }

  remove(id: string): void {
    this.#changed.set(id, undefined);
  }

  /** Rows in order that pass the test, those that come after an id only. */
  *rows(after?: string, test?: ColumnTest): Generator<StoredRow> {
    this.#catchUp();
    const rows = this.#rows;
    const start = after === undefined ? 0 : firstAfter(this.#keys, sqlServerSortKey(after));
    const cells = test === undefined ? undefined : this.#column(test.column);
    for (let at = start; at < rows.length; at++) {
      if (test !== undefined && !test.holds(cells?.[at] ?? null)) continue;
      const row = rows[at];
      if (row !== undefined) yield row;
    }
  }

  #column(name: string): readonly Cell[] {
    const present = this.#columns.get(name);
    if (present !== undefined) return present;
    const cells = this.#rows.map((row) => row.cells.get(name) ?? null);
    this.#columns.set(name, cells);
    return cells;
  }

  /** Rows that were there already change in place; new and deleted ones make the lists anew. */
  #catchUp(): void {
    if (this.#changed.size === 0) return;
    const added: Added[] = [];
    const removed = new Set<number>();
    for (const [id, row] of this.#changed) {
      const key = sqlServerSortKey(id);
      const at = firstAfter(this.#keys, key) - 1;
      const isThere = this.#keys[at] === key;
      if (row === undefined) {
        if (isThere) removed.add(at);
      } else if (isThere) {
        this.#rows[at] = row;
        for (const [name, cells] of this.#columns) cells[at] = row.cells.get(name) ?? null;
      } else added.push({ key, row });
    }
    this.#changed.clear();
    if (added.length === 0 && removed.size === 0) return;
    this.#merge(removed, added.sort(compareKeys));
    this.#columns.clear();
  }

  /** Makes new lists: whoever is reading the old ones reads on in them. */
  #merge(removed: ReadonlySet<number>, added: readonly Added[]): void {
    const keys: string[] = [];
    const rows: StoredRow[] = [];
    const push = (key: string, row: StoredRow): void => {
      keys.push(key);
      rows.push(row);
    };
    let next = 0;
    for (const [at, row] of this.#rows.entries()) {
      const key = this.#keys[at] ?? '';
      for (let other = added[next]; other !== undefined; other = added[next]) {
        if (other.key > key) break;
        push(other.key, other.row);
        next += 1;
      }
      if (!removed.has(at)) push(key, row);
    }
    for (const { key, row } of added.slice(next)) push(key, row);
    this.#keys = keys;
    this.#rows = rows;
  }
}

interface Added {
  readonly key: string;
  readonly row: StoredRow;
}

function compareKeys(one: Added, other: Added): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

/** Place of the first key behind one. */
function firstAfter(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
