import { MigrationError, type ErrorText } from '../../errors/migration-error.ts';

/** What was asked for cannot be selected: a schema or filter that does not fit the environment. */
export class SelectionError extends MigrationError {
  readonly code: 'URM1224' | 'URM1227' | 'URM1228' | 'URM1229';
  constructor(code: SelectionError['code'], text: ErrorText, options?: ErrorOptions) {
    super(text, options);
    this.code = code;
  }
}
