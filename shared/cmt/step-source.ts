import type { Files } from '../host/files.ts';
import { archiveLimits, openArchive, type Archive } from './archive.ts';
import { FileFormatError } from './file-format-error.ts';
import { readSmall } from './read-small.ts';
import { decodeText } from './xml/decode-text.ts';

/** One step's files, wherever they are: in a zip, side by side in a folder, or rendered from the folder form. */
export interface StepSource {
  readonly step: string;
  /** The path of the zip or folder. */
  readonly path: string;
  /** Names of everything there, `data.xml` among them. */
  readonly names: readonly string[];
  /** What stood at the path. */
  readonly form: 'zip' | 'loose' | 'folder';
  read(name: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** The same from a byte on, where what is before need not be read. */
  readFrom?(name: string, start: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Lengths, where they are known without reading. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** The text of one table alone, where that is less work than the whole document. */
  tableText?(table: string, signal: AbortSignal): AsyncIterable<string>;
}

/** A Configuration Migration zip. */
export async function openZipStep(path: string, step: string, files: Files): Promise<StepSource> {
  const archive = await openArchive(path, files);
  return {
    step,
    path,
    form: 'zip',
    names: archive.entries.map(({ name }) => name),
    sizes: new Map(archive.entries.map(({ name, bytes }) => [name, bytes])),
    ...unpackedOnce(archive, path),
  };
}

/** A data.xml of at most this is kept once it is unpacked; of what is larger memory holds a piece at a time. */
const keptBytes = 32 * 1024 ** 2;
const sliceBytes = 64 * 1024;

/** Tables are read one by one: to unpack what stands before each of them would be most of the work. */
function unpackedOnce(
  archive: Archive,
  path: string,
): Required<Pick<StepSource, 'read' | 'readFrom'>> {
  const small = new Set(
    archive.entries
      .filter(({ name, bytes }) => /^data\.xml$/i.test(name) && bytes <= keptBytes)
      .map(({ name }) => name),
  );
  const kept = new Map<string, Uint8Array>();
  async function* readKept(
    name: string,
    start: number,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const whole = kept.get(name) ?? (await readSmall(archive.read(name, signal), path));
    kept.set(name, whole);
    for (let at = start; at < whole.length; at += sliceBytes) {
      signal.throwIfAborted();
      yield whole.subarray(at, at + sliceBytes);
    }
  }
  return {
    read: (name, signal) =>
      small.has(name) ? readKept(name, 0, signal) : archive.read(name, signal),
    readFrom: (name, start, signal) =>
      small.has(name) ? readKept(name, start, signal) : skipping(archive.read(name, signal), start),
  };
}

/** A zip's content in a folder: data.xml and data_schema.xml side by side. */
export async function openLooseStep(path: string, step: string, files: Files): Promise<StepSource> {
  return {
    step,
    path,
    form: 'loose',
    names: await filesUnder(path, '', files),
    read: (name, signal) => files.read(`${path}/${name}`, signal),
    readFrom: (name, start, signal) =>
      files.read(`${path}/${name}`, signal, { start, end: Number.MAX_SAFE_INTEGER }),
  };
}

/** One of the two documents alone, told by what is in it. */
export async function openDocument(path: string, files: Files): Promise<StepSource> {
  let head = '';
  for await (const text of decodeText(files.read(path), path)) {
    head += text;
    if (head.length > 64 * 1024) break;
  }
  const isSchema = /<fields?[\s>/]/.test(head) && !/<records?[\s>/]/.test(head);
  return {
    step: path.split(/[\\/]/).at(-1) ?? path,
    path,
    form: 'loose',
    names: [isSchema ? 'data_schema.xml' : 'data.xml'],
    read: (_, signal) => files.read(path, signal),
  };
}

/** Files below a folder by their path in it, sorted. Links are not followed. */
export async function filesUnder(
  folder: string,
  prefix: string,
  files: Files,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const name of await files.list(folder)) {
    const stat = await files.stat(`${folder}/${name}`);
    if (names.length > archiveLimits.entries)
      throw new FileFormatError(
        'URM1105',
        { path: folder },
        {
          what: `The folder holds more than ${String(archiveLimits.entries)} files`,
          next: 'No package does: find out where it comes from.',
        },
      );
    if (stat?.kind === 'file') names.push(prefix + name);
    else if (stat?.kind === 'folder' && name !== '.git')
      names.push(...(await filesUnder(`${folder}/${name}`, `${prefix}${name}/`, files)));
  }
  return names;
}

/**
 * The name under which the step has a file: packers change its case now and then, and folders may
 * hold one `something_data.xml` with its `something_data_schema.xml`.
 */
export function findName(source: StepSource, name: string): string | undefined {
  if (source.names.includes(name)) return name;
  const same = source.names.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (same !== undefined || source.form !== 'loose') return same;
  const [only, ...others] = source.names.filter(
    (candidate) => candidate.toLowerCase().endsWith(name) && !candidate.includes('/'),
  );
  return others.length === 0 ? only : undefined;
}

/** As `findName`, but a package without the file is none. */
export function requireName(source: StepSource, name: string): string {
  const found = findName(source, name);
  if (found !== undefined) return found;
  throw new FileFormatError(
    'URM1102',
    { path: source.path },
    {
      what: `This is no Configuration Migration package: it has no ${name}, but ${listed(source.names)}`,
      next: 'Give a zip or folder with data.xml and data_schema.xml, or a package folder with migration.json.',
    },
  );
}

/** A file from a byte on; what is before is not read, or else not looked at. */
export async function* bytesFrom(
  source: StepSource,
  name: string,
  start: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (source.readFrom !== undefined) {
    yield* source.readFrom(name, start, signal);
    return;
  }
  yield* skipping(source.read(name, signal), start);
}

async function* skipping(
  bytes: AsyncIterable<Uint8Array>,
  start: number,
): AsyncGenerator<Uint8Array> {
  let skipped = 0;
  for await (const chunk of bytes) {
    const from = Math.min(chunk.length, start - skipped);
    skipped += from;
    if (from < chunk.length) yield from === 0 ? chunk : chunk.subarray(from);
  }
}

/** Names for people, not more than a few. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const few = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${few} and ${String(names.length - 5)} more` : few;
}
