import type { FindingCode } from './codes.ts';

export type Severity = 'error' | 'warning' | 'info';

/** A problem or notice as data: collected where it is found, rendered at the edge. */
export interface Finding {
  readonly severity: Severity;
  readonly code: FindingCode;
  /** Place as a person names it: `queue 3f2a… Billing`, `02-queues.zip data.xml line 12, column 8`. */
  readonly where: string;
  /** One sentence: what. */
  readonly summary: string;
  /** Figures, texts of the service, candidates; may be empty. */
  readonly detail: string;
  /** What to do next. */
  readonly remedy: string;
}
