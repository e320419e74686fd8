import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Guid } from '../../model/guid.ts';
import type { Action, Plan } from '../../model/plan.ts';
import { cell, type Row } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { isVariable } from '../../plan/planned-value.ts';
import { placeOf } from '../../plan/row-finding.ts';
import { findServerMade } from './server-made-rows.ts';
import {
  chunked,
  readRowsOf,
  rowKey,
  stampColumn,
  unshown,
  type ColumnAction,
} from './row-reads.ts';

/** What of a plan is still to be done. */
export interface PlanState {
  /** Actions whose result the target already shows. */
  readonly done: ReadonlySet<number>;
  /** Creates whose row is there, made by an earlier run of this plan, but not as planned. */
  readonly unfinished: ReadonlySet<number>;
  /** The rows' present versions, by action. */
  readonly versions: ReadonlyMap<number, string>;
  /** Rows that are neither as before nor as after: the plan does not hold. */
  readonly stale: readonly Finding[];
}

export interface CheckFrame {
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly reader: DataverseReader;
  readonly runNumber: number;
  /** Actions that an earlier run of this plan had begun. */
  readonly begun: ReadonlySet<number>;
}

// Several queries of some hundred ids, side by side.
const actionsPerRead = 2000;

/**
 * Compares every planned row with the target again: as planned means done, as before means to be
 * done, whatever its version; anything else makes the whole plan stale.
 */
export async function checkPlan(
  plan: Plan,
  frame: CheckFrame,
  signal: AbortSignal,
): Promise<PlanState> {
  const check = new PlanCheck(frame);
  for await (const actions of chunked(plan.actions(signal), actionsPerRead)) {
    const rows = await readRowsOf(actions, frame.tables, frame.reader, signal);
    const links = await readLinksOf(actions, frame, signal);
    const made = await findServerMade(actions, frame, signal);
    for (const action of actions) {
      const row = rows.get(rowKey(action.row)) ?? made.get(action.number);
      check.look(action, row, links);
    }
  }
  return check;
}

class PlanCheck implements PlanState {
  readonly #frame: CheckFrame;
  readonly #created = new Set<string>();
  /** Rows of which an action was looked at: a version counts for the first only. */
  readonly #seen = new Set<string>();
  readonly done = new Set<number>();
  readonly unfinished = new Set<number>();
  readonly versions = new Map<number, string>();
  readonly stale: Finding[] = [];

  constructor(frame: CheckFrame) {
    this.#frame = frame;
  }

  look(action: Action, row: Row | undefined, links: ReadonlySet<string>): void {
    switch (action.kind) {
      case 'create':
        this.#created.add(rowKey(action.row));
        this.#lookAtCreate(action, row);
        return;
      case 'update':
        this.#lookAtUpdate(action, row);
        return;
      case 'link':
        if (links.has(linkKey(action.link))) this.done.add(action.number);
        return;
      case 'unlink':
        if (!links.has(linkKey(action.link))) this.done.add(action.number);
        return;
      case 'delete':
        if (row === undefined) this.done.add(action.number);
        else if (action.version !== undefined && row.version !== action.version)
          this.#refuse(action, 'it changed', row);
        return;
      case 'blocked':
      case 'manual':
    }
  }

  #lookAtCreate(action: ColumnAction, row: Row | undefined): void {
    const table = this.#frame.tables.get(action.row.table);
    if (row === undefined || table === undefined) return;
    const open = unshown(action.changes, row, table, 'after');
    if (open.length === 0) this.done.add(action.number);
    // The server made it by itself: what differs is still to be written.
    else if (row.id !== action.row.id) return;
    else if (this.#isOurs(action, row)) this.unfinished.add(action.number);
    else
      this.#refuse(
        action,
        `a row with this id is there by now, with another ${open.map(({ column }) => column).join(', ')}`,
        row,
      );
  }

  #lookAtUpdate(action: ColumnAction, row: Row | undefined): void {
    const table = this.#frame.tables.get(action.row.table);
    const follows = this.#created.has(rowKey(action.row));
    if (row === undefined || table === undefined) {
      if (!follows) this.#refuse(action, 'it is gone', undefined);
      return;
    }
    const isFirst = !this.#seen.has(rowKey(action.row));
    this.#seen.add(rowKey(action.row));
    if (row.version !== undefined && isFirst && !follows)
      this.versions.set(action.number, row.version);
    const open = unshown(action.changes, row, table, 'after');
    // A secret is never compared: it is written again rather than not at all.
    if (open.length === 0 && !action.changes.some(({ after }) => isVariable(after))) {
      this.done.add(action.number);
      return;
    }
    const changed = unshown(open, row, table, 'before');
    if (changed.length === 0 || this.#isOurs(action, row)) return;
    this.#refuse(
      action,
      `${changed.map(({ column }) => column).join(', ')} changed since the plan was made`,
      row,
    );
  }

  // What an earlier run of this very plan wrote may have been changed by server logic since.
  #isOurs(action: Action, row: Row): boolean {
    return cell(row, stampColumn) === this.#frame.runNumber || this.#frame.begun.has(action.number);
  }

  #refuse(action: Action, why: string, row: Row | undefined): void {
    this.stale.push({
      severity: 'error',
      code: 'URM1404',
      where: placeOf({ ref: action.row, name: action.name }),
      summary: `The plan no longer holds for this row: ${why}`,
      detail: row?.version === undefined ? '' : `Version now ${row.version}.`,
      remedy: 'Plan again and have the new plan approved. Nothing was written.',
    });
  }
}

/** A link as one text. */
export function linkKey(link: {
  readonly relationship: string;
  readonly from: { readonly id: Guid };
  readonly to: { readonly id: Guid };
}): string {
  return `${link.relationship} ${link.from.id} ${link.to.id}`;
}

/** Links that are there now, of those that some actions write, by `linkKey`. */
export async function readLinksOf(
  actions: readonly Action[],
  frame: Pick<CheckFrame, 'tables' | 'reader'>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const asked = new Map<string, { readonly table: string; readonly from: Set<Guid> }>();
  for (const action of actions) {
    if (action.kind !== 'link' && action.kind !== 'unlink') continue;
    const { relationship, from } = action.link;
    const key = `${from.table} ${relationship}`;
    const question = asked.get(key) ?? { table: from.table, from: new Set() };
    asked.set(key, question);
    question.from.add(from.id);
  }
  const found = new Set<string>();
  for (const [key, { table: name, from }] of asked) {
    const table = frame.tables.get(name);
    const relationship = table?.manyToMany.find((known) => key === `${name} ${known.name}`);
    if (table === undefined || relationship === undefined) continue;
    for await (const link of frame.reader.links(table, relationship, [...from], signal))
      found.add(linkKey(link));
  }
  return found;
}
