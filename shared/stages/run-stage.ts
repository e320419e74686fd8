import { Cancelled } from '../errors/cancelled.ts';
import { DeadlineReached } from '../errors/deadline-reached.ts';
import { fileSystemError } from '../errors/file-system-error.ts';
import type { Finding } from '../errors/finding.ts';
import { InputError, InternalError, MigrationError } from '../errors/migration-error.ts';
import type { Claim } from '../host/files.ts';
import { noCounts, type StageResult } from '../model/result.ts';
import type { Report } from '../report/report.ts';
import { optionName } from './stage-options.ts';
import type { StageEntry } from './stage-entry.ts';
import type { Ports, Stage } from './stage.ts';
import { claimOutputs } from './claim-outputs.ts';
import { readDeadline, startDeadline } from './deadline.ts';
import { withNewFolder } from './new-folder.ts';
import { writeReports } from './write-reports.ts';

/** How a stage ended, for the edge that turns it into a task result or an exit status. */
export interface StageEnd {
  readonly result: StageResult;
  /** An input was wrong. */
  readonly usage: boolean;
  /** The signal was aborted before the stage was through. */
  readonly cancelled: boolean;
  /** What its reports were made of; absent when it did not get as far as a result. */
  readonly report?: Report;
}

/**
 * Runs a stage to its end: inputs first, all problems of them together, then the work, then the
 * reports. The one place where what a stage throws becomes a result; every host ends in it.
 */
export async function runStage<Options>(
  entry: StageEntry,
  stage: Stage<Options>,
  given: Ports,
  signal: AbortSignal,
): Promise<StageEnd> {
  const ports = withNewFolder(entry, given);
  const minutes = readDeadline(ports.host);
  const isWrong = minutes instanceof InputError;
  const deadline = startDeadline(stage.name, isWrong ? 1 : minutes, signal);
  let claim: Claim | undefined;
  try {
    let result: StageResult;
    try {
      const options = stage.readOptions(ports.host);
      const missing = await missingPaths(entry, ports);
      const wrong = [
        ...(isErrors(options) ? options : []),
        ...missing,
        ...(isWrong ? [minutes] : []),
      ];
      if (isErrors(options) || wrong.length > 0) return failure(stage.name, wrong, signal);
      claim = await claimOutputs(entry, ports);
      result = await stage.run(options, ports, deadline.signal);
    } catch (error) {
      const end = failure(
        stage.name,
        [asMigrationError(error, stage.name, deadline.signal)],
        signal,
      );
      // Who stops a stage gets a report of it as well; a refusal leaves alone what lies there.
      return deadline.signal.aborted && !end.usage
        ? await reported(entry, end, ports, new AbortController().signal)
        : end;
    }
    // A cancelled stage has something to report too.
    const still = deadline.signal.aborted ? new AbortController().signal : signal;
    return await reported(entry, { result, usage: false, cancelled: signal.aborted }, ports, still);
  } finally {
    deadline.clear();
    await claim?.release();
  }
}

/** Writes the reports of an end. */
async function reported(
  entry: StageEntry,
  end: StageEnd,
  ports: Ports,
  signal: AbortSignal,
): Promise<StageEnd> {
  const { result } = end;
  try {
    const { report, reportPath } = await writeReports(entry, result, ports, signal);
    const outputs = { ...result.outputs, ...(reportPath === undefined ? {} : { reportPath }) };
    return { ...end, result: { ...result, outputs }, report };
  } catch (error) {
    // What the stage did is done: a report that cannot be written does not undo it.
    return { ...end, result: withFinding(result, unreported(entry.name, error)) };
  }
}

/** A path that leads nowhere is a wrong input like any other: it is found before anything is sent. */
async function missingPaths(
  entry: StageEntry,
  { host, files }: Ports,
): Promise<readonly InputError[]> {
  const errors: InputError[] = [];
  for (const { flag, kind, writes } of entry.options) {
    if (kind !== 'path' || writes === true) continue;
    const name = optionName(flag);
    const path = host.input(name)?.trim() ?? '';
    if (path !== '' && (await files.stat(path)) === undefined)
      errors.push(new InputError(name, `There is nothing at '${path}'`, 'Check the path.'));
  }
  return errors;
}

/** Exit status of a command: wrong usage 2, failed or error findings 1, changes 3 when asked, else 0. */
export function exitStatus(
  end: StageEnd,
  { detailed }: { readonly detailed: boolean },
): 0 | 1 | 2 | 3 {
  if (end.usage) return 2;
  const { outcome, findings, outputs } = end.result;
  if (outcome === 'failed' || findings.some((finding) => finding.severity === 'error')) return 1;
  return detailed && (outputs['hasChanges'] === true || outputs['hasDrift'] === true) ? 3 : 0;
}

function failure(stage: string, errors: readonly MigrationError[], signal: AbortSignal): StageEnd {
  return {
    usage: errors.some((error) => error instanceof InputError),
    cancelled: signal.aborted,
    result: {
      stage,
      outcome: 'failed',
      counts: noCounts,
      findings: errors.flatMap((error) => error.toFindings()),
      outputs: {},
      requests: { read: 0, write: 0, throttled: 0 },
    },
  };
}

function asMigrationError(error: unknown, stage: string, signal: AbortSignal): MigrationError {
  if (signal.reason instanceof DeadlineReached) return signal.reason;
  if (signal.aborted) return new Cancelled(stage, { cause: error });
  if (error instanceof MigrationError) return error;
  const ofDisk = fileSystemError(error);
  if (ofDisk !== undefined) return ofDisk;
  return new InternalError(
    error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    stage,
    { cause: error },
  );
}

function unreported(stage: string, error: unknown): Finding {
  const ofDisk = fileSystemError(error);
  return {
    severity: 'warning',
    code: 'URM1006',
    where: ofDisk?.where ?? stage,
    summary: 'The reports could not be written',
    detail: ofDisk?.what ?? String(error),
    remedy: ofDisk?.next ?? 'The result itself holds; report the error with the log.',
  };
}

/** A result that tells one thing more. */
function withFinding(result: StageResult, finding: Finding): StageResult {
  return {
    ...result,
    outcome: result.outcome === 'succeeded' ? 'succeededWithIssues' : result.outcome,
    findings: [...result.findings, finding],
  };
}

function isErrors(options: unknown): options is readonly InputError[] {
  return Array.isArray(options) && options.every((item) => item instanceof InputError);
}
