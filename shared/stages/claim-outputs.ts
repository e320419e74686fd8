import { resolve } from 'node:path';
import { MigrationError } from '../errors/migration-error.ts';
import type { Claim, Files } from '../host/files.ts';
import type { StageEntry } from './stage-entry.ts';
import type { Ports } from './stage.ts';

/** Somebody else writes to the output at this moment. */
export class OutputInUse extends MigrationError {
  readonly code = 'URM1007';
}

/**
 * Claims what a stage writes to, so that two of them never mix their files; and the run that it
 * continues or undoes, which must not go on meanwhile.
 */
export function claimOutputs(entry: StageEntry, { host, files }: Ports): Promise<Claim> {
  // The run that drift is checked against stays as it is.
  const names = entry.name === 'check-drift' ? ['out'] : ['out', 'run'];
  const paths = names.map((name) => host.input(name)?.trim() ?? '').filter((path) => path !== '');
  return claimPaths(paths, files);
}

/** Claims all of some paths, or none. */
export async function claimPaths(paths: readonly string[], files: Files): Promise<Claim> {
  const claims: Claim[] = [];
  const release = async (): Promise<void> => {
    for (const claim of claims.splice(0)) await claim.release();
  };
  for (const path of new Set(paths.map((each) => resolve(each)))) {
    const claim = await files.claim(path);
    if (claim === undefined) {
      await release();
      throw new OutputInUse({
        what: 'Another run on this machine is writing to the same place at this moment',
        where: path,
        next: 'Wait for its end, or give another path: nothing was read or written.',
      });
    }
    claims.push(claim);
  }
  return { release };
}
