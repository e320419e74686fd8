import { TextDecoder } from 'node:util';
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
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parts: string[] = [];
  let chars = 0;
  const add = (part: string): void => {
    parts.push(part);
    chars += part.length;
    if (foreign !== undefined && chars > foreign.maxChars)
      throw new FileFormatError(
        'URM1105',
        { path: foreign.path },
        {
          what: `A line is longer than ${String(foreign.maxChars)} characters`,
          next: 'No row is: find out where the file comes from.',
        },
      );
  };
  const taken = (): string => {
    const line = parts.join('');
    parts.length = 0;
    chars = 0;
    return line;
  };
  for await (const text of decoded(bytes, decoder, foreign)) {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      add(text.slice(from, end));
      yield taken();
      from = end + 1;
    }
    if (from < text.length) add(text.slice(from));
  }
  const rest = taken();
  if (rest !== '') yield rest;
}

async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  decoder: TextDecoder,
  foreign: ForeignLines | undefined,
): AsyncGenerator<string> {
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
