import { createPackage, createPlainPackage, type PackageForm } from '../cmt/create-package.ts';
import type { PackageManifest } from '../cmt/package.ts';
import type { DataverseReader } from '../dataverse/client.ts';
import { openReader } from '../dataverse/connect.ts';
import type { Finding } from '../errors/finding.ts';
import type { Connection } from '../host/host.ts';
import type { RuleBook } from '../model/rules.ts';
import { rowsRead, type StageResult } from '../model/result.ts';
import type { Scope } from '../routing/area.ts';
import { ruleBook } from '../routing/rule-book.ts';
import { areasFor } from '../routing/catalogue.ts';
import { scopeWithConfiguration } from './configuration.ts';
import { readLeftInSource, type LeftRows } from './export/left-in-source.ts';
import { selectByCatalogue, selectBySchema, type Selection } from './export/selection.ts';
import { writeSteps, type Exported } from './export/write-steps.ts';
import { explanationLine, type Explanation } from './generate-schema/catalogue-schema.ts';
import { tableNames } from './generate-schema/choose-tables.ts';
import { readScope } from './generate-schema/scope-options.ts';
import { OptionReader } from './option-reader.ts';
import { outcomeOf } from './outcome.ts';
import { readCarried } from './solutions/carried-rows.ts';
import { managedInSource } from './solutions/managed-in-source.ts';
import { assertReading, withRefusalsTold } from './privileges/assert-rights.ts';
import type { Ports, Stage } from './stage.ts';
import { toolName } from './tool-name.ts';

export interface ExportOptions {
  readonly environment: Connection;
  /** A data_schema.xml, or generate-schema's folder; absent: the catalogue's own selection. */
  readonly schema: string | undefined;
  readonly scope: Scope;
  /** Tell why each table and row is in. */
  readonly explain: boolean;
  readonly config: string | undefined;
  readonly out: string;
  readonly format: PackageForm;
}

export interface ExportResult extends StageResult {
  readonly steps: PackageManifest['steps'];
  readonly withheld: PackageManifest['withheld'];
  /** Why each table, or row of a limited scope, is in; only when asked for. */
  readonly explanations?: readonly Explanation[];
}

/** Reads an environment's configuration and writes it as a package, whole or not at all. */
export const exportStage = exportBy(ruleBook);

/** The export by the rules of a book, which says what is withheld: tests take rules away. */
export function exportBy(book: RuleBook): Stage<ExportOptions, ExportResult> {
  return {
    name: 'export',

    readOptions: (host) => {
      const reader = new OptionReader(host);
      const schema = reader.text('schema');
      const scope = readScope(reader);
      // A schema is used with exactly its filters: a limit beside it would be ignored without a word.
      for (const name of ['channels', 'workstreams', 'recordTypes'] as const)
        if (schema !== undefined && (scope[name] ?? []).length > 0)
          reader.refuse(
            name,
            `'${name}' limits nothing when 'schema' is given`,
            `Give '${name}' to generate-schema, or leave one of the two away.`,
          );
      return reader.finish({
        environment: reader.connection('source'),
        schema,
        scope,
        explain: reader.flag('explain'),
        config: reader.text('config'),
        out: reader.required('out'),
        format: reader.oneOf('format', ['zip', 'folder'], 'zip'),
      });
    },

    run: (options, ports, signal) => runExport(options, book, ports, signal),
  };
}

async function runExport(
  options: ExportOptions,
  book: RuleBook,
  ports: Ports,
  signal: AbortSignal,
): Promise<ExportResult> {
  const reader = openReader(options.environment, ports);
  const { schema, config } = options;
  const scope = await scopeWithConfiguration(options.scope, config, ports.files);
  const { organizationId } = await reader.whoAmI(signal);
  const reading = { environment: 'source', purpose: 'export' } as const;
  const selection =
    schema === undefined
      ? await withRefusalsTold(
          reader,
          { ...reading, tables: tableNames(areasFor(scope.channels, scope.include)) },
          () => selectByCatalogue(reader, scope, signal),
          signal,
        )
      : await selectBySchema(reader, schema, ports.files, signal);
  const tables = selection.steps.flatMap((step) => step.schema.tables.map(({ name }) => name));
  const shallow = await assertReading(reader, { ...reading, tables }, signal);
  if (options.explain)
    for (const explanation of selection.explanations)
      ports.host.log('info', explanationLine(explanation));
  const isMissing = selection.steps.length === 0 && outcomeOf(selection.findings) !== 'failed';
  const found = isMissing
    ? [...selection.findings, nothingThere(reader.url)]
    : [...selection.findings, ...shallow];
  if (outcomeOf(found) === 'failed') return result(reader, found, undefined);
  const exported = await write(
    reader,
    selection,
    { organizationId, book, options: { ...options, scope } },
    ports,
    signal,
  );
  const findings = [...found, ...exported.findings];
  const told = exported.rows === 0 ? [...findings, empty(reader.url)] : findings;
  return {
    ...result(reader, told, { ...exported, out: options.out }),
    ...(options.explain ? { explanations: selection.explanations } : {}),
  };
}

async function write(
  reader: DataverseReader,
  selection: Selection,
  {
    organizationId,
    book,
    options,
  }: {
    readonly organizationId: string;
    readonly book: RuleBook;
    readonly options: ExportOptions;
  },
  ports: Ports,
  signal: AbortSignal,
): Promise<Exported & { readonly hash: string }> {
  const { out, format, scope } = options;
  const create = selection.form === 'one-step' ? createPlainPackage : createPackage;
  const writer = await create(out, format, ports.files);
  let exported: Exported;
  let carried: Awaited<ReturnType<typeof readCarried>> | undefined;
  const managed: Finding[] = [];
  let left: readonly LeftRows[] = [];
  try {
    exported = await writeSteps(reader, selection, { writer, host: ports.host, book }, signal);
    carried =
      selection.carried === undefined
        ? undefined
        : await readCarried(reader, selection.carried, signal);
    if (selection.form === 'package' && carried === undefined)
      managed.push(...(await managedInSource(reader, selection, signal)));
    if (options.schema === undefined) left = await readLeftInSource(reader, scope.channels, signal);
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const { steps, withheld } = exported;
  const { hash } = await writer.finish(() => ({
    format: 1,
    tool: toolName,
    source: { organizationId, url: reader.url },
    channels: options.schema === undefined ? scope.channels : [],
    scope: options.schema === undefined ? scopeTold(scope) : {},
    steps: manifestSteps(steps, format),
    withheld,
    removed: [],
    ...(left.length === 0
      ? {}
      : { leftToHands: left.map(({ item, names }) => ({ what: item.what, names })) }),
    ...(carried === undefined ? {} : { carried: carried.carried }),
  }));
  const findings = [...exported.findings, ...(carried?.findings ?? []), ...managed];
  return { ...exported, findings, hash };
}

/** Only what limits the export: a list that is not there means everything. */
function scopeTold({ queues, workstreams, recordTypes = [] }: Scope): PackageManifest['scope'] {
  return {
    ...(queues.length === 0 ? {} : { queues }),
    ...(workstreams.length === 0 ? {} : { workstreams }),
    ...(recordTypes.length === 0 ? {} : { recordTypes }),
  };
}

/** A folder is made to be edited: it holds no hashes. */
function manifestSteps(steps: Exported['steps'], format: PackageForm): PackageManifest['steps'] {
  return steps.map(({ step, area, tables, sha256 }) => ({
    step,
    area,
    tables,
    ...(format === 'zip' ? { sha256 } : {}),
  }));
}

function result(
  reader: DataverseReader,
  findings: readonly Finding[],
  exported: (Exported & { readonly hash: string; readonly out: string }) | undefined,
): ExportResult {
  return {
    stage: 'export',
    outcome: outcomeOf(findings),
    counts: rowsRead(exported?.distinctRows ?? 0),
    findings,
    outputs:
      exported === undefined
        ? {}
        : {
            packageHash: exported.hash,
            packagePath: exported.out,
            rows: exported.rows,
            links: exported.links,
          },
    requests: reader.requests,
    steps: exported === undefined ? [] : manifestSteps(exported.steps, 'zip'),
    withheld: exported?.withheld ?? [],
  };
}

function nothingThere(environmentUrl: string): Finding {
  return {
    severity: 'error',
    code: 'URM1227',
    where: environmentUrl,
    summary: 'The environment has none of the tables that the channels need',
    detail: '',
    remedy: 'Check that unified routing is provisioned and that the address is the right one.',
  };
}

function empty(environmentUrl: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1230',
    where: environmentUrl,
    summary: 'No row matched: the package is empty',
    detail: '',
    remedy: 'Check the channels, the filters, and with validate the privileges of the user.',
  };
}
