import type { Finding } from '../errors/finding.ts';
import type { Files } from '../host/files.ts';
import type { SourceTable } from '../model/table.ts';
import { fieldTypeOf } from './column-types.ts';
import { digest } from './content-hash.ts';
import { indexData } from './data-index.ts';
import { findSteps } from './find-steps.ts';
import { openStep } from './open-step.ts';
import type { CmtSchema } from './package.ts';
import { readDocument } from './read-document.ts';
import { readSmall } from './read-small.ts';
import { readSchema } from './schema.ts';
import { findName, requireName } from './step-source.ts';
import type { StepSource } from './step-source.ts';
import { decodeText, decodeWhole } from './xml/decode-text.ts';

/** What `urm inspect` says of a package. */
export interface Inspection {
  readonly tables: readonly InspectedTable[];
  readonly files: readonly {
    readonly step: string;
    readonly name: string;
    readonly bytes: number;
  }[];
  readonly findings: readonly Finding[];
}

export interface InspectedTable {
  readonly step: string;
  readonly name: string;
  readonly rows: number;
  /** Types in the words of the schema. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly links: number;
}

/** Reads everything at a path and tells what is in it; a schema or a data.xml alone will do. */
export async function inspectPackage(
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<Inspection> {
  const { sources, findings } = await findSteps(path, files);
  const steps: Inspection[] = [];
  for (const source of sources) steps.push(await inspectStep(source, signal));
  return {
    tables: steps.flatMap(({ tables }) => tables),
    files: steps.flatMap((step) => step.files),
    findings: [...findings, ...steps.flatMap((step) => step.findings)],
  };
}

async function inspectStep(source: StepSource, signal: AbortSignal): Promise<Inspection> {
  const hasData = findName(source, 'data.xml') !== undefined;
  const hasSchema = findName(source, 'data_schema.xml') !== undefined;
  const files = await filesOf(source, signal);
  if (hasData && hasSchema) {
    const { tables, index, findings } = await openStep(source, signal);
    return { tables: inspected(source.step, tables, index.tables), files, findings };
  }
  if (!hasData && !hasSchema) requireName(source, 'data.xml');
  const schema = hasSchema ? await schemaOf(source, signal) : noSchema;
  const counts = hasData ? await indexOf(source, signal) : undefined;
  return {
    tables: inspected(source.step, schema.tables, counts?.tables ?? new Map()),
    files,
    findings: [
      alone(source, hasData ? 'data_schema.xml' : 'data.xml'),
      ...schema.findings,
      // That no table is in a schema that is not there need not be said of each.
      ...(counts?.findings ?? []).filter(({ code }) => code !== 'URM1121'),
    ],
  };
}

const noSchema: CmtSchema = { tables: [], text: '', findings: [] };

async function schemaOf(source: StepSource, signal: AbortSignal): Promise<CmtSchema> {
  const name = requireName(source, 'data_schema.xml');
  const path = `${source.path} ${name}`;
  const bytes = await readSmall(source.read(name, signal), path);
  return readSchema(decodeWhole(bytes, path), path);
}

function indexOf(source: StepSource, signal: AbortSignal): ReturnType<typeof indexData> {
  const name = requireName(source, 'data.xml');
  const path = `${source.path} ${name}`;
  const text = decodeText(source.read(name, signal), path);
  return indexData(readDocument(text, path, signal), noSchema, { path, files: () => undefined });
}

async function filesOf(source: StepSource, signal: AbortSignal): Promise<Inspection['files']> {
  const files: Inspection['files'][number][] = [];
  for (const name of source.names) {
    const bytes = source.sizes?.get(name) ?? (await digest(source.read(name, signal))).bytes;
    files.push({ step: source.step, name, bytes });
  }
  return files;
}

function inspected(
  step: string,
  tables: readonly SourceTable[],
  counts: ReadonlyMap<string, { readonly rows: number; readonly links: number }>,
): readonly InspectedTable[] {
  const known = new Set(tables.map(({ name }) => name));
  const strangers = [...counts.keys()].filter((name) => !known.has(name));
  const countOf = (name: string): { readonly rows: number; readonly links: number } => ({
    rows: counts.get(name)?.rows ?? 0,
    links: counts.get(name)?.links ?? 0,
  });
  return [
    ...tables.map(({ name, columns }) => ({
      step,
      name,
      ...countOf(name),
      columns: [...columns.values()].map((column) => ({
        name: column.name,
        type: fieldTypeOf[column.type],
      })),
    })),
    ...strangers.map((name) => ({ step, name, ...countOf(name), columns: [] })),
  ];
}

function alone(source: StepSource, missing: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1102',
    where: source.path,
    summary: `There is no ${missing}`,
    detail: 'What is there was read.',
    remedy: 'A package needs both data.xml and data_schema.xml to be imported.',
  };
}
