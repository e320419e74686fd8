import { MigrationError, type ErrorText } from '../../errors/migration-error.ts';

/** Why an import does not begin. */
export class ImportConflict extends MigrationError {
  readonly code: 'URM1408';

  constructor(code: ImportConflict['code'], text: ErrorText, options?: ErrorOptions) {
    super(text, options);
    this.code = code;
  }
}
