import { MigrationError } from '../../errors/migration-error.ts';

/** Why a roll-back does not begin. */
export class RollBackConflict extends MigrationError {
  readonly code = 'URM1701';
}
