import type { Finding } from '../errors/finding.ts';
import type { Files } from '../host/files.ts';
import { manifestText } from './create-package.ts';
import type { PackageForm } from './create-package.ts';
import { FileFormatError } from './file-format-error.ts';
import { findSteps } from './find-steps.ts';
import { notesName } from './folder/notes.ts';
import { unpackStep } from './folder/unpack-step.ts';
import { openStep } from './open-step.ts';
import { openOutput } from './output-place.ts';
import { packStep } from './pack-step.ts';
import type { StepSource } from './step-source.ts';

/** What was converted. */
export interface Conversion {
  readonly rows: number;
  readonly links: number;
  readonly findings: readonly Finding[];
}

/**
 * Writes a package in the other form: a zip or folder as one zip or folder, a package folder as a
 * package folder. Nothing stands at the output until everything is written.
 */
export async function convertPackage(
  from: string,
  to: { readonly path: string; readonly form: PackageForm; readonly files: Files },
  signal: AbortSignal,
): Promise<Conversion> {
  const { files, form } = to;
  const { manifest, sources, findings } = await findSteps(from, files);
  refuseSelf(from, to.path);
  const single = manifest === undefined;
  const output = await openOutput(
    to.path,
    single && form === 'zip'
      ? { kind: 'file' }
      : { kind: 'folder', marks: single ? [notesName] : ['migration.json'] },
    files,
  );
  try {
    const steps: ConvertedStep[] = [];
    for (const source of sources) {
      const name = `${source.step}${form === 'zip' ? '.zip' : ''}`;
      const path = single ? output.staging : `${output.staging}/${name}`;
      steps.push(
        form === 'zip'
          ? await packed(source, { path, files }, signal)
          : await unpacked(source, { path, files }, signal),
      );
    }
    if (manifest !== undefined)
      await files.write(
        `${output.staging}/migration.json`,
        manifestText(
          {
            ...manifest,
            steps: manifest.steps.map((step, at) => {
              const { tables = [], sha256 } = steps[at] ?? {};
              return { ...step, tables, ...(sha256 === undefined ? {} : { sha256 }) };
            }),
          },
          form,
        ),
      );
    await output.commit();
    const tables = steps.flatMap((step) => step.tables);
    return {
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      links: tables.reduce((sum, { links }) => sum + links, 0),
      findings: [...findings, ...steps.flatMap((step) => step.findings)],
    };
  } finally {
    await output.discard();
  }
}

interface ConvertedStep {
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly links: number;
  }[];
  readonly findings: readonly Finding[];
  readonly sha256?: string;
}

async function packed(
  source: StepSource,
  target: { readonly path: string; readonly files: Files },
  signal: AbortSignal,
): Promise<ConvertedStep> {
  // Reading it first finds what is wrong with edited files before a zip is made of them.
  const hasSchema = source.names.some((name) => /data_schema\.xml$/i.test(name));
  const opened = hasSchema ? await openStep(source, signal) : undefined;
  const sha256 = await packStep(source, target, signal);
  return {
    tables: (opened?.tables ?? []).map(({ name }) => ({
      name,
      rows: opened?.index.tables.get(name)?.rows ?? 0,
      links: opened?.index.tables.get(name)?.links ?? 0,
    })),
    findings: opened?.findings ?? [],
    sha256,
  };
}

async function unpacked(
  source: StepSource,
  target: { readonly path: string; readonly files: Files },
  signal: AbortSignal,
): Promise<ConvertedStep> {
  return unpackStep(source, { folder: target.path, files: target.files }, signal);
}

/** An output inside its own source would be read while it is written. */
function refuseSelf(from: string, to: string): void {
  const plain = (path: string): string => path.replaceAll('\\', '/').replace(/(?<!\/)\/+$/, '');
  const source = plain(from);
  const target = plain(to);
  if (target !== source && !target.startsWith(`${source}/`)) return;
  throw new FileFormatError(
    'URM1110',
    { path: to },
    { what: 'The output would stand in what is read', next: 'Give another path.' },
  );
}
