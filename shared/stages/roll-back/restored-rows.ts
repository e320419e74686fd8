import type { Action, Change, PlannedValue } from '../../model/plan.ts';
import { cell, isFileValue, type Row } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import {
  hashOf,
  holdsPlanned,
  isLongText,
  isVariable,
  plannedValue,
} from '../../plan/planned-value.ts';
import { placeOf } from '../../plan/row-finding.ts';
import type { TextStore } from '../planning/file-spool.ts';
import type { InverseBook } from './inverse-book.ts';
import { isTouched, lastTouch, type Witness } from './present-rows.ts';

type Update = Extract<Action, { readonly kind: 'update' }>;

export interface RestoreFrame {
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly book: InverseBook;
  readonly witness: Witness;
  readonly overwriteChanged: boolean;
  readonly texts: TextStore;
  /** Hashes of the files in the snapshot. */
  readonly files: ReadonlySet<string>;
}

/** Gives the columns of updated rows back what they held before the run. */
export class RestoredRows {
  readonly #frame: RestoreFrame;
  /** A version counts for the first update of a row only. */
  readonly #seen = new Set<string>();

  constructor(frame: RestoreFrame) {
    this.#frame = frame;
  }

  async restore(action: Update, row: Row | undefined): Promise<void> {
    const { book, tables } = this.#frame;
    const table = tables.get(action.row.table);
    if (table === undefined || book.isBlocked(action.row)) return;
    if (row === undefined) {
      await book.block(action, 'URM1707', {
        summary: 'The run updated this row, and it is gone since',
        remedy: 'Create it again by hand if it is needed; its values are in the snapshot.',
      });
      return;
    }
    const changes: Change[] = [];
    const lost: string[] = [];
    const foreign: string[] = [];
    for (const change of action.changes) {
      const verdict = this.#look(action, change, row, table);
      if (verdict === 'restore') changes.push(await this.#inverse(change, row));
      if (verdict === 'lost') lost.push(change.column);
      if (verdict === 'foreign') foreign.push(change.column);
    }
    if (foreign.length > 0) {
      await book.block(action, 'URM1703', {
        summary: `Somebody changed ${foreign.join(', ')} since the run`,
        detail: lastTouch(row),
        remedy: 'Look at the row. Set overwriteChanged to roll it back all the same.',
      });
      return;
    }
    if (lost.length > 0) this.#tellLost(action, lost);
    const missing = await this.#missing(changes);
    if (missing.length > 0) {
      await book.block(action, 'URM1709', {
        summary: `The snapshot does not hold what ${missing.join(', ')} was`,
        remedy: 'Give the run folder of the first run of this plan, or restore the row by hand.',
      });
      return;
    }
    if (changes.length === 0) {
      book.leave(action.row);
      return;
    }
    await this.#write(action, changes, row);
  }

  async #write(action: Update, changes: readonly Change[], row: Row): Promise<void> {
    const key = `${action.row.table}/${action.row.id}`;
    const isFirst = !this.#seen.has(key);
    this.#seen.add(key);
    await this.#frame.book.add({
      kind: 'update',
      step: action.step,
      // What was there before is there still: everything can come back at once, and what redirects
      // live conversations comes last, as it does in an import.
      ...(action.phase === 'states'
        ? { phase: 'states', level: action.level }
        : { phase: 'references', level: 0 }),
      row: action.row,
      name: action.name,
      ...(isFirst && row.version !== undefined ? { version: row.version } : {}),
      ...(action.switches === undefined ? {} : { switches: action.switches }),
      changes,
    });
  }

  #look(
    action: Update,
    change: Change,
    row: Row,
    table: EnvironmentTable,
  ): 'restore' | 'as-before' | 'lost' | 'foreign' {
    const { witness, overwriteChanged } = this.#frame;
    const column = table.columns.get(change.column);
    if (isVariable(change.after) || isVariable(change.before)) return 'lost';
    if (column === undefined || !column.readable || column.secured) return 'lost';
    const held = cell(row, change.column) ?? null;
    if (holdsPlanned(change.before, held, column.type)) return 'as-before';
    if (overwriteChanged || holdsPlanned(change.after, held, column.type)) return 'restore';
    return isTouched(action, row, witness) ? 'foreign' : 'restore';
  }

  async #inverse(change: Change, row: Row): Promise<Change> {
    const held = cell(row, change.column) ?? null;
    // What the run showed by its hash, however short, may be nobody's to read.
    const isHidden = isLongText(change.before) || isLongText(change.after);
    const before =
      isHidden && typeof held === 'string'
        ? { sha256: hashOf(held), chars: held.length }
        : plannedValue(held).planned;
    return { column: change.column, before, after: change.before };
  }

  /** Columns whose old text nobody kept. */
  async #missing(changes: readonly Change[]): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const { column, after } of changes) if (!(await this.#isKept(after))) missing.push(column);
    return missing;
  }

  async #isKept(value: PlannedValue): Promise<boolean> {
    const { texts, files } = this.#frame;
    if (isLongText(value)) return (await texts.text(value.sha256)) !== undefined;
    return !isPlannedFile(value) || files.has(value.sha256);
  }

  #tellLost(action: Update, columns: readonly string[]): void {
    this.#frame.book.manual.push({
      severity: 'warning',
      code: 'URM1708',
      where: placeOf({ ref: action.row, name: action.name }, columns.join(', ')),
      summary: `What ${columns.join(', ')} was before the run cannot come back: it is a secret or cannot be read`,
      detail: '',
      remedy: 'Set the value by hand in the target.',
    });
  }
}

function isPlannedFile(value: PlannedValue): value is Extract<PlannedValue, { fileName: string }> {
  return !isVariable(value) && !isLongText(value) && isFileValue(value);
}
