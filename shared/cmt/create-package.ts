import { createHash } from 'node:crypto';
import type { Files } from '../host/files.ts';
import { InputError, InternalError } from '../errors/migration-error.ts';
import type { FileValue } from '../model/row.ts';
import { writeArchive } from './archive.ts';
import type { ArchivePart } from './archive.ts';
import { createDataComposer } from './compose-data.ts';
import { digest, hashing, packageHash, sha256, stepHash } from './content-hash.ts';
import { contentTypes } from './data-layout.ts';
import type { CmtSchema, PackageWriter, StepWriter, WrittenStep } from './package.ts';

export type PackageForm = 'zip' | 'folder';

/** Writes a package folder: migration.json and its steps as zips or as folders that read well. */
export function createPackage(
  path: string,
  form: PackageForm,
  files: Files,
): Promise<PackageWriter> {
  return openWriter({ path, form, plain: false }, files);
}

/** Writes one Configuration Migration zip, or its folder form, without migration.json: a package of one step. */
export function createPlainPackage(
  path: string,
  form: PackageForm,
  files: Files,
): Promise<PackageWriter> {
  return openWriter({ path, form, plain: true }, files);
}

interface Target {
  readonly path: string;
  readonly form: PackageForm;
  readonly plain: boolean;
}

async function openWriter(target: Target, files: Files): Promise<PackageWriter> {
  const path = target.path.replace(/(?<=.)[\\/]+$/, '');
  const staging = `${path}.part`;
  await checkTaken(path, target, files);
  await files.remove(staging);
  await files.makeFolder(staging);
  const spool = await files.makeTemporaryFolder('urm-package-');
  const written: WrittenStep[] = [];
  const discard = async (): Promise<void> => {
    await files.remove(spool);
    await files.remove(staging);
  };
  return {
    step: async (name, schema) => {
      if (target.plain && written.length > 0)
        throw new InternalError('A plain package has one step only', name);
      const stepSpool = `${spool}/${String(written.length)}`;
      await files.makeFolder(stepSpool);
      return createStepWriter(
        { name, schema, path: `${staging}/${name}`, form: target.form, spool: stepSpool },
        files,
        (step) => written.push(step),
      );
    },
    finish: async (manifest) => {
      try {
        if (!target.plain) {
          const text = `${JSON.stringify(manifest(written), undefined, 2)}\n`;
          await files.write(`${staging}/migration.json`, text);
        }
        await moveIn(staging, path, target, files);
      } finally {
        await discard();
      }
      return { hash: packageHash(written.map(({ sha256 }) => sha256)) };
    },
    abort: discard,
  };
}

/** An earlier package may be replaced; anything else that stands there is not ours to remove. */
async function checkTaken(path: string, target: Target, files: Files): Promise<void> {
  const stat = await files.stat(path);
  if (stat === undefined) return;
  if (target.plain && target.form === 'zip') {
    if (stat.kind === 'file') return;
  } else if (stat.kind === 'folder') {
    const names = await files.list(path);
    const mark = target.plain ? 'data_schema.xml' : 'migration.json';
    if (names.length === 0 || names.includes(mark)) return;
  }
  throw new InputError(
    'out',
    `'${path}' exists and is no package that could be replaced`,
    'Give another path, or remove what stands there.',
  );
}

async function moveIn(staging: string, path: string, target: Target, files: Files): Promise<void> {
  const [first] = await files.list(staging);
  const source = target.plain && first !== undefined ? `${staging}/${first}` : staging;
  const old = `${path}.old`;
  const isThere = (await files.stat(path)) !== undefined;
  await files.remove(old);
  if (isThere) await files.rename(path, old);
  try {
    await files.rename(source, path);
  } catch (error) {
    if (isThere) await files.rename(old, path);
    throw error;
  }
  await files.remove(old);
}

interface StepTarget {
  readonly name: string;
  readonly schema: CmtSchema;
  /** Without the ending. */
  readonly path: string;
  readonly form: PackageForm;
  readonly spool: string;
}

function createStepWriter(
  target: StepTarget,
  files: Files,
  done: (step: WrittenStep) => void,
): StepWriter {
  const { schema } = target;
  const payloads = new Map<string, string>();
  const composer = createDataComposer(schema.tables, {
    folder: target.spool,
    files,
    fileId: (file) => payloadId(file.sha256),
  });
  return {
    table: async (table, rows, links, signal) => {
      const definition = schema.tables.find(({ name }) => name === table.name);
      if (definition === undefined)
        throw new InternalError(`Table '${table.name}' is not in the step's schema`, target.name);
      for await (const row of rows) {
        signal.throwIfAborted();
        await composer.addRow(definition, row);
      }
      for await (const link of links) {
        signal.throwIfAborted();
        await composer.addLink(definition, link);
      }
      return composer.counts(table.name);
    },
    payload: async (fileName, content): Promise<FileValue> => {
      const spooled = `${target.spool}/payload-${String(payloads.size)}`;
      await files.write(spooled, content);
      const value = await digest(files.read(spooled));
      payloads.set(payloadId(value.sha256), spooled);
      return { fileName, ...value };
    },
    close: async () => {
      const dataHash = createHash('sha256');
      const schemaBytes = Buffer.from(schema.text);
      await writeArchive(
        `${target.path}.zip`,
        [
          {
            name: 'data.xml',
            content: await inMemoryIfSmall(hashing(encoded(composer.text()), dataHash)),
          },
          { name: 'data_schema.xml', content: schemaBytes },
          { name: '[Content_Types].xml', content: contentTypes },
          ...[...payloads].map(([id, spooled]): ArchivePart => ({
            name: `files/${id}.bin`,
            content: files.read(spooled),
          })),
        ],
        files,
      );
      const step: WrittenStep = {
        step: target.name,
        sha256: stepHash(sha256(schemaBytes), dataHash.digest('hex')),
        tables: schema.tables.map(({ name }) => ({ name, ...composer.counts(name) })),
      };
      done(step);
      return step;
    },
  };
}

/** The id of a payload comes from its content, so that the same files give the same package. */
function payloadId(hash: string): string {
  return [0, 8, 12, 16, 20, 32]
    .slice(0, -1)
    .map((from, at, all) => hash.slice(from, all[at + 1] ?? 32))
    .join('-');
}

const batchChars = 64 * 1024;

/** Text in larger pieces, as UTF-8. */
export async function* encoded(text: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let batch: string[] = [];
  let chars = 0;
  for await (const piece of text) {
    batch.push(piece);
    chars += piece.length;
    if (chars < batchChars) continue;
    yield Buffer.from(batch.join(''));
    batch = [];
    chars = 0;
  }
  if (chars > 0) yield Buffer.from(batch.join(''));
}

const memoryBytes = 8 * 1024 * 1024;

/** What is small is gathered, so that the zip says its length in front of it; the rest streams. */
export async function inMemoryIfSmall(
  bytes: AsyncIterable<Uint8Array>,
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
