import { MigrationError } from '#shared/errors/migration-error.ts';

/** Something the agent or the server must provide is not there. */
export class PrerequisiteError extends MigrationError {
  readonly code = 'URM1003';
  constructor(what: string, where: string, next: string, options?: ErrorOptions) {
    super({ what, where, next }, options);
  }
}
