import type { Action } from '../../model/plan.ts';
import { isLookup, type RowRef } from '../../model/row.ts';
import type { RuleBook } from '../../model/rules.ts';
import { isLongText, isVariable } from '../../plan/planned-value.ts';
import type { TextStore } from '../planning/file-spool.ts';
import { rowKey, writesColumns } from './row-reads.ts';

/**
 * Which earlier actions an action needs: the creates of the rows it refers to, and whatever the plan
 * does to its own row before it. Rows that need nothing of each other flow side by side.
 */
export class Dependencies {
  readonly #book: RuleBook;
  readonly #texts: TextStore;
  readonly #creates = new Map<string, number>();
  readonly #lastOf = new Map<string, number>();

  constructor(book: RuleBook, texts: TextStore) {
    this.#book = book;
    this.#texts = texts;
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
        const references = this.#book.of(action.row.table).textReferences.get(column);
        if (references === undefined) continue;
        const text = isLongText(after) ? await this.#texts.text(after.sha256) : after;
        if (typeof text !== 'string') continue;
        for (const { tables, id } of references.find(text).references)
          for (const table of tables) need({ table, id });
      }
    if (action.kind === 'create') this.#creates.set(rowKey(action.row), action.number);
    this.#lastOf.set(rowKey(action.row), action.number);
    return [...needed];
  }
}
