import { sqlServerSortKey } from '#shared/model/guid.ts';

interface Entry {
  readonly id: string;
  readonly key: string;
}

/**
 * Ids of one table in the order in which SQL Server sorts them, which is the order of default paging.
 * Changes wait until somebody reads in order; a page then starts by binary search.
 */
export class KeyOrder {
  #entries: readonly Entry[] = [];
  readonly #added = new Map<string, Entry>();
  readonly #removed = new Set<string>();

  add(id: string): void {
    if (!this.#removed.delete(id)) this.#added.set(id, { id, key: sqlServerSortKey(id) });
  }

  remove(id: string): void {
    if (!this.#added.delete(id)) this.#removed.add(id);
  }

  /** Ids in order, those that come after `after` only. What changes meanwhile does not show. */
  *ids(after?: string): Generator<string> {
    this.#merge();
    const entries = this.#entries;
    for (let at = after === undefined ? 0 : firstAfter(entries, after); at < entries.length; at++) {
      const entry = entries[at];
      if (entry !== undefined) yield entry.id;
    }
  }

  #merge(): void {
    if (this.#added.size === 0 && this.#removed.size === 0) return;
    const added = [...this.#added.values()].toSorted(compareEntries);
    const merged: Entry[] = [];
    let next = 0;
    for (const entry of this.#entries) {
      if (this.#removed.has(entry.id)) continue;
      for (let other = added[next]; other !== undefined; other = added[next]) {
        if (other.key > entry.key) break;
        merged.push(other);
        next += 1;
      }
      merged.push(entry);
    }
    this.#entries = merged.concat(added.slice(next));
    this.#added.clear();
    this.#removed.clear();
  }
}

function compareEntries(one: Entry, other: Entry): number {
  return one.key < other.key ? -1 : one.key > other.key ? 1 : 0;
}

function firstAfter(entries: readonly Entry[], id: string): number {
  const key = sqlServerSortKey(id);
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.key ?? '') <= key) low = middle + 1;
    else high = middle;
  }
  return low;
}
