import { join } from 'node:path';
import type { DataverseWriter } from '../dataverse/client.ts';
import { openWriter } from '../dataverse/connect.ts';
import type { Finding } from '../errors/finding.ts';
import type { Connection } from '../host/host.ts';
import type { Plan, PlanHead } from '../model/plan.ts';
import type { SavablePlan } from '../plan/plan-text.ts';
import type { StageResult } from '../model/result.ts';
import { ruleBook } from '../routing/rule-book.ts';
import { checkPlan, type PlanState } from './apply/check-plan.ts';
import { readJournal, runNumberOf } from './apply/journal.ts';
import { ImportConflict } from './apply/import-conflict.ts';
import { gatherTexts } from './apply/plan-texts.ts';
import { RunLog } from './apply/run-log.ts';
import { blockedAs, freshState, hasWork, runPlan, tablesOf, withRest } from './apply/run-plan.ts';
import { keepResult } from './apply/result-file.ts';
import { keepSnapshot } from './apply/run-snapshot.ts';
import { OptionReader } from './option-reader.ts';
import { outcomeOf } from './outcome.ts';
import { blockedFindings, headOf, planOutputs } from './plan.ts';
import type { FileSpool } from './planning/file-spool.ts';
import { makePlan, openBoth, type Opened, type PlanningOptions } from './planning/make-plan.ts';
import { checkOutputFolder } from './planning/output-folder.ts';
import { writingRights } from './privileges/assert-rights.ts';
import { choosePlan } from './planning/choose-plan.ts';
import { planShare, progressWithin } from './progress-within.ts';
import { connectionOf, parseSlice, type Slice } from './slices/slice.ts';
import { takeSlice, type SliceFrame } from './slices/take-slice.ts';
import type { Ports, Stage } from './stage.ts';

export interface ImportOptions extends PlanningOptions {
  readonly target: Connection;
  /** A saved plan; absent: a plan is made and applied at once. */
  readonly plan: string | undefined;
  readonly planHash: string | undefined;
  /** Which part of the plan is imported here, while others are elsewhere. */
  readonly slice?: Slice | undefined;
  /** The run folder. */
  readonly run: string;
  readonly resume: boolean;
  readonly allowBlocked: boolean;
}

export interface ImportResult extends StageResult {
  readonly plan: PlanHead;
}

/** Applies a plan to an environment, journalled so that it can be run again at any point. */
export const importStage: Stage<ImportOptions, ImportResult> = {
  name: 'import',

  readOptions: (host) => {
    const reader = new OptionReader(host);
    const run = reader.text('run');
    const plan = reader.text('plan');
    const slice = readSlice(reader);
    if (slice !== undefined && plan === undefined)
      reader.refuse(
        'slice',
        "'slice' needs a saved plan: what the jobs do side by side is divided once",
        'Plan first, and give its plan.json.',
      );
    return reader.finish({
      target: connectionOf(slice, reader.connection('target')),
      slice,
      package: reader.required('package'),
      plan,
      planHash: reader.text('planHash'),
      map: reader.text('map'),
      config: reader.text('config'),
      previous: reader.text('previous'),
      run: run ?? reader.required('out'),
      resume: reader.flag('resume'),
      allowSameEnvironment: reader.flag('allowSameEnvironment'),
      allowBlocked: reader.flag('allowBlocked'),
    });
  },

  run: async (options, ports, signal) => {
    await checkOutputFolder(options.run, ports.files);
    const writer = openWriter(options.target, ports);
    const journalPath = join(options.run, 'journal.jsonl');
    const earlier = await readJournal(journalPath, ports.files, signal);
    if (earlier !== undefined && !options.resume)
      throw new ImportConflict('URM1408', {
        what: 'The run folder holds the journal of another run',
        where: options.run,
        next: 'Give an empty folder, or set resume to continue that run.',
      });
    const opened = await openBoth(options, writer, ports, signal);
    const chosen = await choosePlan(
      options,
      {
        sourceHash: opened.source.hash,
        target: { organizationId: opened.organizationId, url: writer.url },
        sliceOf: sliceTaker(options.slice, { source: opened.source, reader: writer }, signal),
        ofAnother: {
          what: 'The plan was made from another package, or the package was changed since',
          next: 'Give the package of the plan, or plan again.',
        },
        make: () =>
          makePlan(
            opened,
            { ...options, purpose: 'apply' },
            writer,
            progressWithin(ports, 0, planShare),
            signal,
          ),
      },
      ports.files,
      signal,
    );
    try {
      const { plan, spool } = chosen;
      if (earlier?.planHash !== undefined && earlier.planHash !== plan.hash)
        throw new ImportConflict('URM1408', {
          what: 'The run folder holds the journal of another plan than the one it holds or was given',
          where: options.run,
          next: 'Give the run folder as the run left it, or an empty one.',
        });
      const begun = earlier?.begun ?? new Set<number>();
      const result = await importPlan(
        {
          options,
          ports: chosen.isSaved ? ports : progressWithin(ports, planShare, 100),
          writer,
          opened,
          plan,
          spool,
          isSaved: chosen.isSaved,
          begun,
        },
        signal,
      );
      return await keepResult(result, options.run, ports.files);
    } finally {
      await chosen.spool.remove();
    }
  },
};

function readSlice(reader: OptionReader): Slice | undefined {
  const text = reader.text('slice');
  if (text === undefined) return undefined;
  const slice = parseSlice(text);
  if (slice === undefined)
    reader.refuse(
      'slice',
      `'slice' must say which of how many, not '${text}'`,
      'Write 2/4 for the second of four; first/4 and last/4 for what comes before and after them.',
    );
  return slice;
}

function sliceTaker(
  slice: Slice | undefined,
  frame: Omit<SliceFrame, 'spool'>,
  signal: AbortSignal,
): ((plan: Plan, spool: FileSpool) => Promise<SavablePlan>) | undefined {
  if (slice === undefined) return undefined;
  return (plan, spool) => takeSlice(plan, slice, { ...frame, spool }, signal);
}

/** Everything that carrying out a chosen plan needs. */
export interface ImportFrame {
  readonly options: ImportOptions;
  readonly ports: Ports;
  readonly writer: DataverseWriter;
  readonly opened: Opened;
  readonly plan: Plan;
  readonly spool: FileSpool;
  /** The plan was made earlier: the target may have changed since. */
  readonly isSaved: boolean;
  readonly begun: ReadonlySet<number>;
}

/** Carries out a plan in its run folder: check, snapshot, journal, writes, result. */
export async function importPlan(frame: ImportFrame, signal: AbortSignal): Promise<ImportResult> {
  const { options, ports, writer, opened, plan, spool } = frame;
  const runNumber = runNumberOf(plan);
  const tables = await tablesOf(plan, writer, signal);
  const state = frame.isSaved
    ? await checkPlan(plan, { tables, reader: writer, runNumber, begun: frame.begun }, signal)
    : freshState;
  const log = new RunLog();
  const blocked = await blockedFindings(plan, signal);
  const findings: Finding[] = [...plan.findings, ...blockedAs(blocked, options.allowBlocked)];
  if (!plan.applyable) findings.push(notApplyable(options.package));
  if (state.stale.length > 0 || !plan.applyable)
    return finish(frame, log, [...findings, ...state.stale], signal);
  if (!(await hasWork(plan, state, signal))) return finish(frame, log, findings, signal, state);
  const rights = await writingRights(writer, plan, signal);
  findings.push(...rights.findings);
  if (rights.isRefused) return finish(frame, log, findings, signal, state);

  if (frame.isSaved) await gatherTexts(plan, opened.source, ruleBook, spool, signal);
  const snapshot = await keepSnapshot(
    options.run,
    {
      described: opened.pkg.tables,
      areaOf: (step) => opened.pkg.manifest?.steps.find((each) => each.step === step)?.area ?? step,
      plan,
      tables,
      reader: writer,
      book: ruleBook,
      files: ports.files,
    },
    signal,
  );
  await ports.host.publish('artifact', options.run);
  return runPlan(
    {
      stage: 'import',
      folder: options.run,
      ports,
      writer,
      plan,
      snapshot,
      tables,
      texts: spool,
      payload: (step, file) => opened.pkg.payload(step, file, signal),
      bypassing: bypassingTables(opened),
      state,
      log,
    },
    (stopped, untold) => finish(frame, log, [...findings, ...stopped], untold, state),
    signal,
  );
}

/** Tables whose schema says `disableplugins`, step by step. */
function bypassingTables({ pkg }: Opened): ReadonlySet<string> {
  const asking = pkg.tables.filter((table) => table.disablePlugins);
  return new Set(asking.map((table) => `${table.step}/${table.name}`));
}

async function finish(
  frame: ImportFrame,
  log: RunLog,
  before: readonly Finding[],
  signal: AbortSignal,
  state: PlanState = freshState,
): Promise<ImportResult> {
  const { plan, writer, options } = frame;
  for (const action of state.done) if (log.fateOf(action) === 'open') log.set(action, 'found');
  const { counts, notReached } = await log.counts(plan, options.allowBlocked, signal);
  const findings = [...before, ...log.findings];
  return {
    stage: 'import',
    outcome: outcomeOf(findings),
    counts,
    findings: notReached > 0 ? findings.map((finding) => withRest(finding, notReached)) : findings,
    outputs: { ...planOutputs(plan), runPath: options.run },
    requests: writer.requests,
    plan: headOf(plan),
  };
}

function notApplyable(where: string): Finding {
  return {
    severity: 'error',
    code: 'URM1409',
    where,
    summary: 'The plan must not be applied: the package has errors that no single row explains',
    detail: '',
    remedy: 'Resolve the findings of the plan and plan again.',
  };
}
