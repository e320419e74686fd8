import { join } from 'node:path';
import type { DataverseWriter } from '../dataverse/client.ts';
import { openWriter } from '../dataverse/connect.ts';
import type { Finding } from '../errors/finding.ts';
import { InternalError } from '../errors/migration-error.ts';
import type { Connection } from '../host/host.ts';
import type { PlanHead } from '../model/plan.ts';
import type { StageResult } from '../model/result.ts';
import type { SavablePlan } from '../plan/plan-text.ts';
import { actionLine } from '../report/describe-action.ts';
import { planSummary } from '../report/plan-facts.ts';
import { ruleBook } from '../routing/rule-book.ts';
import { readJournal } from './apply/journal.ts';
import { RunLog } from './apply/run-log.ts';
import { blockedAs, freshState, hasWork, runPlan, tablesOf, withRest } from './apply/run-plan.ts';
import { keepResult } from './apply/result-file.ts';
import { keepSnapshot } from './apply/run-snapshot.ts';
import { OptionReader } from './option-reader.ts';
import { outcomeOf } from './outcome.ts';
import { blockedFindings, headOf, planOutputs } from './plan.ts';
import { openFileSpool, type FileSpool } from './planning/file-spool.ts';
import { checkOutputFolder } from './planning/output-folder.ts';
import { writePlan } from './planning/plan-file.ts';
import { makeInverse } from './roll-back/make-inverse.ts';
import { writingRights } from './privileges/assert-rights.ts';
import { readRun, type FinishedRun } from './roll-back/read-run.ts';
import { RollBackConflict } from './roll-back/roll-back-conflict.ts';
import type { Ports, Stage } from './stage.ts';

export interface RollBackOptions {
  readonly target: Connection;
  /** The run folder of the import. */
  readonly run: string;
  /** The run folder of the roll-back. */
  readonly out: string;
  readonly overwriteChanged: boolean;
  readonly allowBlocked: boolean;
  /** Nothing is written: the inverse is made and shown. */
  readonly planOnly: boolean;
}

export interface RollBackResult extends StageResult {
  readonly plan: PlanHead;
}

/** Undoes a run: plans the inverse from its folder, shows it, applies it. Can be repeated at any point. */
export const rollBackStage: Stage<RollBackOptions, RollBackResult> = {
  name: 'roll-back',

  readOptions: (host) => {
    const reader = new OptionReader(host);
    const run = reader.required('run');
    return reader.finish({
      target: reader.connection('target'),
      run,
      out: reader.text('out') ?? join(run, 'roll-back'),
      overwriteChanged: reader.flag('overwriteChanged'),
      allowBlocked: reader.flag('allowBlocked'),
      planOnly: reader.flag('planOnly'),
    });
  },

  run: async (options, ports, signal) => {
    await checkOutputFolder(options.out, ports.files);
    const run = await readRun(options.run, ports.files, signal);
    const writer = openWriter(options.target, ports);
    const spool = await openFileSpool(ports.files);
    try {
      return await rollBackRun({ options, ports, run, writer, spool }, signal);
    } finally {
      await spool.remove();
    }
  },
};

/** Everything that undoing a run needs. */
export interface RollBackFrame {
  readonly options: Omit<RollBackOptions, 'target' | 'run'>;
  readonly ports: Ports;
  readonly run: FinishedRun;
  readonly writer: DataverseWriter;
  readonly spool: FileSpool;
}

/** Plans the inverse of a run and carries it out in a run folder of its own. */
export async function rollBackRun(
  frame: RollBackFrame,
  signal: AbortSignal,
): Promise<RollBackResult> {
  const { options, ports, run, writer, spool } = frame;
  const { organizationId, userId } = await writer.whoAmI(signal);
  const users = (await writer.users?.(signal)) ?? [userId];
  if (organizationId !== run.plan.target.organizationId)
    throw new RollBackConflict({
      what: `The run wrote to ${run.plan.target.url}, which is another environment than ${writer.url}`,
      where: run.folder,
      next: 'Give the environment that the run wrote to.',
    });
  const tables = await tablesOf(run.plan, writer, signal);
  const earlier = await readJournal(join(options.out, 'journal.jsonl'), ports.files, signal);
  const plan = await makeInverse(
    run,
    {
      reader: writer,
      tables,
      rules: ruleBook,
      spool,
      users: new Set(users),
      // Other slices of the plan were at work in the same rows, and their roll-backs.
      isContinued: earlier !== undefined || run.plan.slice !== undefined,
      overwriteChanged: options.overwriteChanged,
    },
    signal,
  );
  await writePlan(join(options.out, 'plan.json'), plan, ports.files, signal);
  await show(plan, ports, signal);

  const log = new RunLog();
  const blocked = await blockedFindings(plan, signal);
  const findings = [...plan.findings, ...plan.manual, ...blockedAs(blocked, options.allowBlocked)];
  const account = (more: readonly Finding[], again: AbortSignal): Promise<RollBackResult> =>
    finish(plan, log, [...findings, ...more], frame, again);
  if (!(await hasWork(plan, freshState, signal)))
    return account(blocked.length === 0 ? [nothingToDo(run)] : [], signal);
  if (options.planOnly) return { ...(await account([], signal)), counts: plan.counts };
  const rights = await writingRights(writer, plan, signal);
  findings.push(...rights.findings);
  if (rights.isRefused) return account([], signal);

  const snapshot = await keepSnapshot(
    options.out,
    {
      described: [],
      areaOf: (step) => step,
      plan,
      tables,
      reader: writer,
      book: ruleBook,
      files: ports.files,
    },
    signal,
  );
  return runPlan(
    {
      stage: 'roll-back',
      folder: options.out,
      ports,
      writer,
      plan,
      snapshot,
      tables,
      texts: spool,
      payload: (step, file) => {
        if (run.snapshot === undefined)
          throw new InternalError('A file comes back without a snapshot', step);
        return run.snapshot.payload(step, file, signal);
      },
      bypassing: new Set(),
      state: freshState,
      log,
    },
    account,
    signal,
  );
}

const maxLinesShown = 200;

/** Says what will be undone before any of it is. */
async function show(plan: SavablePlan, { host }: Ports, signal: AbortSignal): Promise<void> {
  host.log('info', `Roll-back: ${planSummary(plan)}`);
  let shown = 0;
  for await (const action of plan.actions(signal)) {
    if (shown < maxLinesShown) host.log('info', actionLine(action));
    shown += 1;
  }
  if (shown > maxLinesShown)
    host.log('info', `… and ${shown - maxLinesShown} more, in plan.json of the roll-back`);
}

async function finish(
  plan: SavablePlan,
  log: RunLog,
  before: readonly Finding[],
  { options, ports, writer }: RollBackFrame,
  signal: AbortSignal,
): Promise<RollBackResult> {
  const { counts, notReached } = await log.counts(plan, options.allowBlocked, signal);
  const findings = [...before, ...log.findings];
  const result: RollBackResult = {
    stage: 'roll-back',
    outcome: outcomeOf(findings),
    counts,
    findings: notReached > 0 ? findings.map((finding) => withRest(finding, notReached)) : findings,
    outputs: { ...planOutputs(plan), runPath: options.out },
    requests: writer.requests,
    plan: headOf(plan),
  };
  return keepResult(result, options.out, ports.files);
}

function nothingToDo(run: FinishedRun): Finding {
  return {
    severity: 'info',
    code: 'URM1702',
    where: run.folder,
    summary:
      run.journal === undefined && run.snapshot === undefined
        ? 'The run wrote nothing, so that there is nothing to roll back'
        : 'Everything is as it was before the run',
    detail: '',
    remedy: 'Nothing has to be done.',
  };
}
