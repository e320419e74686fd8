import type { Files } from '../host/files.ts';
import { FileFormatError } from './file-format-error.ts';

const maxBytes = 64 * 1024 * 1024;

/** The same of a file that stands by itself. */
export function readSmallFile(path: string, files: Files): Promise<Uint8Array> {
  return readSmall(files.read(path), path);
}

/** Reads a file that is small by its nature, such as a schema, into memory. */
export async function readSmall(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > maxBytes)
      throw new FileFormatError(
        'URM1105',
        { path },
        {
          what: `The file is larger than ${String(maxBytes)} bytes`,
          next: 'No file of its kind is: find out where it comes from.',
        },
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
