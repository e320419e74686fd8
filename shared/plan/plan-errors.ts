import { MigrationError, type ErrorText } from '../errors/migration-error.ts';

/** A plan that cannot be read, is not the approved one, or was made for something else. */
export class PlanConflict extends MigrationError {
  readonly code: 'URM1301' | 'URM1302' | 'URM1303' | 'URM1304' | 'URM1356' | 'URM1404';

  constructor(code: PlanConflict['code'], text: ErrorText, options?: ErrorOptions) {
    super(text, options);
    this.code = code;
  }
}
