import type { MigrationPackage, PackageManifest } from '../../cmt/package.ts';
import type { DataverseReader, RowQuery } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, type Row } from '../../model/row.ts';
import type { EnvironmentTable, SourceTable } from '../../model/table.ts';
import type { Scope } from '../../routing/area.ts';
import { areasFor } from '../../routing/catalogue.ts';
import {
  boundLookups,
  installedRows,
  relationshipNameColumns,
  tableNameColumns,
} from '../../routing/environment-bound.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import { readLeftInSource, toDo } from '../export/left-in-source.ts';
import { readCatalogueSchema } from '../generate-schema/catalogue-schema.ts';
import { tableNames } from '../generate-schema/choose-tables.ts';
import { readCarried } from '../solutions/carried-rows.ts';
import { checkPrivileges } from '../privileges/check-privileges.ts';
import { lookedAt, solutionTables, sourcePrivileges } from './check-rights.ts';
import { tablesInRules } from './check-rules.ts';
import { keyColumns, RowInspection } from './inspect-rows.ts';
import { neededTables, type NeededTable } from './needed-tables.ts';

/** What the configuration needs of a target, wherever the configuration stands. */
export interface Needs {
  readonly organizationId: string | undefined;
  readonly tables: readonly NeededTable[];
  readonly inspection: RowInspection;
  /** What the source calls the rows that withheld lookups lead to, by id. */
  readonly boundNames: ReadonlyMap<Guid, string>;
  /** Definitions of the source, where there is one. */
  readonly definitions?: ReadonlyMap<string, EnvironmentTable>;
  /** Rows that solutions bring and that the configuration refers to. */
  readonly carried?: PackageManifest['carried'];
  readonly findings: readonly Finding[];
}

/** Needs of a package: its schemas, and what its rows use. */
export async function readPackageNeeds(
  source: MigrationPackage,
  signal: AbortSignal,
): Promise<Needs> {
  const tables = neededTables(source.tables);
  const inspection = new RowInspection(ruleBook);
  for (const table of tables)
    for (const part of table.parts)
      for await (const row of source.rows(part, signal)) inspection.see(table, row);
  // The package withholds these values, and tells how many there were.
  for (const lookup of boundLookups)
    for (const { table, column, rows, step } of source.manifest?.withheld ?? [])
      if (table === lookup.table && column === lookup.column && rows > 0)
        inspection.bound.set(`${table}.${column}`, { lookup, where: `${step} ${table}.${column}` });
  return {
    organizationId: source.manifest?.source.organizationId,
    tables,
    inspection,
    boundNames: new Map(),
    carried: source.manifest?.carried,
    findings: source.findings,
  };
}

/** Needs of an environment: what an export would read, without the texts nobody checks. */
export async function readSourceNeeds(
  reader: DataverseReader,
  scope: Scope,
  signal: AbortSignal,
): Promise<Needs> {
  const names = tableNames(areasFor(scope.channels, scope.include));
  const metadata = await reader.tables([...names, ...lookedAt, ...solutionTables], signal);
  const { organizationId, userId } = await reader.whoAmI(signal);
  const needed = sourcePrivileges(names, metadata);
  const holder = { environment: 'source', userId } as const;
  const privileges = await checkPrivileges(reader, needed, holder, signal);
  const canRead = (table: string): boolean => !privileges.unreadable.has(table);
  const schema = await readCatalogueSchema(reader, scope, signal, canRead);
  const tables = neededTables(schema.steps.flatMap((step) => step.tables));
  const inspection = new RowInspection(ruleBook);
  const readings = tables.flatMap((table) => {
    const environment = metadata.get(table.name);
    return environment === undefined || !canRead(table.name)
      ? []
      : table.parts.map((part) => ({ table, query: inspectionQuery(part, table, environment) }));
  });
  for await (const { table, row } of readTogether(reader, readings, signal))
    inspection.see(table, row);
  const left = await readLeftInSource(reader, scope.channels, signal);
  const mentioned = await reader.tables(tablesInRules(inspection.texts), signal);
  const parents = schema.carried.filter(({ table }) => canRead(table.name));
  const { carried, findings: homeless } = await readCarried(reader, parents, signal);
  return {
    organizationId,
    tables,
    inspection,
    boundNames: await readBoundNames(reader, inspection, signal),
    definitions: new Map([...metadata, ...mentioned]),
    carried,
    findings: [
      ...homeless,
      ...schema.findings.filter(({ severity }) => severity !== 'info'),
      ...privileges.findings,
      ...left.map((each) => toDo(each, reader.url)),
    ],
  };
}

/** By what the target's own rows are recognized: the handle of a bot, the name of a piece of music. */
async function readBoundNames(
  source: DataverseReader,
  { bound }: RowInspection,
  signal: AbortSignal,
): Promise<ReadonlyMap<Guid, string>> {
  const ids = new Map<string, Set<Guid>>();
  const columns = new Map<string, string>();
  for (const { lookup, id } of bound.values()) {
    if (id === undefined || lookup.sameBy === undefined) continue;
    ids.set(lookup.to, (ids.get(lookup.to) ?? new Set<Guid>()).add(id));
    columns.set(lookup.to, lookup.sameBy);
  }
  const tables = await source.tables([...ids.keys()], signal);
  const reader = source.gathered?.() ?? source;
  const names = new Map<Guid, string>();
  await Promise.all(
    [...tables].map(async ([name, table]) => {
      const column = columns.get(name) ?? '';
      if (!table.columns.has(column)) return;
      const where = { by: 'ids', ids: [...(ids.get(name) ?? [])] } as const;
      try {
        for await (const row of reader.rows({ table, columns: [column], where }, signal)) {
          const value = cell(row, column);
          if (typeof value === 'string') names.set(row.id, value);
        }
      } catch (error) {
        // A bot's user may be out of sight: then any bot of the target will do.
        if (!(error instanceof DataverseError) || error.status !== 403) throw error;
      }
    }),
  );
  return names;
}

const tablesAtATime = 12;

/** The first pages of some tables come with one request: most tables of the catalogue have no second. */
async function* readTogether(
  reader: DataverseReader,
  readings: readonly { readonly table: NeededTable; readonly query: RowQuery }[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly table: NeededTable; readonly row: Row }> {
  const gathered = reader.gathered?.() ?? reader;
  for (let at = 0; at < readings.length; at += tablesAtATime) {
    const group = readings.slice(at, at + tablesAtATime).map(({ table, query }) => {
      const rows = gathered.rows(query, signal)[Symbol.asyncIterator]();
      const first = rows.next();
      // A failure is reported when its turn comes; until then it must not count as unhandled.
      first.catch(() => undefined);
      return { table, rows, first };
    });
    for (const { table, rows, first } of group)
      for (let next = await first; next.done !== true; next = await rows.next())
        yield { table, row: next.value };
  }
}

const inspected = new Set(['choice', 'choices', 'state', 'status', 'lookup', 'owner']);

function inspectionQuery(
  { filter }: SourceTable,
  table: NeededTable,
  environment: EnvironmentTable,
): Parameters<DataverseReader['rows']>[0] {
  const rules = ruleBook.of(table.name);
  const wanted = [...table.columns.values()]
    .filter(({ name, type }) => inspected.has(type) || rules.textReferences.has(name))
    .map(({ name }) => name);
  const columns = new Set([
    ...wanted,
    ...(table.nameColumn === undefined ? [] : [table.nameColumn]),
    ...(rules.systemRows === undefined ? [] : [rules.systemRows.column]),
    ...rules.identities.flatMap(keyColumns),
    ...(rules.textNames?.keys() ?? []),
    ...(tableNameColumns[table.name] ?? []),
    ...(relationshipNameColumns[table.name] ?? []),
    ...installedRows.filter((each) => each.table === table.name).map(({ key }) => key),
    // Withheld from packages, and looked at all the same: the target needs rows of its own for them.
    ...boundLookups.filter((each) => each.table === table.name).map(({ column }) => column),
  ]);
  return {
    table: environment,
    columns: [...columns].filter((column) => environment.columns.has(column)),
    ...(filter === undefined ? {} : { where: { by: 'fetch', fetchXml: filter } }),
  };
}
