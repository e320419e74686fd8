import { MigrationError } from './migration-error.ts';

/** Someone cancelled the run, or the agent is stopping. */
export class Cancelled extends MigrationError {
  readonly code = 'URM1002';
  constructor(stage: string, options: ErrorOptions) {
    super(
      {
        what: 'The stage was cancelled before it was through',
        where: stage,
        next: 'Start it again; an import continues where it stopped when its plan is applied again.',
      },
      options,
    );
  }
}
