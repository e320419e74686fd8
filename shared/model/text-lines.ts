/** How long a line of a text from outside may be, and what to say of a longer one. */
export interface LineLimit {
  readonly maxChars: number;
  readonly tooLong: () => Error;
}

/**
 * Lines of a text that comes in pieces, ended by a line feed alone: other separators may stand inside
 * JSON. The time is that of the text's length, however long its lines are.
 */
export async function* textLines(
  pieces: AsyncIterable<string>,
  limit?: LineLimit,
): AsyncGenerator<string> {
  const parts: string[] = [];
  let chars = 0;
  const add = (part: string): void => {
    parts.push(part);
    chars += part.length;
    if (limit !== undefined && chars > limit.maxChars) throw limit.tooLong();
  };
  const taken = (): string => {
    const line = parts.join('');
    parts.length = 0;
    chars = 0;
    return line;
  };
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      add(piece.slice(from, end));
      yield taken();
      from = end + 1;
    }
    if (from < piece.length) add(piece.slice(from));
  }
  const rest = taken();
  if (rest !== '') yield rest;
}

/** The text of UTF-8 bytes; what is none is replaced, as a crash may have cut a character. */
export async function* utf8Text(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** Lines of plans and journals are entries of some kilobytes; what is longer is none of them. */
export const maxEntryChars = 64 * 1024 * 1024;
