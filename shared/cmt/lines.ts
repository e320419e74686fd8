import { TextDecoder } from 'node:util';
import { textLines } from '../model/text-lines.ts';
import { FileFormatError } from './file-format-error.ts';

/** A file from outside, whose lines may be of any length. */
export interface ForeignLines {
  readonly path: string;
  readonly maxChars: number;
}

/** Lines of a UTF-8 text, ended by a line feed alone: other separators may stand inside JSON. */
export async function* readLines(
  bytes: AsyncIterable<Uint8Array>,
  foreign?: ForeignLines,
): AsyncGenerator<string> {
  const pieces = decoded(bytes, foreign);
  if (foreign === undefined) {
    yield* textLines(pieces);
    return;
  }
  const { path, maxChars } = foreign;
  const tooLong = (): FileFormatError =>
    new FileFormatError(
      'URM1105',
      { path },
      {
        what: `A line is longer than ${String(maxChars)} characters`,
        next: 'No row is: find out where the file comes from.',
      },
    );
  yield* textLines(pieces, { maxChars, tooLong });
}

async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  foreign: ForeignLines | undefined,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (error) {
      if (foreign === undefined) throw error;
      throw new FileFormatError(
        'URM1109',
        { path: foreign.path },
        { what: 'The text of the file is not UTF-8', next: 'Save it in UTF-8.' },
        { cause: error },
      );
    }
  };
  for await (const chunk of bytes) yield decode(chunk);
  yield decode();
}
