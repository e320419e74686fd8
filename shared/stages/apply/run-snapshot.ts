import { join } from 'node:path';
import { openPackage } from '../../cmt/open-package.ts';
import type { MigrationPackage } from '../../cmt/package.ts';
import { MigrationError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import { readJournal, type JournalMemory } from './journal.ts';
import { writeSnapshot, type SnapshotFrame } from './snapshot.ts';

/** A snapshot that is not as a run left it. */
export class SnapshotConflict extends MigrationError {
  readonly code = 'URM1416';
}

/**
 * Takes the snapshot of a run before its first write, and gives its hash. A run that is resumed keeps
 * its own, because what is there now is no longer what was there before; one that wrote nothing yet
 * takes it anew, because others may have been at work since.
 */
export async function keepSnapshot(
  folder: string,
  frame: SnapshotFrame,
  signal: AbortSignal,
): Promise<string> {
  const { files } = frame;
  const journal = await readJournal(join(folder, 'journal.jsonl'), files, signal);
  if (journal?.snapshot === undefined)
    return writeSnapshot(join(folder, 'snapshot'), frame, signal);
  await openSnapshot(folder, journal, files, signal);
  return journal.snapshot;
}

/** Opens a run's snapshot: the one that the journal names, or where the journal is lost what is there. */
export async function openSnapshot(
  folder: string,
  journal: JournalMemory | undefined,
  files: Files,
  signal: AbortSignal,
): Promise<MigrationPackage | undefined> {
  const path = join(folder, 'snapshot');
  const taken = journal?.snapshot;
  const conflict = (what: string, options?: ErrorOptions): SnapshotConflict =>
    new SnapshotConflict(
      {
        what: `The snapshot is not the one that the run took before its first write: ${what}`,
        where: path,
        next: 'Use the run folder as the run left it, from the artifact for example.',
      },
      options,
    );
  if ((await files.stat(path)) === undefined) {
    if (taken === undefined) return undefined;
    throw conflict('it is missing');
  }
  const snapshot = await openPackage(path, files, signal).catch((error: unknown) => {
    throw error instanceof MigrationError
      ? conflict(`${error.what} (${error.where})`, { cause: error })
      : error;
  });
  if (taken !== undefined && snapshot.hash !== taken)
    throw conflict(
      `the hash of its content is ${snapshot.hash.slice(0, 12)}…, not ${taken.slice(0, 12)}…`,
    );
  return snapshot;
}
