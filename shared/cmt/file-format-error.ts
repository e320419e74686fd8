import { MigrationError } from '../errors/migration-error.ts';
import type { fileCodes } from '../errors/codes/file-codes.ts';

export type FileCode = keyof typeof fileCodes;

/** A place in a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A file that cannot be read or is refused: which one, where in it, and why. */
export class FileFormatError extends MigrationError {
  readonly code: FileCode;
  readonly path: string;
  readonly position: Position | undefined;

  constructor(
    code: FileCode,
    place: { readonly path: string; readonly position?: Position | undefined },
    text: { readonly what: string; readonly next: string },
    options?: ErrorOptions,
  ) {
    super({ ...text, where: placeName(place.path, place.position) }, options);
    this.code = code;
    this.path = place.path;
    this.position = place.position;
  }
}

/** How a place is written for people: `02-queues.zip data.xml line 12, column 8`. */
export function placeName(path: string, position?: Position): string {
  return position === undefined
    ? path
    : `${path} line ${String(position.line)}, column ${String(position.column)}`;
}
