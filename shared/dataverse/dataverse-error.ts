import { MigrationError, type ErrorText } from '../errors/migration-error.ts';
import type { FindingCode } from '../errors/codes.ts';

/** What the service answered, or that it did not. Request and response never travel with it. */
export class DataverseError extends MigrationError {
  readonly code: FindingCode;
  /** HTTP status; absent when no answer came. */
  readonly status: number | undefined;
  /** The service's code, `0x80040217`, as sent. */
  readonly serviceCode: string | undefined;
  readonly serviceMessage: string;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly retryable: boolean;

  constructor(
    code: FindingCode,
    text: ErrorText,
    facts: {
      readonly status?: number;
      readonly serviceCode?: string;
      readonly serviceMessage?: string;
      readonly requestId?: string;
      readonly retryAfterMs?: number;
      readonly retryable?: boolean;
    },
    options?: ErrorOptions,
  ) {
    super(text, options);
    this.code = code;
    this.status = facts.status;
    this.serviceCode = facts.serviceCode;
    this.serviceMessage = facts.serviceMessage ?? '';
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
    this.retryable = facts.retryable ?? false;
  }
}
