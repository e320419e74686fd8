import { PassThrough, Readable } from 'node:stream';
import { callbackify } from 'node:util';
import { crc32 } from 'node:zlib';
import * as yauzl from 'yauzl';
import { ZipFile } from 'yazl';
import type { Files } from '../host/files.ts';
import { smallArchive } from './archive/small-archive.ts';
import { gatherSmall } from './encode-bytes.ts';
import { FileFormatError } from './file-format-error.ts';

/** An entry of a zip that passed every check but the one of its content, which is made while it is read. */
export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: number;
}

/** A zip opened for reading; only its directory is in memory. */
export interface Archive {
  readonly entries: readonly ArchiveEntry[];
  /** Streams an entry; its checksum and length are compared at the end. */
  read(name: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export interface ArchiveLimits {
  readonly entries: number;
  readonly bytes: number;
  /** Expansion that text never has, above `freeBytes`. */
  readonly ratio: number;
  readonly freeBytes: number;
}

/** What is small enough to be put together in memory. */
export interface SmallLimits {
  readonly bytes: number;
  readonly entries: number;
}

const gibibyte = 1024 ** 3;

/** Far above any honest package; what is below is read as a stream, so that it cannot fill the memory. */
export const archiveLimits: ArchiveLimits = {
  entries: 200_000,
  bytes: 64 * gibibyte,
  ratio: 200,
  freeBytes: 2 * gibibyte,
};

export const smallLimits: SmallLimits = { bytes: 8 * 1024 ** 2, entries: 1000 };

/** Opens a zip and refuses what no honest package holds, before anything is read from it. */
export async function openArchive(
  path: string,
  files: Files,
  limits: ArchiveLimits = archiveLimits,
): Promise<Archive> {
  const stat = await files.stat(path);
  if (stat?.kind !== 'file')
    throw new FileFormatError(
      'URM1101',
      { path },
      { what: 'The zip does not exist', next: 'Correct the path.' },
    );
  const reader = new FilesReader(path, files);
  const zip = await damagedUnless(path, () =>
    yauzl.fromRandomAccessReaderPromise(reader, stat.bytes, {
      lazyEntries: true,
      autoClose: false,
      decodeStrings: false,
    }),
  );
  const entries = new Map<string, yauzl.Entry>();
  const names = new Set<string>();
  let total = 0;
  await damagedUnless(path, async () => {
    for await (const entry of zip.eachEntry()) {
      const name = entryName(entry, path);
      if (name.endsWith('/')) continue;
      checkEntry(entry, name, path);
      if (names.has(name.toLowerCase())) refuse(path, `The zip holds the entry '${name}' twice`);
      names.add(name.toLowerCase());
      total += entry.uncompressedSize;
      if (names.size > limits.entries)
        refuse(path, `The zip holds more than ${String(limits.entries)} entries`);
      if (total > limits.bytes)
        refuse(path, `The zip expands to more than ${String(limits.bytes)} bytes`);
      if (total > limits.freeBytes && total > stat.bytes * limits.ratio)
        refuse(
          path,
          `The zip expands to more than ${String(limits.ratio)} times its size, as zip bombs do`,
        );
      entries.set(name, entry);
    }
  });
  return {
    entries: [...entries].map(([name, { uncompressedSize }]) => ({
      name,
      bytes: uncompressedSize,
    })),
    read: (name, signal) => {
      return readEntry(zip, entries.get(name), { path, name }, signal);
    },
  };
}

async function* readEntry(
  zip: yauzl.ZipFile,
  entry: yauzl.Entry | undefined,
  place: { readonly path: string; readonly name: string },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { path, name } = place;
  const where = `${path} ${name}`;
  if (entry === undefined)
    throw new FileFormatError(
      'URM1101',
      { path: where },
      { what: `The zip holds no entry '${name}'`, next: 'Export it again.' },
    );
  const stream: AsyncIterable<Uint8Array> = await damagedUnless(where, () =>
    zip.openReadStreamPromise(entry),
  );
  let checksum = 0;
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      signal.throwIfAborted();
      bytes += chunk.length;
      if (bytes > entry.uncompressedSize) throw new Error('an entry holds more than the zip says');
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FileFormatError) throw error;
    throw damaged(where, error);
  }
  if (bytes !== entry.uncompressedSize)
    throw damaged(where, new Error('an entry holds less than the zip says'));
  if (checksum !== entry.crc32)
    throw damaged(where, new Error('its checksum is not the one the zip recorded'));
}

/** What goes into a zip, in its order. */
export interface ArchivePart {
  readonly name: string;
  /** Content in memory gets its length into the entry's head, as in the stock tool's zips. */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * Writes a zip: the same parts give the same bytes, whenever and wherever they are written. What is
 * small is put together in memory, the rest is a stream; which of them it is follows from the
 * content alone.
 */
export async function writeArchive(
  path: string,
  parts: readonly ArchivePart[],
  files: Files,
  small: SmallLimits = smallLimits,
): Promise<void> {
  if (parts.length > small.entries) {
    await streamArchive(path, parts, files);
    return;
  }
  const gathered = await gatherSmall(parts, small.bytes);
  if (gathered.small === undefined) await streamArchive(path, gathered.parts, files);
  else await files.write(path, await smallArchive(gathered.small));
}

async function streamArchive(
  path: string,
  parts: readonly ArchivePart[],
  files: Files,
): Promise<void> {
  const zip = new ZipFile();
  const output = new PassThrough();
  // An error may be reported twice: destroying is, unlike emitting, the same once more.
  const fail = (error: unknown): void => {
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  };
  // Whoever reads the stream gets the error, even one that came before reading began.
  output.on('error', () => undefined);
  zip.outputStream.pipe(output);
  const options = { mtime: fixedTime(), mode: 0, forceDosTimestamp: true };
  for (const { name, content } of parts) {
    // yazl compresses all buffers at once: of many entries one after the other is taken.
    if (content instanceof Uint8Array && parts.length <= atOnce)
      zip.addBuffer(Buffer.from(content), name, options);
    else
      zip.addReadStreamLazy(name, options, (done) => {
        const chunks = content instanceof Uint8Array ? [content] : content;
        const stream = Readable.from(chunks, { objectMode: false });
        stream.on('error', fail);
        done(null, stream);
      });
  }
  zip.on('error', fail);
  zip.end();
  await files.write(path, output);
}

const atOnce = 16;

/** The first moment a zip can name, in local time, because that is how zips count. */
function fixedTime(): Date {
  return new Date(1980, 0, 1);
}

const blockBytes = 64 * 1024;

/** Reads parts of the zip through the file port. */
class FilesReader extends yauzl.RandomAccessReader {
  readonly #path: string;
  readonly #files: Files;
  #block = Buffer.alloc(0);
  #blockStart = 0;

  constructor(path: string, files: Files) {
    super();
    this.#path = path;
    this.#files = files;
  }

  /** The directory is read in pieces of a few bytes: they come from the block that was read last. */
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    callbackify(() => this.#fill(buffer.subarray(offset, offset + length), position))(callback);
  }

  async #fill(target: Buffer, position: number): Promise<void> {
    const end = position + target.length;
    if (position < this.#blockStart || end > this.#blockStart + this.#block.length) {
      const range = { start: position, end: position + Math.max(target.length, blockBytes) };
      const chunks: Uint8Array[] = [];
      for await (const chunk of this.#files.read(this.#path, undefined, range)) chunks.push(chunk);
      this.#block = Buffer.concat(chunks);
      this.#blockStart = position;
    }
    const from = position - this.#blockStart;
    if (from + target.length > this.#block.length) throw new Error('unexpected EOF');
    this.#block.copy(target, 0, from, from + target.length);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return start >= end
      ? Readable.from([])
      : Readable.from(this.#files.read(this.#path, undefined, { start, end }), {
          objectMode: false,
        });
  }
}

function entryName(entry: yauzl.Entry, path: string): string {
  let name: string;
  try {
    name = yauzl.getFileNameLowLevel(
      entry.generalPurposeBitFlag,
      entry.fileNameRaw,
      entry.extraFields,
      true,
    );
  } catch (error) {
    throw damaged(path, error);
  }
  const problem = nameProblem(name);
  if (problem !== undefined) refuse(path, `The zip's entry '${shown(name)}' ${problem}`);
  return name;
}

/** Why a path inside a package is not taken; `undefined` for a plain relative one. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'has no name';
  if (name.includes('\\')) return 'has a backslash in its name';
  if (name.startsWith('/')) return 'has an absolute path';
  if (/^[A-Za-z]:/.test(name)) return 'has a drive letter';
  if (/\p{Cc}/u.test(name)) return 'has a control character in its name';
  const parts = name.replace(/\/$/, '').split('/');
  if (parts.includes('..')) return "leads out of its folder with '..'";
  if (parts.includes('') || parts.includes('.')) return 'has an empty part in its path';
  return undefined;
}

function checkEntry(entry: yauzl.Entry, name: string, path: string): void {
  const fileType = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (fileType !== 0 && fileType !== 0o100000)
    refuse(path, `The zip's entry '${name}' is a link or a device, not a file`);
  if (entry.isEncrypted()) refuse(path, `The zip's entry '${name}' is encrypted`);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    refuse(
      path,
      `The zip's entry '${name}' is compressed by method ${String(entry.compressionMethod)}, which no package uses`,
    );
}

function refuse(path: string, what: string): never {
  throw new FileFormatError(
    'URM1105',
    { path },
    { what, next: 'Nothing was written. Find out where the file comes from.' },
  );
}

async function damagedUnless<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FileFormatError) throw error;
    throw damaged(path, error);
  }
}

function damaged(path: string, cause: unknown): FileFormatError {
  const reason = cause instanceof Error ? cause.message.replace(/\.$/, '') : 'unknown reason';
  return new FileFormatError(
    'URM1104',
    { path },
    {
      what: `The zip cannot be read: ${reason}`,
      next: 'It is damaged, cut off or no zip: copy or export it again.',
    },
    { cause },
  );
}

function shown(name: string): string {
  return name.replace(/\p{Cc}/gu, '?').slice(0, 100);
}
