import type { Action } from '../../model/plan.ts';
import { cell, isLookup, isPartyList, type RowRef } from '../../model/row.ts';
import type { RuleBook } from '../../model/rules.ts';
import { pushTo } from '../../plan/group-by.ts';
import { isLongText, isVariable } from '../../plan/planned-value.ts';
import type { TextStore } from '../planning/file-spool.ts';
import { namesIn } from '../../plan/source-index.ts';
import { rowKey, writesColumns, type ColumnAction } from './row-reads.ts';

/**
 * Which earlier actions an action needs: the creates of the rows it refers to, and whatever the plan
 * does to its own row before it. Rows that need nothing of each other flow side by side.
 */
export class Dependencies {
  readonly #book: RuleBook;
  readonly #texts: TextStore;
  readonly #creates = new Map<string, number>();
  readonly #lastOf = new Map<string, number>();
  /** Creates by `table column name`, of columns by which texts name rows. */
  readonly #byName = new Map<string, number[]>();
  readonly #named = new Map<string, Set<string>>();

  constructor(book: RuleBook, texts: TextStore) {
    this.#book = book;
    this.#texts = texts;
  }

  /** Learns by which columns texts of these tables name rows; before the first question. */
  prepare(tables: Iterable<string>): void {
    const known = [...tables].map((name) => ({ name }));
    for (const { table, column } of namesIn(known, this.#book))
      this.#named.set(table, (this.#named.get(table) ?? new Set()).add(column));
  }

  /** Numbers of the actions needed; asked once per action, in apply order. */
  async of(action: Action): Promise<readonly number[]> {
    const needed = new Set<number>();
    const need = (row: RowRef): void => {
      const number = this.#creates.get(rowKey(row));
      if (number !== undefined) needed.add(number);
    };
    const before = this.#lastOf.get(rowKey(action.row));
    if (before !== undefined) needed.add(before);
    if (action.kind === 'link' || action.kind === 'unlink') {
      need(action.link.from);
      need(action.link.to);
      return [...needed];
    }
    if (writesColumns(action))
      for (const { column, after } of action.changes) {
        if (isVariable(after)) continue;
        if (!isLongText(after) && isLookup(after)) need(after);
        if (!isLongText(after) && isPartyList(after))
          for (const party of after) {
            const who = cell(party, 'partyid');
            if (isLookup(who)) need(who);
          }
        const { textReferences, textNames } = this.#book.of(action.row.table);
        const references = textReferences.get(column);
        const names = textNames?.get(column);
        if (references === undefined && names === undefined) continue;
        const text = isLongText(after) ? await this.#texts.text(after.sha256) : after;
        if (typeof text !== 'string') continue;
        for (const { tables, id } of references?.find(text).references ?? [])
          for (const table of tables) need({ table, id });
        for (const name of names?.find(text) ?? [])
          for (const number of this.#byName.get(`${names?.table} ${names?.column} ${name}`) ?? [])
            needed.add(number);
      }
    if (action.kind === 'create') {
      for (const row of action.serverMade?.rows ?? []) need(row);
      this.#learn(action);
    }
    if (action.kind === 'delete')
      for (const referrer of action.after ?? []) {
        const number = this.#lastOf.get(rowKey(referrer));
        if (number !== undefined) needed.add(number);
      }
    this.#lastOf.set(rowKey(action.row), action.number);
    return [...needed];
  }

  #learn(create: ColumnAction): void {
    this.#creates.set(rowKey(create.row), create.number);
    const columns = this.#named.get(create.row.table);
    if (columns === undefined) return;
    for (const { column, after } of create.changes)
      if (columns.has(column) && typeof after === 'string')
        pushTo(this.#byName, `${create.row.table} ${column} ${after}`, create.number);
  }
}
