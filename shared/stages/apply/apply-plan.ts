import { runSchedule } from '../../dataverse/run-schedule.ts';
import type { ScheduledOutcome, ScheduledWrite, WriteObserver } from '../../dataverse/schedule.ts';
import { phases, type Action, type Phase } from '../../model/plan.ts';
import type { ApplyFrame, Part } from './apply-frame.ts';
import { Dependencies } from './dependencies.ts';
import { writeOf } from './prepare-write.ts';
import { readRowsOf, rowKey, unshown, type ColumnAction } from './row-reads.ts';
import { changedMeanwhile, failureOf } from './run-log.ts';
import { settle } from './settle.ts';

/**
 * Applies a plan phase by phase. After each phase its rows are read back, and what the server's own
 * logic overwrote is written again: the documented remedy is a second import of everything.
 */
export async function applyPlan(frame: ApplyFrame, signal: AbortSignal): Promise<void> {
  const dependencies = new Dependencies(frame.book, frame.texts);
  const { present, tables } = await contentsOf(frame, signal);
  dependencies.prepare(tables);
  for (const phase of phases) {
    if (!present.has(phase)) continue;
    for (const part of partsOf(phase)) {
      await new PartRun(frame, dependencies, part).run(signal);
      if (phase !== 'links' && phase !== 'deletes') await settle(frame, part, signal);
    }
  }
}

async function contentsOf(
  { plan }: ApplyFrame,
  signal: AbortSignal,
): Promise<{ readonly present: ReadonlySet<Phase>; readonly tables: ReadonlySet<string> }> {
  const present = new Set<Phase>();
  const tables = new Set<string>();
  for await (const { phase, row } of plan.actions(signal)) {
    present.add(phase);
    tables.add(row.table);
  }
  return { present, tables };
}

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
  /** Updates whose row has another version by now. */
  #outdated: ColumnAction[] = [];
  #done = 0;

  constructor(frame: ApplyFrame, dependencies: Dependencies, part: Part) {
    this.#frame = frame;
    this.#dependencies = dependencies;
    this.#part = part;
  }

  async run(signal: AbortSignal): Promise<void> {
    await runSchedule(this.#frame.writer, this.#writes(signal), this, signal);
    if (this.#outdated.length > 0) await this.#runOutdated(signal);
  }

  // Server logic that runs on one row of the plan may touch another: a row that still is as it was
  // compared is written in its new version, any other was changed by somebody else.
  async #runOutdated(signal: AbortSignal): Promise<void> {
    const { tables, writer } = this.#frame;
    const outdated = this.#outdated;
    this.#outdated = [];
    const rows = await readRowsOf(outdated, tables, writer, signal);
    const again: { readonly action: ColumnAction; readonly version: string }[] = [];
    for (const action of outdated) {
      const row = rows.get(rowKey(action.row));
      const table = tables.get(action.row.table);
      if (row?.version === undefined || table === undefined) await this.#failOutdated(action);
      else if (unshown(action.changes, row, table, 'after').length === 0) {
        this.#sent.set(action.number, action);
        await this.answered(action.number, { is: 'done', version: row.version });
      } else if (unshown(action.changes, row, table, 'before').length > 0)
        await this.#failOutdated(action);
      else again.push({ action, version: row.version });
    }
    await runSchedule(writer, this.#rewritesOf(again), this, signal);
    for (const action of this.#outdated) await this.#failOutdated(action);
  }

  async *#rewritesOf(
    actions: readonly { readonly action: ColumnAction; readonly version: string }[],
  ): AsyncGenerator<ScheduledWrite> {
    for (const { action, version } of actions) {
      this.#sent.set(action.number, action);
      yield { key: action.number, after: [], write: await writeOf(action, version, this.#frame) };
    }
  }

  async #failOutdated(action: ColumnAction): Promise<void> {
    const finding = changedMeanwhile(action);
    await this.#frame.journal.write({ is: 'failed', action: action.number, finding });
    this.#frame.log.fail(action.number, finding);
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
    if (action.kind === 'update' && outcome.is === 'failed' && outcome.error.status === 412) {
      this.#outdated.push(action);
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
