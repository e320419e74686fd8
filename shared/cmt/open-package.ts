import type { Files } from '../host/files.ts';
import type { SourceTable } from '../model/table.ts';
import { packageHash } from './content-hash.ts';
import { decodeDate } from './dates.ts';
import { FileFormatError } from './file-format-error.ts';
import { findSteps } from './find-steps.ts';
import { openStep } from './open-step.ts';
import type { OpenedStep } from './open-step.ts';
import type { MigrationPackage, PackageManifest } from './package.ts';

/**
 * Opens whatever holds rows: a package folder with migration.json, one Configuration Migration zip,
 * or an unpacked folder of either. Everything is read once and checked; rows then stream.
 */
export async function openPackage(
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<MigrationPackage> {
  const { manifest, sources, findings } = await findSteps(path, files);
  const steps: OpenedStep[] = [];
  for (const source of sources) {
    const step = await openStep(source, signal);
    checkHash(step, manifest);
    steps.push(step);
  }
  const byName = new Map(steps.map((step) => [step.source.step, step]));
  const stepOf = (table: SourceTable): OpenedStep | undefined => byName.get(table.step);
  return {
    ...(manifest === undefined ? {} : { manifest }),
    hash: packageHash(steps.map(({ hash }) => hash)),
    steps: steps.map(({ source }) => source.step),
    tables: steps.flatMap(({ tables }) => tables),
    findings: [...findings, ...steps.flatMap((step) => step.findings)],
    counts: (table) => {
      const counted = stepOf(table)?.index.tables.get(table.name);
      return { rows: counted?.rows ?? 0, links: counted?.links ?? 0 };
    },
    timestamp: (step) => {
      const { timestamp, dateOrder } = byName.get(step)?.index ?? {};
      return timestamp === undefined
        ? undefined
        : decodeDate(timestamp, dateOrder ?? 'month-first');
    },
    rows: (table, signal) => stepOf(table)?.rows(table.name, signal) ?? nothing(),
    links: (table, signal) => stepOf(table)?.links(table.name, signal) ?? nothing(),
    payload: (step, file, signal) => byName.get(step)?.payload(file, signal) ?? nothing(),
  };
}

async function* nothing(): AsyncGenerator<never> {
  // A table of another package has no rows here.
}

function checkHash(step: OpenedStep, manifest: PackageManifest | undefined): void {
  const recorded = manifest?.steps.find(({ step: name }) => name === step.source.step)?.sha256;
  if (recorded === undefined || recorded === step.hash) return;
  throw new FileFormatError(
    'URM1108',
    { path: step.source.path },
    {
      what: `The step is not the one that migration.json recorded: its content's hash is ${step.hash.slice(0, 12)}…, not ${recorded.slice(0, 12)}…`,
      next: 'Restore it from the export. To edit a package, unpack it: the folder form holds no hashes.',
    },
  );
}
