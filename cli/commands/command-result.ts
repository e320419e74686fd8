import { Cancelled } from '#shared/errors/cancelled.ts';
import { MigrationError } from '#shared/errors/migration-error.ts';
import type { Finding } from '#shared/errors/finding.ts';
import { noCounts } from '#shared/model/result.ts';
import type { StageResult } from '#shared/model/result.ts';

/** A command's result by what it found. */
export function commandResult(stage: string, findings: readonly Finding[]): StageResult {
  const has = (severity: Finding['severity']): boolean =>
    findings.some((finding) => finding.severity === severity);
  return {
    stage,
    outcome: has('error') ? 'failed' : has('warning') ? 'succeededWithIssues' : 'succeeded',
    counts: noCounts,
    findings,
    outputs: {},
    requests: { read: 0, write: 0, throttled: 0 },
  };
}

/** Runs a command's work; an error that is reported on purpose becomes a result that failed. */
export async function orFailure<Result extends StageResult>(
  stage: string,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result | StageResult> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted)
      return commandResult(stage, [new Cancelled(stage, { cause: error }).toFinding()]);
    if (!(error instanceof MigrationError)) throw error;
    return commandResult(stage, [error.toFinding()]);
  }
}
