import type { Files } from '../host/files.ts';
import { FileFormatError } from './file-format-error.ts';

const usualMaxBytes = 64 * 1024 * 1024;

/** Reads a file that stands by itself and is small by its nature into memory. */
export async function readSmallFile(
  path: string,
  files: Files,
  maxBytes: number = usualMaxBytes,
): Promise<Uint8Array> {
  // A file may claim terabytes that no disk holds.
  if ((await plainFileBytes(path, files)) > maxBytes) throw tooLarge(path, maxBytes);
  return files.readWhole(path);
}

/** The text of a file; bytes that are no UTF-8 would be lost without a word. */
export async function readSmallText(
  path: string,
  files: Files,
  maxBytes: number = usualMaxBytes,
): Promise<string> {
  const bytes = await readSmallFile(path, files, maxBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new FileFormatError(
      'URM1109',
      { path },
      { what: 'The text of the file is not UTF-8', next: 'Save it in UTF-8.' },
      { cause: error },
    );
  }
}

/**
 * The length of a plain file, 0 where nothing stands. Links, which may lead anywhere, and pipes and
 * devices, which may never end, are refused.
 */
export async function plainFileBytes(path: string, files: Files): Promise<number> {
  const stat = await files.stat(path);
  if (stat === undefined) return 0;
  if (stat.kind === 'file') return stat.bytes;
  throw new FileFormatError(
    'URM1105',
    { path },
    {
      what: 'This is no plain file, but a folder, a link, a pipe or a device; links are not followed',
      next: 'Put the file itself there.',
    },
  );
}

/** Whether a folder stands at a path; anything else there is refused. */
export async function requireFolder(path: string, files: Files): Promise<boolean> {
  const kind = (await files.stat(path))?.kind;
  if (kind === undefined || kind === 'folder') return kind === 'folder';
  throw new FileFormatError(
    'URM1105',
    { path },
    {
      what: 'Where a folder is expected stands a file, a link or a device; links are not followed',
      next: 'Put the folder itself there, or remove what stands there.',
    },
  );
}

/** Reads what is small by its nature, such as a schema, into memory. */
export async function readSmall(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  maxBytes: number = usualMaxBytes,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(path, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(path: string, maxBytes: number): FileFormatError {
  return new FileFormatError(
    'URM1105',
    { path },
    {
      what: `The file is larger than ${String(maxBytes)} bytes`,
      next: 'No file of its kind is: find out where it comes from.',
    },
  );
}
