import type { FindingCode } from './codes.ts';
import type { Finding } from './finding.ts';

/** The three parts of every error text. */
export interface ErrorText {
  /** What happened, one sentence. */
  readonly what: string;
  /** Where: input, file with line, table and id, URL. */
  readonly where: string;
  /** What to do next. */
  readonly next: string;
}

/** Anything the product reports on purpose. The code is stable and documented; the message is for people. */
export abstract class MigrationError extends Error {
  abstract readonly code: FindingCode;
  readonly where: string;
  readonly what: string;
  readonly next: string;

  constructor(text: ErrorText, options?: ErrorOptions) {
    const what = shortened(text.what);
    const where = shortened(text.where);
    const next = shortened(text.next);
    super(`${what} (${where}). ${next}`, options);
    this.what = what;
    this.where = where;
    this.next = next;
  }

  /** The same in bundles, where classes lose their names: the code tells errors apart. */
  override get name(): string {
    return 'MigrationError';
  }

  /** All that is wrong, where several things are. */
  toFindings(): readonly Finding[] {
    return [this.toFinding()];
  }

  /** The same error as data, to stand beside findings that were collected. */
  toFinding(): Finding {
    return {
      severity: 'error',
      code: this.code,
      where: this.where,
      summary: this.what,
      detail: this.cause instanceof Error ? this.cause.message : '',
      remedy: this.next,
    };
  }
}

const maxPartChars = 2000;

/** Texts from outside stand in messages; a message never repeats a whole file or answer. */
function shortened(text: string): string {
  return text.length > maxPartChars ? `${text.slice(0, maxPartChars)}…` : text;
}

/** An input the pipeline author can correct. Exit status 2. */
export class InputError extends MigrationError {
  readonly code = 'URM1001';
  readonly input: string;
  constructor(input: string, what: string, next: string) {
    super({ what, where: input, next });
    this.input = input;
  }
}

/** A fault of ours. */
export class InternalError extends MigrationError {
  readonly code = 'URM1901';
  constructor(what: string, where: string, options?: ErrorOptions) {
    super(
      { what, where, next: 'This is a fault of the tool: please report it with the log.' },
      options,
    );
  }
}
