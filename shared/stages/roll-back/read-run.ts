import { join } from 'node:path';
import type { MigrationPackage } from '../../cmt/package.ts';
import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import type { Plan } from '../../model/plan.ts';
import { readJournal, type JournalMemory } from '../apply/journal.ts';
import { openSnapshot } from '../apply/run-snapshot.ts';
import { openPlan } from '../planning/plan-file.ts';
import { RollBackConflict } from './roll-back-conflict.ts';

/** What a run left in its folder. */
export interface FinishedRun {
  readonly folder: string;
  readonly plan: Plan;
  /** Absent: the run ended before its first write. */
  readonly journal: JournalMemory | undefined;
  /** The rows as they were; absent where the run had none to keep. */
  readonly snapshot: MigrationPackage | undefined;
}

/** Reads the folder of a run, however it ended. */
export async function readRun(
  folder: string,
  files: Files,
  signal: AbortSignal,
): Promise<FinishedRun> {
  if ((await files.stat(folder))?.kind !== 'folder')
    throw new InputError('run', `There is no folder '${folder}'`, 'Give the folder of a run.');
  const planPath = join(folder, 'plan.json');
  if ((await files.stat(planPath))?.kind !== 'file')
    throw new InputError(
      'run',
      `'${folder}' holds no plan.json`,
      'Give the run folder of an import: it holds plan.json, journal.jsonl and snapshot.',
    );
  const plan = await openPlan(planPath, files, signal);
  const journal = await readJournal(join(folder, 'journal.jsonl'), files, signal);
  if (journal?.planHash !== undefined && journal.planHash !== plan.hash)
    throw new RollBackConflict({
      what: 'The journal is of another plan than the plan.json beside it',
      where: folder,
      next: 'Give the run folder as the import left it.',
    });
  const snapshot = await openSnapshot(folder, journal, files, signal);
  return { folder, plan, journal, snapshot };
}
