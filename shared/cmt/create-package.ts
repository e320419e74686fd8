import type { Files } from '../host/files.ts';
import { InternalError } from '../errors/migration-error.ts';
import type { FileValue } from '../model/row.ts';
import { createDataComposer } from './compose-data.ts';
import type { DataComposer } from './compose-data.ts';
import { encodeDate } from './dates.ts';
import { digest, packageHash, sha256, stepHash } from './content-hash.ts';
import { contentTypesFor } from './content-types.ts';
import { encodeBytes } from './encode-bytes.ts';
import { notesName } from './folder/notes.ts';
import { unpackStep } from './folder/unpack-step.ts';
import type {
  CmtSchema,
  PackageManifest,
  PackageWriter,
  StepWriter,
  WrittenStep,
} from './package.ts';
import { openOutput } from './output-place.ts';
import { packStep } from './pack-step.ts';
import type { StepSource } from './step-source.ts';

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
  const { form, plain } = target;
  const marks = plain ? [notesName] : ['migration.json'];
  const output = await openOutput(
    target.path,
    plain && form === 'zip' ? { kind: 'file' } : { kind: 'folder', marks },
    files,
  );
  const { staging } = output;
  const spool = await files.makeTemporaryFolder('urm-package-');
  const written: WrittenStep[] = [];
  const discard = async (): Promise<void> => {
    await files.remove(spool);
    await output.discard();
  };
  return {
    step: async (name, schema, timestamp) => {
      if (plain && written.length > 0)
        throw new InternalError('A plain package has one step only', name);
      const stepSpool = `${spool}/${String(written.length)}`;
      await files.makeFolder(stepSpool);
      const path = plain ? staging : `${staging}/${name}${form === 'zip' ? '.zip' : ''}`;
      return createStepWriter(
        { name, schema, path, form, spool: stepSpool, timestamp },
        files,
        (step) => written.push(step),
      );
    },
    finish: async (manifest) => {
      try {
        if (!plain)
          await files.write(`${staging}/migration.json`, manifestText(manifest(written), form));
        await output.commit();
      } finally {
        await discard();
      }
      return { hash: packageHash(written.map(({ sha256 }) => sha256)) };
    },
    abort: discard,
  };
}

/** A folder holds no hashes, so that it can be edited; a zip's step must be the one that was exported. */
export function manifestText(manifest: PackageManifest, form: PackageForm): string {
  const steps =
    form === 'zip'
      ? manifest.steps
      : manifest.steps.map(({ step, area, tables }) => ({ step, area, tables }));
  return `${JSON.stringify({ ...manifest, steps }, undefined, 2)}\n`;
}

interface StepTarget {
  readonly name: string;
  readonly schema: CmtSchema;
  readonly path: string;
  readonly form: PackageForm;
  readonly timestamp: string | undefined;
  readonly spool: string;
}

function createStepWriter(
  target: StepTarget,
  files: Files,
  done: (step: WrittenStep) => void,
): StepWriter {
  const { schema } = target;
  const payloads = new Map<string, string>();
  let taken = 0;
  const composer = createDataComposer(schema.tables, {
    folder: target.spool,
    files,
    fileId: (file) => payloadId(file.sha256),
    timestamp: target.timestamp === undefined ? undefined : encodeDate(target.timestamp),
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
      // Equal contents share an id, so that the number of payloads is no name for the next one.
      const spooled = `${target.spool}/payload-${String(taken)}`;
      taken += 1;
      await files.write(spooled, content);
      const value = await digest(files.read(spooled));
      payloads.set(payloadId(value.sha256), spooled);
      return { fileName, ...value };
    },
    close: async () => {
      const source = composedSource(target, composer, payloads, files);
      // What was taken in is written whatever comes: an aborted run discards it as a whole.
      const { signal } = new AbortController();
      let hash: string;
      if (target.form === 'zip')
        hash = await packStep(source, { path: target.path, files }, signal);
      else {
        await unpackStep(source, { folder: target.path, files, layout: 'usual' }, signal);
        const data = await digest(source.read('data.xml', signal));
        hash = stepHash(sha256(schema.text), data.sha256);
      }
      await files.remove(target.spool);
      const step: WrittenStep = {
        step: target.name,
        sha256: hash,
        tables: schema.tables.map(({ name }) => ({ name, ...composer.counts(name) })),
      };
      done(step);
      return step;
    },
  };
}

/** The step as its rows give it, before it becomes a zip or a folder. */
function composedSource(
  { name, schema }: StepTarget,
  composer: DataComposer,
  payloads: ReadonlyMap<string, string>,
  files: Files,
): StepSource {
  const contents = new Map<string, () => AsyncIterable<Uint8Array>>([
    ['data.xml', () => encodeBytes(composer.text())],
    ['data_schema.xml', () => once(Buffer.from(schema.text))],
    [
      '[Content_Types].xml',
      () => once(contentTypesFor([...payloads.keys()].map((id) => `files/${id}.bin`))),
    ],
    ...[...payloads].map(([id, spooled]): [string, () => AsyncIterable<Uint8Array>] => [
      `files/${id}.bin`,
      () => files.read(spooled),
    ]),
  ]);
  return {
    step: name,
    path: name,
    form: 'zip',
    names: [...contents.keys()],
    read: (part) => contents.get(part)?.() ?? once(new Uint8Array(0)),
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** The id of a payload comes from its content, so that the same files give the same package. */
function payloadId(hash: string): string {
  return [0, 8, 12, 16, 20, 32]
    .slice(0, -1)
    .map((from, at, all) => hash.slice(from, all[at + 1] ?? 32))
    .join('-');
}
