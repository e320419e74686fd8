import { MigrationError } from './migration-error.ts';

/** The time that a stage may take is over. */
export class DeadlineReached extends MigrationError {
  readonly code = 'URM1005';

  constructor(stage: string, minutes: number) {
    super({
      what: `The deadline of ${minutes} minutes was reached before the ${stage} was through`,
      where: stage,
      next: 'Start it again, with a later deadline where there is much to do.',
    });
  }
}
