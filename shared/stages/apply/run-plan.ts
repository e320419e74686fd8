import { join } from 'node:path';
import type { DataverseWriter } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { DeadlineReached } from '../../errors/deadline-reached.ts';
import { fileSystemError } from '../../errors/file-system-error.ts';
import { MigrationError } from '../../errors/migration-error.ts';
import type { Plan } from '../../model/plan.ts';
import type { StageResult } from '../../model/result.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import type { TextStore } from '../planning/file-spool.ts';
import type { Ports } from '../stage.ts';
import { applyPlan } from './apply-plan.ts';
import type { PlanState } from './check-plan.ts';
import { openJournal, runNumberOf, type Journal } from './journal.ts';
import type { WriteFrame } from './prepare-write.ts';
import { chunked, rowKey, writesColumns, type ColumnAction } from './row-reads.ts';
import { withMissing } from './result-file.ts';
import type { RunLog } from './run-log.ts';

/** One plan on its way into an environment: what imports and roll-backs have in common. */
export interface PlanRun {
  readonly stage: 'import' | 'roll-back';
  /** The run folder. */
  readonly folder: string;
  readonly ports: Ports;
  readonly writer: DataverseWriter;
  readonly plan: Plan;
  /** Hash of the snapshot in the run folder. */
  readonly snapshot: string;
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly texts: TextStore;
  readonly payload: WriteFrame['payload'];
  readonly bypassing: WriteFrame['bypassing'];
  /** What the target shows already. */
  readonly state: PlanState;
  readonly log: RunLog;
}

/** The state of a target that was compared a moment ago. */
export const freshState: PlanState = {
  done: new Set(),
  unfinished: new Set(),
  versions: new Map(),
  stale: [],
};

/**
 * Carries out a plan with a journal in the run folder. `account` makes the result, whatever ended the
 * run; a finding says what did when it was not the end of the plan.
 */
export async function runPlan<Result extends StageResult>(
  run: PlanRun,
  account: (stopped: readonly Finding[], signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const { ports, plan, folder } = run;
  const journal = await openJournal(join(folder, 'journal.jsonl'), ports.files);
  const now = (): string => new Date(ports.clock.now()).toISOString();
  try {
    await journal.write({
      is: 'started',
      format: 1,
      run: ports.ids.next(),
      runNumber: runNumberOf(plan),
      planHash: plan.hash,
      snapshot: run.snapshot,
      at: now(),
    });
    const stopped = await applyUntilStopped(run, journal, signal);
    // The account of what was done is owed even when the run was cancelled.
    const untold = new AbortController().signal;
    const result = await account(stopped, untold);
    try {
      await journal.write({
        is: 'ended',
        outcome: signal.aborted ? 'cancelled' : result.outcome,
        at: now(),
      });
      return result;
    } catch (error) {
      const what = 'The end of the run could not be noted in its journal';
      return withMissing(result, { error, where: join(folder, 'journal.jsonl'), what });
    }
  } finally {
    await journal.close();
  }
}

/** Runs the plan; what ends it early becomes a finding, so that what was done is still told. */
async function applyUntilStopped(
  run: PlanRun,
  journal: Journal,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { ports, stage, plan } = run;
  try {
    await applyPlan(
      {
        ...run,
        book: ruleBook,
        host: ports.host,
        journal,
        runNumber: runNumberOf(plan),
        progress: (label, done, total) => ports.host.progress(label, done, total),
        tell: (line, part) => ports.host.log('info', line, part),
      },
      signal,
    );
    await writeVersions(run, journal, signal);
    return [];
  } catch (error) {
    const again =
      stage === 'import'
        ? 'Import again with the same plan, or resume the run: only what is missing is written.'
        : 'Roll back again: only what is missing is written.';
    if (signal.reason instanceof DeadlineReached)
      return [{ ...signal.reason.toFinding(), remedy: `${signal.reason.next} ${again}` }];
    if (signal.aborted)
      return [
        {
          severity: 'error',
          code: 'URM1407',
          where: stage,
          summary: `The ${stage} was cancelled before it was through`,
          detail: '',
          remedy: again,
        },
      ];
    const known = error instanceof MigrationError ? error : fileSystemError(error);
    if (known === undefined) throw error;
    return [
      {
        ...known.toFinding(),
        code: 'URM1410',
        summary: `The ${stage} stopped early: ${known.what}`,
        remedy: `${known.next} ${again}`,
      },
    ];
  }
}

// Several queries of some hundred ids, side by side.
const actionsPerRead = 2000;

/** Notes what the rows had become: a roll-back knows by it who was at work in them since. */
async function writeVersions(run: PlanRun, journal: Journal, signal: AbortSignal): Promise<void> {
  const { plan, log, tables, writer } = run;
  async function* written(): AsyncGenerator<ColumnAction> {
    for await (const action of plan.actions(signal)) {
      const fate = log.fateOf(action.number);
      if (!writesColumns(action) || log.isLeft(action.number)) continue;
      if (fate === 'done' || fate === 'found') yield action;
    }
  }
  for await (const actions of chunked(written(), actionsPerRead)) {
    const ids = new Map<string, Set<string>>();
    for (const { row } of actions)
      ids.set(row.table, (ids.get(row.table) ?? new Set()).add(row.id));
    const versions = new Map<string, string>();
    const questions = [...ids].map(async ([name, rows]) => {
      const table = tables.get(name);
      if (table === undefined) return;
      const query = { table, columns: [], where: { by: 'ids', ids: [...rows] } } as const;
      for await (const { id, version } of writer.rows(query, signal))
        if (version !== undefined) versions.set(rowKey({ table: name, id }), version);
    });
    await Promise.all(questions);
    const known = actions.flatMap(({ number, row }): (readonly [number, string])[] => {
      const version = versions.get(rowKey(row));
      return version === undefined ? [] : [[number, version]];
    });
    await journal.write({ is: 'left', versions: known });
  }
}

/** Metadata of every table that a plan writes or links to. */
export async function tablesOf(
  plan: Plan,
  writer: DataverseWriter,
  signal: AbortSignal,
): ReturnType<DataverseWriter['tables']> {
  const names = new Set<string>();
  for await (const action of plan.actions(signal)) {
    names.add(action.row.table);
    if (action.kind === 'link' || action.kind === 'unlink') names.add(action.link.to.table);
  }
  return writer.tables([...names], signal);
}

/** Whether anything of a plan is still to be written. */
export async function hasWork(plan: Plan, state: PlanState, signal: AbortSignal): Promise<boolean> {
  for await (const { kind, number } of plan.actions(signal))
    if (kind !== 'blocked' && kind !== 'manual' && !state.done.has(number)) return true;
  return false;
}

/** Says how much of the plan was left when a run ended early. */
export function withRest(finding: Finding, notReached: number): Finding {
  if (!['URM1005', 'URM1407', 'URM1410'].includes(finding.code)) return finding;
  const rest = `${notReached} actions of the plan were not reached.`;
  return { ...finding, detail: finding.detail === '' ? rest : `${finding.detail} ${rest}` };
}

/** Blocked rows fail a run unless they were allowed for. */
export function blockedAs(findings: readonly Finding[], isAllowed: boolean): readonly Finding[] {
  return isAllowed ? findings.map((finding) => ({ ...finding, severity: 'warning' })) : findings;
}
