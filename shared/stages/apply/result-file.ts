import { join } from 'node:path';
import { fileSystemError } from '../../errors/file-system-error.ts';
import type { Files } from '../../host/files.ts';
import type { StageResult } from '../../model/result.ts';

/**
 * Writes result.json of a run folder. What a run did must be told even where the disk takes nothing any
 * more: then the result itself says that its file is missing.
 */
export async function keepResult<Result extends StageResult>(
  result: Result,
  folder: string,
  files: Files,
): Promise<Result> {
  const path = join(folder, 'result.json');
  try {
    await files.write(path, `${JSON.stringify(result, undefined, 2)}\n`);
    return result;
  } catch (error) {
    return withMissing(result, { error, where: path, what: 'The result could not be written' });
  }
}

/** A result with a warning that a file of its run is missing, and why; throws what is no fault of a disk. */
export function withMissing<Result extends StageResult>(
  result: Result,
  missing: { readonly error: unknown; readonly where: string; readonly what: string },
): Result {
  const ofDisk = fileSystemError(missing.error);
  if (ofDisk === undefined) throw missing.error;
  return {
    ...result,
    outcome: result.outcome === 'succeeded' ? 'succeededWithIssues' : result.outcome,
    findings: [
      ...result.findings,
      {
        severity: 'warning',
        code: 'URM1006',
        where: missing.where,
        summary: missing.what,
        detail: ofDisk.what,
        remedy: ofDisk.next,
      },
    ],
  };
}
