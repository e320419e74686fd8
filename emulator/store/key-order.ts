import { sqlServerSortKey } from '#shared/model/guid.ts';
import type { Cell, StoredRow } from './store.ts';

/** A test of one stored column. */
export interface ColumnTest {
  readonly column: string;
  readonly holds: (cell: Cell) => boolean;
}

interface Entry {
  readonly key: string;
  readonly row: StoredRow;
}

/**
 * Rows of one table in the order in which SQL Server sorts their ids, which is the order of default paging.
 * Changes wait until somebody reads in order; a page then starts by binary search. Columns that a filter
 * reads from end to end are kept beside, a list each: rows lie scattered in memory, and to visit each for
 * one value takes several times as long once they outgrow the processor's cache.
 */
export class KeyOrder {
  #entries: Entry[] = [];
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
    const entries = this.#entries;
    const start = after === undefined ? 0 : firstAfter(entries, sqlServerSortKey(after));
    const cells = test === undefined ? undefined : this.#column(test.column);
    for (let at = start; at < entries.length; at++) {
      if (test !== undefined && !test.holds(cells?.[at] ?? null)) continue;
      const entry = entries[at];
      if (entry !== undefined) yield entry.row;
    }
  }

  #column(name: string): readonly Cell[] {
    const present = this.#columns.get(name);
    if (present !== undefined) return present;
    const cells = this.#entries.map(({ row }) => row.cells.get(name) ?? null);
    this.#columns.set(name, cells);
    return cells;
  }

  /** Rows that were there already change in place; new and deleted ones make the lists anew. */
  #catchUp(): void {
    if (this.#changed.size === 0) return;
    const added: Entry[] = [];
    const removed = new Set<number>();
    for (const [id, row] of this.#changed) {
      const key = sqlServerSortKey(id);
      const at = firstAfter(this.#entries, key) - 1;
      const isThere = this.#entries[at]?.key === key;
      if (row === undefined) {
        if (isThere) removed.add(at);
      } else if (isThere) {
        this.#entries[at] = { key, row };
        for (const [name, cells] of this.#columns) cells[at] = row.cells.get(name) ?? null;
      } else added.push({ key, row });
    }
    this.#changed.clear();
    if (added.length === 0 && removed.size === 0) return;
    this.#entries = merge(this.#entries, removed, added.sort(compareEntries));
    this.#columns.clear();
  }
}

function merge(
  entries: readonly Entry[],
  removed: ReadonlySet<number>,
  added: readonly Entry[],
): Entry[] {
  const merged: Entry[] = [];
  let next = 0;
  for (const [at, entry] of entries.entries()) {
    for (let other = added[next]; other !== undefined; other = added[next]) {
      if (other.key > entry.key) break;
      merged.push(other);
      next += 1;
    }
    if (!removed.has(at)) merged.push(entry);
  }
  return merged.concat(added.slice(next));
}

function compareEntries(one: Entry, other: Entry): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

function firstAfter(entries: readonly Entry[], key: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.key ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
