import type { ColumnTest } from './key-order.ts';
import { RowTable } from './row-table.ts';
import type { Cell, RowChange, Store, StoredRow } from './store.ts';

/** Told of every outermost transaction that took effect, before its caller goes on. */
export type CommitListener = (changes: readonly RowChange[]) => void;

interface Undo {
  readonly table: string;
  readonly id: string;
  readonly before: StoredRow | undefined;
}

/** A store in memory that can be filled from and followed by a journal. */
export class MemoryStore implements Store {
  readonly #tables = new Map<string, RowTable>();
  readonly #onCommit: CommitListener;
  #lastVersion = 1_000_000;
  #undo: Undo[] | undefined;

  constructor(onCommit: CommitListener = () => {}) {
    this.#onCommit = onCommit;
  }

  get lastVersion(): number {
    return this.#lastVersion;
  }

  /** Names of the tables that hold rows. */
  tables(): readonly string[] {
    return [...this.#tables].filter(([, rows]) => rows.size > 0).map(([name]) => name);
  }

  get(table: string, id: string): StoredRow | undefined {
    return this.#tables.get(table)?.get(id);
  }

  rows(table: string): Iterable<StoredRow> {
    return this.#tables.get(table)?.inOrder() ?? [];
  }

  rowsAfter(table: string, id?: string, test?: ColumnTest): Iterable<StoredRow> {
    return this.#tables.get(table)?.inKeyOrder(id, test) ?? [];
  }

  listed(
    table: string,
    name: string,
    arrange: (rows: Iterable<StoredRow>) => readonly StoredRow[],
  ): readonly StoredRow[] {
    return this.#tables.get(table)?.listed(name, arrange) ?? [];
  }

  count(table: string): number {
    return this.#tables.get(table)?.size ?? 0;
  }

  find(table: string, column: string, cell: Cell): Iterable<StoredRow> {
    return this.#tables.get(table)?.find(column, cell) ?? [];
  }

  findAll(table: string, cells: ReadonlyMap<string, Cell>): readonly StoredRow[] {
    return this.#tables.get(table)?.findAll(cells) ?? [];
  }

  put(table: string, id: string, cells: ReadonlyMap<string, Cell>): StoredRow {
    this.#lastVersion += 1;
    const rows = this.#table(table);
    const row = rows.pack({ id, version: this.#lastVersion, cells });
    this.#write({ table, id, before: rows.get(id) }, row);
    return row;
  }

  delete(table: string, id: string): boolean {
    const before = this.get(table, id);
    if (before === undefined) return false;
    this.#write({ table, id, before }, undefined);
    return true;
  }

  transaction<Result>(work: () => Result): Result {
    const outer = this.#undo;
    const undo = outer ?? [];
    const mark = undo.length;
    this.#undo = undo;
    try {
      const result = work();
      if (outer === undefined && undo.length > 0) this.#onCommit(this.#changes(undo));
      return result;
    } catch (error) {
      for (const { table, id, before } of undo.splice(mark).reverse()) this.#set(table, id, before);
      throw error;
    } finally {
      this.#undo = outer;
    }
  }

  clear(): void {
    this.#tables.clear();
  }

  /** Puts rows back as a journal tells them, versions included. */
  restore(changes: readonly RowChange[]): void {
    for (const { table, id, row } of changes) {
      if (row === undefined) this.#set(table, id, undefined);
      else {
        this.#set(table, id, this.#table(table).pack(row));
        this.#lastVersion = Math.max(this.#lastVersion, row.version);
      }
    }
  }

  #write(undo: Undo, row: StoredRow | undefined): void {
    this.#set(undo.table, undo.id, row);
    if (this.#undo !== undefined) this.#undo.push(undo);
    else
      this.#onCommit([{ table: undo.table, id: undo.id, ...(row === undefined ? {} : { row }) }]);
  }

  #set(table: string, id: string, row: StoredRow | undefined): void {
    const rows = this.#table(table);
    if (row === undefined) rows.remove(id);
    else rows.set(row);
  }

  #table(name: string): RowTable {
    const present = this.#tables.get(name);
    if (present !== undefined) return present;
    const table = new RowTable();
    this.#tables.set(name, table);
    return table;
  }

  /** Each written row once, as it is now. */
  #changes(undo: readonly Undo[]): readonly RowChange[] {
    const seen = new Map<string, RowChange>();
    for (const { table, id } of undo) {
      const row = this.get(table, id);
      seen.set(`${table} ${id}`, { table, id, ...(row === undefined ? {} : { row }) });
    }
    return [...seen.values()];
  }
}
