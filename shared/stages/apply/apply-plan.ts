import type { DataverseWriter } from '../../dataverse/client.ts';
import { runSchedule } from '../../dataverse/run-schedule.ts';
import type { ScheduledOutcome, ScheduledWrite, WriteObserver } from '../../dataverse/schedule.ts';
import { phases, type Action, type Phase, type Plan } from '../../model/plan.ts';
import type { RuleBook } from '../../model/rules.ts';
import { placeOf } from '../../plan/row-finding.ts';
import type { PlanState } from './check-plan.ts';
import { Dependencies } from './dependencies.ts';
import type { Journal } from './journal.ts';
import { cellsOf, writeOf, type WriteFrame } from './prepare-write.ts';
import {
  chunked,
  readRowsOf,
  rowKey,
  unshown,
  writesColumns,
  type ColumnAction,
} from './row-reads.ts';
import { failureOf, RunLog } from './run-log.ts';

export interface ApplyFrame extends WriteFrame {
  readonly plan: Plan;
  readonly writer: DataverseWriter;
  readonly book: RuleBook;
  readonly journal: Journal;
  /** What the target shows already; nothing when the plan was made a moment ago. */
  readonly state: PlanState;
  readonly log: RunLog;
  readonly progress: (label: string, done: number, total: number) => void;
}

const actionsPerRead = 500;

/**
 * Applies a plan phase by phase. After each phase its rows are read back, and what the server's own
 * logic overwrote is written again: the documented remedy is a second import of everything.
 */
export async function applyPlan(frame: ApplyFrame, signal: AbortSignal): Promise<void> {
  const dependencies = new Dependencies(frame.book, frame.texts);
  for (const phase of phases)
    for (const part of partsOf(phase)) {
      await new PartRun(frame, dependencies, part).run(signal);
      if (phase !== 'links' && phase !== 'deletes') await settle(frame, part, signal);
    }
}

/** A stretch of the plan whose end is waited for. */
type Part = (action: Action) => boolean;

// Live switches are the last level of the states: everything else is there before the first of them.
function partsOf(phase: Phase): readonly Part[] {
  const whole: Part = (action) => action.phase === phase;
  if (phase !== 'states') return [whole];
  return [
    (action) => whole(action) && action.level === 0,
    (action) => whole(action) && action.level > 0,
  ];
}

class PartRun implements WriteObserver {
  readonly #frame: ApplyFrame;
  readonly #dependencies: Dependencies;
  readonly #part: Part;
  readonly #sent = new Map<number, Action>();
  #done = 0;

  constructor(frame: ApplyFrame, dependencies: Dependencies, part: Part) {
    this.#frame = frame;
    this.#dependencies = dependencies;
    this.#part = part;
  }

  async run(signal: AbortSignal): Promise<void> {
    await runSchedule(this.#frame.writer, this.#writes(signal), this, signal);
  }

  async sending(keys: readonly number[], requestId: string): Promise<void> {
    await this.#frame.journal.write({ is: 'intent', actions: keys, requestId });
  }

  async answered(key: number, outcome: ScheduledOutcome): Promise<void> {
    const { journal, log, progress, plan } = this.#frame;
    const action = this.#sent.get(key);
    this.#sent.delete(key);
    if (action === undefined) return;
    if (outcome.is === 'done') {
      await journal.write({
        is: 'done',
        action: key,
        ...(outcome.version === undefined ? {} : { version: outcome.version }),
      });
      log.set(key, 'done');
      this.#done += 1;
      progress(`${action.phase} ${action.row.table}`, this.#done, plan.estimate.writes);
      return;
    }
    const finding = failureOf(action, outcome, (number) => log.findingOf(number));
    await journal.write({ is: 'failed', action: key, finding });
    log.fail(key, finding);
  }

  async *#writes(signal: AbortSignal): AsyncGenerator<ScheduledWrite> {
    const { plan, log, state, journal } = this.#frame;
    const own = new Set<number>();
    for await (const action of plan.actions(signal)) {
      if (!this.#part(action) || action.kind === 'blocked' || action.kind === 'manual') continue;
      const needed = await this.#dependencies.of(action);
      const { number } = action;
      if (state.done.has(number)) {
        await journal.write({ is: 'found', action: number });
        log.set(number, 'found');
        continue;
      }
      const failed = needed.find((key) => !own.has(key) && log.fateOf(key) === 'failed');
      this.#sent.set(number, action);
      if (failed !== undefined) {
        await this.answered(number, { is: 'held-back', because: failed });
        continue;
      }
      // A create that an earlier run left unfinished is written again where it differs.
      if (state.unfinished.has(number)) {
        this.#sent.delete(number);
        log.set(number, 'done');
        continue;
      }
      own.add(number);
      const version =
        state.versions.get(number) ?? ('version' in action ? action.version : undefined);
      yield {
        key: number,
        after: needed.filter((key) => own.has(key)),
        write: await writeOf(action, version, this.#frame),
      };
    }
  }
}

/** Reads back what a part wrote; what differs is written once more, and told when it differs again. */
async function settle(frame: ApplyFrame, part: Part, signal: AbortSignal): Promise<void> {
  const { log, plan, writer, tables } = frame;
  const isWritten = (action: Action): action is ColumnAction =>
    part(action) && writesColumns(action) && log.fateOf(action.number) === 'done';
  for await (const actions of chunked(only(plan.actions(signal), isWritten), actionsPerRead)) {
    const differing = await differences(actions, frame, signal);
    if (differing.length === 0) continue;
    const rewritten = new Set<number>();
    await runSchedule(
      writer,
      rewrites(differing, frame),
      {
        sending: (keys, requestId) =>
          frame.journal.write({ is: 'intent', actions: keys, requestId }),
        answered: async (key, outcome) => {
          const action = differing.find((each) => each.action.number === key)?.action;
          if (action === undefined) return;
          if (outcome.is === 'done') {
            await frame.journal.write({
              is: 'settled',
              action: key,
              ...(outcome.version === undefined ? {} : { version: outcome.version }),
            });
            rewritten.add(key);
            return;
          }
          const finding = failureOf(action, outcome, (number) => log.findingOf(number));
          await frame.journal.write({ is: 'failed', action: key, finding });
          log.fail(key, finding);
        },
      },
      signal,
    );
    log.settled += rewritten.size;
    const again = differing
      .map(({ action }) => action)
      .filter(({ number }) => rewritten.has(number));
    for (const { action, open } of await differences(again, frame, signal)) {
      const table = tables.get(action.row.table);
      const columns = open.map(({ column }) => column).join(', ');
      log.fail(action.number, {
        severity: 'error',
        code: 'URM1406',
        where: placeOf({ ref: action.row, name: action.name }, columns),
        summary: `The environment keeps another value of ${columns}`,
        detail: `It was written twice; logic of table ${table?.displayName ?? action.row.table} sets it back.`,
        remedy:
          'Find the server logic that sets the value, or leave the column out of the package.',
      });
    }
  }
}

interface Difference {
  readonly action: ColumnAction;
  readonly version: string | undefined;
  readonly open: ColumnAction['changes'];
}

async function differences(
  actions: readonly ColumnAction[],
  frame: ApplyFrame,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  if (actions.length === 0) return [];
  const rows = await readRowsOf(actions, frame.tables, frame.writer, signal);
  const found: Difference[] = [];
  for (const action of actions) {
    const row = rows.get(rowKey(action.row));
    const table = frame.tables.get(action.row.table);
    if (table === undefined) continue;
    // A row that is gone again: the service's answer to the next write says so.
    const open = row === undefined ? action.changes : unshown(action.changes, row, table, 'after');
    if (open.length > 0) found.push({ action, version: row?.version, open });
  }
  return found;
}

async function* rewrites(
  differing: readonly Difference[],
  frame: ApplyFrame,
): AsyncGenerator<ScheduledWrite> {
  for (const { action, version, open } of differing) {
    const table = frame.tables.get(action.row.table);
    if (table === undefined) continue;
    const cells = await cellsOf(open, frame);
    const write = { kind: 'update', table, id: action.row.id, cells } as const;
    yield {
      key: action.number,
      after: [],
      write: version === undefined ? write : { ...write, version },
    };
  }
}

async function* only<Kind extends Action>(
  actions: AsyncIterable<Action>,
  isWanted: (action: Action) => action is Kind,
): AsyncGenerator<Kind> {
  for await (const action of actions) if (isWanted(action)) yield action;
}
