import { runSchedule } from '../../dataverse/run-schedule.ts';
import type { ScheduledOutcome, ScheduledWrite, WriteObserver } from '../../dataverse/schedule.ts';
import { phases, type Action, type Phase } from '../../model/plan.ts';
import type { ApplyFrame, Part } from './apply-frame.ts';
import { isLive, LineGroups } from './line-groups.ts';
import { Dependencies } from './dependencies.ts';
import { writeOf } from './prepare-write.ts';
import { readRowsOf, rowKey, unshown, type ColumnAction } from './row-reads.ts';
import { changedMeanwhile, failureOf } from './run-log.ts';
import { findServerMade, isServerMade, ServerMadeRows } from './server-made-rows.ts';
import { RunTally } from './run-tally.ts';
import { settle } from './settle.ts';
import { settleDerivedRows } from './settle-derived-rows.ts';

/**
 * Applies a plan phase by phase. After each phase its rows are read back, and what the server's own
 * logic overwrote is written again: the documented remedy is a second import of everything.
 */
export async function applyPlan(whole: ApplyFrame, signal: AbortSignal): Promise<void> {
  const dependencies = new Dependencies(whole.book, whole.texts);
  const { present, tables, serverMade, changeSets } = await contentsOf(whole, signal);
  dependencies.prepare(tables);
  const made = new ServerMadeRows();
  const tally = new RunTally(whole, whole.plan.estimate.writes);
  const frame: ApplyFrame = { ...whole, plan: made.in(whole.plan, whole.tables) };
  const lastPhase = phases.findLast((phase) => present.has(phase));
  for (const phase of phases) {
    if (!present.has(phase)) continue;
    const parts = partsOf(phase, serverMade, changeSets);
    for (const part of parts) {
      if (phase === 'rows' && serverMade.size > 0) await learnServerMade(made, whole, part, signal);
      const isChangeSet = changeSets.includes(part);
      await new PartRun(frame, dependencies, part, { made, tally, isChangeSet }).run(signal);
      if (phase === 'links' || phase === 'deletes') continue;
      const isLast = phase === lastPhase && part === parts.at(-1);
      await settle(frame, part, { isLast }, signal);
      await settleDerivedRows(frame, part, signal);
    }
    tally.endPhase(phase);
  }
}

async function contentsOf({ plan }: ApplyFrame, signal: AbortSignal): Promise<Contents> {
  const present = new Set<Phase>();
  const tables = new Set<string>();
  const serverMade = new Map<number, number>();
  const lines = new LineGroups();
  for await (const action of plan.actions(signal)) {
    present.add(action.phase);
    tables.add(action.row.table);
    if (isServerMade(action)) serverMade.set(action.number, action.level);
    if (isLive(action)) lines.add(action);
  }
  return { present, tables, serverMade, changeSets: lines.parts() };
}

interface Contents {
  readonly present: ReadonlySet<Phase>;
  readonly tables: ReadonlySet<string>;
  /** Levels of the actions for rows that the server may make by itself. */
  readonly serverMade: ReadonlyMap<number, number>;
  /** Changes of live routing, together for each line. */
  readonly changeSets: readonly Part[];
}

async function learnServerMade(
  made: ServerMadeRows,
  { plan, tables, writer }: ApplyFrame,
  part: Part,
  signal: AbortSignal,
): Promise<void> {
  const actions: Action[] = [];
  for await (const action of plan.actions(signal))
    if (part(action) && isServerMade(action)) actions.push(action);
  const found = await findServerMade(actions, { tables, reader: writer }, signal);
  for (const action of actions) {
    const row = found.get(action.number);
    if (row !== undefined) made.add(action, row);
  }
}

// Live switches are the last level of the states: everything else is there before the first of them.
// Rows that the server makes by itself are looked for when all rows that make them are there.
function partsOf(
  phase: Phase,
  serverMade: ReadonlyMap<number, number>,
  changeSets: readonly Part[],
): readonly Part[] {
  const whole: Part = (action) => action.phase === phase;
  if (phase === 'rows') {
    const levels = [...new Set(serverMade.values())].sort((one, other) => one - other);
    const cutOf = ({ level, number }: Action): number =>
      2 * levels.filter((each) => each < level).length + (serverMade.has(number) ? 1 : 0);
    const cuts = levels.flatMap((_, at) => [2 * at + 1, 2 * at + 2]);
    return [0, ...cuts].map((cut) => (action) => whole(action) && cutOf(action) === cut);
  }
  if (phase !== 'states') return [whole];
  return [(action) => whole(action) && !isLive(action), ...changeSets];
}

interface PartTools {
  readonly made: ServerMadeRows;
  readonly tally: RunTally;
  readonly isChangeSet: boolean;
}

class PartRun implements WriteObserver {
  readonly #frame: ApplyFrame;
  readonly #dependencies: Dependencies;
  readonly #part: Part;
  readonly #made: ServerMadeRows;
  readonly #tally: RunTally;
  /** All of it takes effect at once, or nothing. */
  readonly #isChangeSet: boolean;
  /** An action that failed and without which some of the change set cannot be done. */
  #heldBack: number | undefined;
  readonly #sent = new Map<number, Action>();
  /** Updates whose row has another version by now. */
  #outdated: ColumnAction[] = [];

  constructor(
    frame: ApplyFrame,
    dependencies: Dependencies,
    part: Part,
    { made, tally, isChangeSet }: PartTools,
  ) {
    this.#frame = frame;
    this.#dependencies = dependencies;
    this.#part = part;
    this.#made = made;
    this.#tally = tally;
    this.#isChangeSet = isChangeSet;
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#send(this.#writes(signal), signal);
    if (this.#outdated.length > 0) await this.#runOutdated(signal);
  }

  async #send(writes: AsyncGenerator<ScheduledWrite>, signal: AbortSignal): Promise<void> {
    const { writer } = this.#frame;
    if (!this.#isChangeSet || writer.writeTogether === undefined) {
      await runSchedule(writer, writes, this, signal);
      return;
    }
    const set: ScheduledWrite[] = [];
    for await (const write of writes) set.push(write);
    if (set.length === 0) return;
    if (this.#heldBack !== undefined) {
      for (const { key } of set)
        await this.answered(key, { is: 'held-back', because: this.#heldBack });
      return;
    }
    const requestId = writer.nextRequestId();
    const keys = set.map(({ key }) => key);
    await this.sending(keys, requestId);
    const outcomes = await writer.writeTogether(
      set.map(({ write }) => write),
      requestId,
      signal,
    );
    for (const [at, key] of keys.entries()) {
      const outcome = outcomes[at];
      if (outcome !== undefined) await this.answered(key, outcome);
    }
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
    const isWhole = !this.#isChangeSet || again.length === outdated.length;
    if (isWhole) await this.#send(this.#rewritesOf(again), signal);
    else for (const { action } of again) await this.#failOutdated(action);
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
    this.#tally.count(action, 'failed');
  }

  async sending(keys: readonly number[], requestId: string): Promise<void> {
    await this.#frame.journal.write({ is: 'intent', actions: keys, requestId });
  }

  async answered(key: number, outcome: ScheduledOutcome): Promise<void> {
    const { journal, log } = this.#frame;
    const action = this.#sent.get(key);
    this.#sent.delete(key);
    if (action === undefined) return;
    if (outcome.is === 'done') {
      await journal.write({
        is: 'done',
        action: key,
        ...(outcome.version === undefined ? {} : { version: outcome.version }),
        ...(this.#made.has(action) ? { id: action.row.id } : {}),
      });
      log.set(key, 'done');
      this.#tally.count(action, 'done');
      return;
    }
    if (action.kind === 'update' && outcome.is === 'failed' && outcome.error.status === 412) {
      this.#outdated.push(action);
      return;
    }
    const finding = failureOf(action, outcome, (number) => log.findingOf(number));
    // First, because what waits for it asks for its finding while the journal is written.
    log.fail(key, finding);
    await journal.write({ is: 'failed', action: key, finding });
    this.#tally.count(action, 'failed');
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
        this.#heldBack = failed;
        await this.answered(number, { is: 'held-back', because: failed });
        continue;
      }
      // The server made the row exactly as planned.
      if (action.kind === 'update' && action.changes.length === 0) {
        await this.answered(number, { is: 'done' });
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
