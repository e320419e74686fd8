import { basename, join } from 'node:path';
import type { CmtSchema } from '../../cmt/package.ts';
import { composeSchema, readSchema } from '../../cmt/schema.ts';
import { decodeWhole } from '../../cmt/xml/decode-text.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import type { EnvironmentTable, SourceTable } from '../../model/table.ts';
import type { Scope } from '../../routing/area.ts';
import { areas } from '../../routing/catalogue.ts';
import { neverExportedTable } from '../../routing/never-exported.ts';
import {
  readCatalogueSchema,
  type CarriedRows,
  type Explanation,
} from '../generate-schema/catalogue-schema.ts';
import { schemaFile } from '../generate-schema/output-folder.ts';
import { checkSelection } from './check-selection.ts';
import { SelectionError } from './selection-error.ts';
import { readSmallFile } from '../../cmt/read-small.ts';

export interface SelectionStep {
  readonly step: string;
  readonly area: string;
  readonly schema: CmtSchema;
}

/** What an export reads, and whether it becomes a package or one zip. */
export interface Selection {
  readonly form: 'package' | 'one-step';
  readonly steps: readonly SelectionStep[];
  readonly metadata: ReadonlyMap<string, EnvironmentTable>;
  readonly findings: readonly Finding[];
  /** Why each table, or row of a limited scope, is in; a schema that was given explains itself. */
  readonly explanations: readonly Explanation[];
  /** Rows that solutions carry and rows of the selection refer to. */
  readonly carried?: readonly CarriedRows[];
}

/** The catalogue's own selection for the channels. */
export async function selectByCatalogue(
  reader: DataverseReader,
  scope: Scope,
  signal: AbortSignal,
): Promise<Selection> {
  const { steps, metadata, explanations, findings, carried } = await readCatalogueSchema(
    reader,
    scope,
    signal,
  );
  return {
    form: 'package',
    steps: steps.map(({ step, area, tables }) => ({ step, area, schema: composeSchema(tables) })),
    metadata,
    explanations,
    findings,
    ...(scope.carriedBy === undefined ? {} : { carried }),
  };
}

/** Exactly what a data_schema.xml says, or the schemas of a folder that generate-schema wrote. */
export async function selectBySchema(
  reader: DataverseReader,
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<Selection> {
  const { form, steps } = await readSchemas(path, files);
  const tables = steps.flatMap(({ schema }) => schema.tables);
  const metadata = await reader.tables(namesOf(tables), signal);
  return {
    form,
    steps,
    metadata,
    explanations: steps.flatMap(({ step, schema }) =>
      schema.tables.map(({ name }) => ({ step, table: name, why: whyNamed(step, name) })),
    ),
    findings: [
      ...steps.flatMap(({ schema }) => schema.findings),
      ...steps.flatMap(({ step, schema }) =>
        checkSelection(
          schema.tables.filter(({ name }) => neverExportedTable(name) === undefined),
          metadata,
          reader.url,
          stepPath(path, form, step),
        ),
      ),
      ...steps.flatMap(({ step, schema }) =>
        schema.tables.flatMap(({ name }) => keptBack(name, stepPath(path, form, step))),
      ),
    ],
  };
}

/** A table that a schema asks for and whose rows stay where they are. */
function keptBack(table: string, where: string): readonly Finding[] {
  const rule = neverExportedTable(table);
  if (rule === undefined) return [];
  return [
    {
      severity: 'warning',
      code: 'URM1243',
      where: `${where} ${table}`,
      summary: `${table} is never exported: ${rule.what}`,
      detail: rule.reason,
      remedy: rule.instead,
    },
  ];
}

function whyNamed(step: string, table: string): string {
  const known = areas
    .flatMap((area) => area.steps)
    .find((each) => each.step === step)
    ?.tables.find((each) => each.table === table);
  return known === undefined ? 'the schema names it' : `the schema names it. ${known.why}`;
}

function namesOf(tables: readonly SourceTable[]): readonly string[] {
  return [...new Set(tables.map(({ name }) => name))];
}

function stepPath(path: string, form: Selection['form'], step: string): string {
  return form === 'one-step' ? path : join(path, step, schemaFile);
}

async function readSchemas(
  path: string,
  files: Files,
): Promise<{ readonly form: Selection['form']; readonly steps: readonly SelectionStep[] }> {
  const found = await files.stat(path);
  if (found === undefined)
    throw new InputError('schema', `There is nothing at '${path}'`, 'Check the path.');
  if (found.kind === 'file') {
    const step = basename(path).replace(/\.[^.]*$/, '');
    return { form: 'one-step', steps: [await readStep(path, step, files)] };
  }
  const names = await files.list(path);
  if (names.includes(schemaFile)) {
    const step = basename(path);
    return { form: 'one-step', steps: [await readStep(join(path, schemaFile), step, files)] };
  }
  const steps: SelectionStep[] = [];
  for (const name of names) {
    const file = join(path, name, schemaFile);
    if ((await files.stat(file))?.kind === 'file') steps.push(await readStep(file, name, files));
  }
  if (steps.length === 0)
    throw new SelectionError('URM1227', {
      what: `The folder holds no ${schemaFile}`,
      where: path,
      next: 'Give a data_schema.xml, or the folder that generate-schema wrote.',
    });
  return { form: 'package', steps };
}

async function readStep(path: string, step: string, files: Files): Promise<SelectionStep> {
  const schema = readSchema(decodeWhole(await readSmallFile(path, files), path), path);
  if (schema.tables.length === 0)
    throw new SelectionError('URM1227', {
      what: 'The schema names no table',
      where: path,
      next: 'Give a schema with at least one table.',
    });
  const area = areas.find((each) => each.steps.some((known) => known.step === step));
  const tables = schema.tables.map((table) => ({ ...table, step }));
  return { step, area: area?.area ?? '', schema: { ...schema, tables } };
}
