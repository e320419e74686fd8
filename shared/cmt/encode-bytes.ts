import type { TextEncoding } from './xml/decode-text.ts';

const batchChars = 64 * 1024;

/** Encodes text as it comes, in larger pieces; without a word UTF-8 without a byte order mark. */
export async function* encodeBytes(
  text: AsyncIterable<string>,
  encoding: TextEncoding = { label: 'utf-8', bom: false },
): AsyncGenerator<Uint8Array> {
  const encode = encoders[encoding.label] ?? encodeUtf8;
  let batch: string[] = encoding.bom ? ['\ufeff'] : [];
  let chars = 0;
  for await (const piece of text) {
    batch.push(piece);
    chars += piece.length;
    // Half a surrogate pair must not be encoded alone.
    if (chars < batchChars || endsInHalf(piece)) continue;
    yield encode(batch.join(''));
    batch = [];
    chars = 0;
  }
  if (batch.length > 0) yield encode(batch.join(''));
}

/** Whether text of this encoding can be written again as it was. */
export function canEncode(encoding: TextEncoding): boolean {
  return encoding.label in encoders;
}

function endsInHalf(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code <= 0xdbff;
}

const encodeUtf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

const encoders: Readonly<Record<string, (text: string) => Uint8Array>> = {
  'utf-8': encodeUtf8,
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text) => Buffer.from(text, 'utf16le').swap16(),
};

interface Part {
  readonly name: string;
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

/** Reads parts into memory as long as they are small together; what was begun is handed on as it is. */
export async function gatherSmall(
  parts: readonly Part[],
  limit: number,
): Promise<{
  readonly parts: readonly Part[];
  readonly small?: readonly { readonly name: string; readonly content: Uint8Array }[];
}> {
  const small: { readonly name: string; readonly content: Uint8Array }[] = [];
  let room = limit;
  for (const [at, { name, content }] of parts.entries()) {
    const taken = content instanceof Uint8Array ? content : await inMemoryIfSmall(content, room);
    if (!(taken instanceof Uint8Array) || taken.length > room)
      return { parts: [...small, { name, content: taken }, ...parts.slice(at + 1)] };
    small.push({ name, content: taken });
    room -= taken.length;
  }
  return { parts: small, small };
}

/** What is small is gathered, so that the zip says its length in front of it; the rest streams. */
async function inMemoryIfSmall(
  bytes: AsyncIterable<Uint8Array>,
  memoryBytes: number,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  const iterator = bytes[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) return Buffer.concat(head);
    head.push(next.value);
    length += next.value.length;
    if (length > memoryBytes) return resumed(head, iterator);
  }
}

async function* resumed(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* head;
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return;
    yield next.value;
  }
}
