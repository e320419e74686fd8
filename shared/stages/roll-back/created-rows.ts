import type { Guid } from '../../model/guid.ts';
import type { Action, Change } from '../../model/plan.ts';
import { cell, isLookup, isPartyList, type Row, type RowRef } from '../../model/row.ts';
import type { RuleBook } from '../../model/rules.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { orderRows } from '../../plan/order.ts';
import { plannedValue } from '../../plan/planned-value.ts';
import { placeOf, type FindingText } from '../../plan/row-finding.ts';
import type { Reference } from '../../plan/source-index.ts';
import { rowKey, stampColumn, unshown } from '../apply/row-reads.ts';
import type { InverseBook } from './inverse-book.ts';
import { isTouched, lastTouch, type Witness } from './present-rows.ts';

type Create = Extract<Action, { readonly kind: 'create' }>;

export interface CreatedFrame {
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly rules: RuleBook;
  readonly book: InverseBook;
  readonly witness: Witness;
  /** What rows of the run carry in `importsequencenumber`. */
  readonly runNumber: number;
  readonly overwriteChanged: boolean;
}

/** A row that the run created and that is there still. */
interface CreatedRow {
  readonly action: Create;
  readonly version: string | undefined;
  /** Lookups to other rows, by column: they decide the order of the deletes. */
  readonly lookups: readonly { readonly column: string; readonly to: RowRef }[];
  /** Rows that it needs, through lookups or texts: they stay when it stays. */
  readonly needs: readonly RowRef[];
  kept: boolean;
}

/**
 * Deletes the rows that a run created: those that refer to others first. A row that has to stay keeps
 * what it needs.
 */
export class CreatedRows {
  readonly #frame: CreatedFrame;
  readonly #rows: CreatedRow[] = [];
  readonly #at = new Map<string, number>();
  /** Tables of derived rows that were told of. */
  readonly #derived = new Set<string>();

  constructor(frame: CreatedFrame) {
    this.#frame = frame;
  }

  /** Takes a create of the run and what is there of it now. */
  async take(action: Create, row: Row | undefined): Promise<void> {
    const { book, tables, witness } = this.#frame;
    const table = tables.get(action.row.table);
    const made = witness.journal.ids.get(action.number);
    if (made !== undefined && made !== action.row.id) {
      this.#tellServerMade(action, made);
      return;
    }
    if (table === undefined) return;
    if (row === undefined) {
      // Finished on another machine: which id the server gave the row, only that machine knows.
      if (action.serverMade !== undefined && witness.journal.planHash !== undefined)
        this.#tellServerMade(action);
      return;
    }
    if (!this.#isOurs(action, row, table)) {
      book.findings.push({
        severity: 'info',
        code: 'URM1704',
        where: placeOf({ ref: action.row, name: action.name }),
        summary: 'The row stays: it does not carry the mark of this run',
        detail: lastTouch(row),
        remedy: 'Nothing has to be done; delete the row by hand if it is not wanted.',
      });
      return;
    }
    const needs = needsOf(row, this.#frame.rules);
    this.#at.set(rowKey(action.row), this.#rows.length);
    const created: CreatedRow = {
      action,
      version: row.version,
      lookups: needs.flatMap(({ column, to, isText }) => (isText ? [] : [{ column, to }])),
      needs: needs.map(({ to }) => to),
      kept: false,
    };
    this.#rows.push(created);
    await this.#judge(created, row, table);
  }

  /** Keeps the row, and what it needs, because another row that stays refers to it. */
  async keep(row: RowRef, because: string): Promise<void> {
    const waiting = [{ row, because }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const created = this.#rows[this.#at.get(rowKey(next.row)) ?? -1];
      if (created === undefined || created.kept) continue;
      created.kept = true;
      await this.#frame.book.block(created.action, 'URM1706', {
        summary: `The row stays, because ${next.because} refers to it`,
        remedy: 'Resolve the finding of the other row, then roll back again.',
      });
      for (const needed of created.needs)
        waiting.push({ row: needed, because: nameOf(created.action) });
    }
  }

  /** Writes the deletes down, when all rows are known. */
  async finish(): Promise<void> {
    for (const { kept, needs, action } of this.#rows)
      if (kept) for (const needed of needs) await this.keep(needed, nameOf(action));
    const going = (row: RowRef): number | undefined => {
      const node = this.#at.get(rowKey(row));
      return node === undefined || this.#rows[node]?.kept !== false ? undefined : node;
    };
    const references: Reference[] = [];
    for (const [from, { kept, lookups }] of this.#rows.entries())
      for (const { column, to } of kept ? [] : lookups) {
        const node = going(to);
        if (node !== undefined && node !== from)
          references.push({ from, to: node, column, hard: !this.#isClearable(from, column) });
      }
    const order = orderRows(references, () => true);
    const referrers = new Map<number, RowRef[]>();
    for (const { from, to, column } of references) {
      const referrer = this.#rows[from];
      if (referrer === undefined || order.deferredOf(from).has(column)) continue;
      const list = referrers.get(to) ?? [];
      referrers.set(to, list);
      if (!list.includes(referrer.action.row)) list.push(referrer.action.row);
    }
    for (const [node, created] of this.#rows.entries()) {
      if (created.kept) continue;
      this.#derivedFrom(created.action);
      const isCleared = await this.#clear(created, order.deferredOf(node));
      const after = referrers.get(node);
      await this.#frame.book.add({
        kind: 'delete',
        step: created.action.step,
        phase: 'deletes',
        level: order.levels - 1 - order.levelOf(node),
        row: created.action.row,
        name: created.action.name,
        ...(isCleared || created.version === undefined ? {} : { version: created.version }),
        because: 'roll-back',
        ...(after === undefined ? {} : { after }),
      });
    }
  }

  /** Opens a circle of lookups, so that one of its rows can go first. */
  async #clear(created: CreatedRow, columns: ReadonlySet<string>): Promise<boolean> {
    const changes = created.lookups.flatMap(({ column, to }): readonly Change[] =>
      columns.has(column) ? [{ column, before: to, after: null }] : [],
    );
    if (changes.length === 0) return false;
    const { step, row, name } = created.action;
    const at = { step, phase: 'references', level: 0, row, name } as const;
    const version = created.version === undefined ? {} : { version: created.version };
    await this.#frame.book.add({ kind: 'update', ...at, ...version, changes });
    return true;
  }

  /** The server keeps lists of what texts name; of a row that goes they may remain. */
  #derivedFrom({ row }: Create): void {
    const derived = this.#frame.rules.of(row.table).derivedRows;
    if (derived === undefined || this.#derived.has(derived.table)) return;
    this.#derived.add(derived.table);
    this.#frame.book.findings.push({
      severity: 'info',
      code: 'URM1710',
      where: `table ${derived.table}`,
      summary: `Rows that the server derived from ${row.table} may remain: it made them by itself`,
      detail: '',
      remedy: 'Nothing has to be done; they refer to nothing any more.',
    });
  }

  #isClearable(node: number, column: string): boolean {
    const table = this.#frame.tables.get(this.#rows[node]?.action.row.table ?? '');
    const known = table?.columns.get(column);
    return known?.updatable === true && known.required !== 'system';
  }

  #isOurs({ number }: Create, row: Row, table: EnvironmentTable): boolean {
    const { runNumber, witness } = this.#frame;
    if (table.columns.get(stampColumn)?.creatable === true)
      return cell(row, stampColumn) === runNumber;
    return witness.journal.begun.has(number);
  }

  async #judge(created: CreatedRow, row: Row, table: EnvironmentTable): Promise<void> {
    const { witness, overwriteChanged } = this.#frame;
    const { action } = created;
    if (cell(row, 'ismanaged') === true)
      await this.#refuse(created, 'URM1705', {
        summary: 'The row belongs to a managed solution by now, and managed rows are never deleted',
        remedy: 'Remove the row with its solution.',
      });
    else if (!overwriteChanged && isTouched(action, row, witness)) {
      const differing = unshown(action.changes, row, table, 'after').map(({ column }) => column);
      await this.#refuse(created, 'URM1703', {
        summary:
          differing.length === 0
            ? 'Somebody changed the row since the run created it'
            : `Somebody changed ${differing.join(', ')} since the run created the row`,
        detail: lastTouch(row),
        remedy: 'Look at the row. Set overwriteChanged to delete it all the same.',
      });
    }
  }

  async #refuse(
    created: CreatedRow,
    code: 'URM1703' | 'URM1705',
    text: FindingText,
  ): Promise<void> {
    created.kept = true;
    await this.#frame.book.block(created.action, code, text);
  }

  #tellServerMade(action: Create, id?: Guid): void {
    this.#frame.book.findings.push({
      severity: 'info',
      code: 'URM1710',
      where:
        id === undefined
          ? `${action.row.table} ${action.name}`
          : placeOf({ ref: { table: action.row.table, id }, name: action.name }),
      summary:
        id === undefined
          ? 'A row of this name may remain: the server makes it by itself'
          : 'The row stays: the server made it by itself',
      detail: '',
      remedy: 'Delete it by hand if it is not wanted.',
    });
  }
}

interface Need {
  readonly column: string;
  readonly to: RowRef;
  readonly isText: boolean;
}

function needsOf(row: Row, rules: RuleBook): readonly Need[] {
  const { textReferences } = rules.of(row.shape.table.name);
  const needs: Need[] = [];
  for (const [at, column] of row.shape.columns.entries()) {
    const value = row.cells[at];
    if (value === undefined || value === null) continue;
    if (isLookup(value)) needs.push({ column, to: value, isText: false });
    if (isPartyList(value))
      for (const party of value) {
        const who = cell(party, 'partyid');
        if (isLookup(who)) needs.push({ column, to: who, isText: true });
      }
    const texts = textReferences.get(column);
    if (texts === undefined || typeof value !== 'string') continue;
    for (const { id, tables } of texts.find(value).references)
      for (const table of tables) needs.push({ column, to: { table, id }, isText: true });
  }
  return needs;
}

/** Rows that the planned values of an update lead to. */
export function rowsNeeded(changes: readonly Change[], table: string, rules: RuleBook): RowRef[] {
  const { textReferences } = rules.of(table);
  const needed: RowRef[] = [];
  for (const { column, after } of changes) {
    const { planned } = plannedValue(after);
    if (typeof planned === 'string') {
      for (const { id, tables } of textReferences.get(column)?.find(planned).references ?? [])
        for (const each of tables) needed.push({ table: each, id });
    } else if (typeof planned === 'object' && planned !== null && 'table' in planned)
      needed.push({ table: planned.table, id: planned.id });
  }
  return needed;
}

function nameOf({ row, name }: Create): string {
  return placeOf({ ref: row, name });
}
