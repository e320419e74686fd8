import { TextDecoder } from 'node:util';
import { FileFormatError } from '../file-format-error.ts';

/** How a text file is encoded; the declaration inside the file decides nothing that its bytes contradict. */
export interface TextEncoding {
  readonly label: 'utf-8' | 'utf-16le' | 'utf-16be' | (string & {});
  readonly bom: boolean;
}

/** Tells the encoding from the first bytes: a byte order mark, the shape of `<`, or the XML declaration. */
export function detectEncoding(head: Uint8Array): TextEncoding {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { label: 'utf-8', bom: true };
  if (a === 0xff && b === 0xfe) return { label: 'utf-16le', bom: true };
  if (a === 0xfe && b === 0xff) return { label: 'utf-16be', bom: true };
  if (a !== undefined && a !== 0 && b === 0) return { label: 'utf-16le', bom: false };
  if (a === 0 && b !== undefined && b !== 0) return { label: 'utf-16be', bom: false };
  const declaration = Buffer.from(head.subarray(0, 200)).toString('latin1');
  const declared = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/
    .exec(declaration)?.[1]
    ?.toLowerCase();
  // A file that says UTF-16 in single bytes was converted without its declaration: it is UTF-8.
  const label = declared === undefined || declared.startsWith('utf-') ? 'utf-8' : declared;
  return { label, bom: false };
}

/** Decodes a file's bytes to text as they come; bytes that are no text of its encoding are refused. */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  found?: (encoding: TextEncoding) => void,
): AsyncGenerator<string> {
  let head: Uint8Array = new Uint8Array(0);
  let decoder: TextDecoder | undefined;
  for await (const chunk of bytes) {
    let next = chunk;
    if (decoder === undefined) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      // Enough for a byte order mark and the declaration.
      if (head.length < 200) continue;
      decoder = openDecoder(head, path, found);
      next = head;
    }
    const text = decode(decoder, next, path, true);
    if (text !== '') yield text;
  }
  const rest = decoder === undefined ? head : new Uint8Array(0);
  decoder ??= openDecoder(head, path, found);
  const text = decode(decoder, rest, path, false);
  if (text !== '') yield text;
}

/** Decodes a small file at once. */
export function decodeWhole(bytes: Uint8Array, path: string): string {
  return decode(openDecoder(bytes, path), bytes, path, false);
}

function openDecoder(
  head: Uint8Array,
  path: string,
  found?: (encoding: TextEncoding) => void,
): TextDecoder {
  const encoding = detectEncoding(head);
  found?.(encoding);
  try {
    return new TextDecoder(encoding.label, { fatal: true });
  } catch (error) {
    throw new FileFormatError(
      'URM1103',
      { path },
      {
        what: `The file says it is encoded as '${encoding.label}', which is not known`,
        next: 'Save it as UTF-8.',
      },
      { cause: error },
    );
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array, path: string, stream: boolean): string {
  try {
    return decoder.decode(bytes, { stream });
  } catch (error) {
    throw new FileFormatError(
      'URM1103',
      { path },
      {
        what: `The file is not valid ${decoder.encoding} text`,
        next: 'It is damaged or cut off: copy or export it again.',
      },
      { cause: error },
    );
  }
}
