import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import type { EnvironmentTable, SourceColumn, SourceTable } from '../../model/table.ts';
import type { Guid } from '../../model/guid.ts';
import type { HasColumn, Scope } from '../../routing/area.ts';
import { areasFor, leftOutOf } from '../../routing/catalogue.ts';
import { allOf, fetchText, noRow, oneOf } from '../../routing/fetch-filter.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import { chooseTables, tableNames, type ChosenStep, type ChosenTable } from './choose-tables.ts';
import { readNamedRows } from './named-rows.ts';
import { orderSteps } from './order-steps.ts';
import { leaveToSolutions } from './leave-to-solutions.ts';
import { leftBehind, skippedWorkstreams } from './left-behind.ts';
import { resolveScope } from './resolve-scope.ts';
import type { ScopeRow } from './scope-closure.ts';

/** A step's tables as its data_schema.xml will say them. */
export interface SchemaStep {
  readonly step: string;
  readonly area: string;
  readonly tables: readonly SourceTable[];
}

export interface CatalogueSchema {
  readonly steps: readonly SchemaStep[];
  readonly findings: readonly Finding[];
  readonly explanations: readonly Explanation[];
  /** Rows that solutions carry and that rows of the steps refer to, by table; where solutions carry some. */
  readonly carried: readonly CarriedRows[];
  /** Metadata of the tables in the steps. */
  readonly metadata: ReadonlyMap<string, EnvironmentTable>;
}

/** Rows of a table that a solution carries. */
export interface CarriedRows {
  readonly table: EnvironmentTable;
  /** Absent: all. */
  readonly filter?: string;
}

/** Why a table, or in a limited scope a row of it, is in a step. */
export interface Explanation {
  readonly step: string;
  readonly table: string;
  readonly id?: Guid;
  readonly name?: string;
  readonly why: string;
}

/** An explanation in one line. */
export function explanationLine({ step, table, id, name, why }: Explanation): string {
  return id === undefined ? `${step} ${table}: ${why}` : `${step} ${table} ${name ?? id}: ${why}`;
}

/** What the catalogue moves for a scope, in the columns and with the type codes of one environment. */
export async function readCatalogueSchema(
  reader: DataverseReader,
  scope: Scope,
  signal: AbortSignal,
  canRead: (table: string) => boolean = () => true,
): Promise<CatalogueSchema> {
  const areas = areasFor(scope.channels, scope.include);
  const metadata = await reader.tables(tableNames(areas), signal);
  const chosen = chooseTables(areas, metadata, reader.url, scope.channels);
  const ordered = orderSteps<ChosenTable, ChosenStep>(chosen.steps);
  const limited = await resolveScope(
    reader,
    scope,
    ordered.steps.map((step) => ({
      ...step,
      tables: step.tables.filter(({ name }) => canRead(name)),
    })),
    signal,
  );
  const has: HasColumn = (table, column) => metadata.get(table)?.columns.has(column) ?? false;
  const steps: SchemaStep[] = [];
  const explanations: Explanation[] = [];
  const share =
    scope.carriedBy === 'solution'
      ? leaveToSolutions(ordered.steps, reader.url)
      : { steps: ordered.steps, parents: [], findings: [] };
  for (const step of share.steps) {
    const isEmpty = step.tables.every(
      ({ name, isAnchor }) =>
        limited !== undefined && (isAnchor || limited.rowsOf(step.step, name).size === 0),
    );
    if (isEmpty) continue;
    const tables: SourceTable[] = [];
    for (const table of step.tables) {
      const rows = limited?.rowsOf(step.step, table.name);
      explanations.push(...explain(step.step, table, rows));
      const filter = rows
        ? idFilter(table.environment, [...rows.keys()].sort())
        : table.entry.namedIn === undefined
          ? table.entry.filter?.(scope, has)
          : idFilter(
              table.environment,
              await readNamedRows(table, step, { reader, scope, has, ruleBook, canRead }, signal),
            );
      tables.push(schemaTable(step.step, table, filter));
    }
    steps.push({ step: step.step, area: step.area, tables });
  }
  const circles = ordered.forward.map(({ table, target }) => circle(reader.url, table, target));
  const findings = [
    ...(limited?.findings ?? []),
    ...chosen.findings,
    ...share.findings,
    ...circles,
    // Who names what should move misses nothing.
    ...(limited === undefined && canRead('msdyn_liveworkstream')
      ? await skippedWorkstreams(reader, areas, metadata, signal)
      : []),
    ...leftOutOf(areas.filter(({ area }) => steps.some((step) => step.area === area))).map((each) =>
      leftBehind(each, reader.url),
    ),
  ];
  const carried = share.parents.map(({ name, entry, environment }): CarriedRows => {
    const ids = limited?.idsOf(name);
    const filter =
      ids === undefined ? entry.filter?.(scope, has) : idFilter(environment, [...ids].sort());
    return { table: environment, ...(filter === undefined ? {} : { filter }) };
  });
  return { steps, metadata, explanations, findings, carried };
}

function explain(
  step: string,
  { name: table, entry }: ChosenTable,
  rows: ReadonlyMap<Guid, ScopeRow> | undefined,
): readonly Explanation[] {
  if (rows === undefined) return [{ step, table, why: entry.why }];
  return [...rows].map(([id, { name, why }]) => ({ step, table, id, name, why }));
}

function idFilter(table: EnvironmentTable, ids: readonly Guid[]): string {
  const condition = ids.length === 0 ? noRow(table.idColumn) : oneOf(table.idColumn, ids);
  return fetchText(table.name, {}, allOf(condition));
}

/** `updateCompare` on the key everywhere: names of queues, workstreams and rulesets are not unique. */
function schemaTable(
  step: string,
  { entry, environment, columns }: ChosenTable,
  filter: string | undefined,
): SourceTable {
  return {
    step,
    name: environment.name,
    displayName: environment.displayName,
    idColumn: environment.idColumn,
    ...(environment.nameColumn === undefined ? {} : { nameColumn: environment.nameColumn }),
    columns: new Map(
      columns.map(({ name, displayName, type, targets, custom }): [string, SourceColumn] => [
        name,
        { name, displayName, type, targets, custom },
      ]),
    ),
    manyToMany: environment.manyToMany
      .filter(({ name }) => entry.relationships?.includes(name))
      .map(({ name, target, targetIdColumn, reflexive }) => ({
        name,
        target,
        targetIdColumn,
        reflexive,
      })),
    compareBy: [environment.idColumn],
    skipUpdate: entry.skipUpdate === true,
    forceCreate: false,
    disablePlugins: false,
    typeCode: environment.typeCode,
    ...(filter === undefined ? {} : { filter }),
  };
}

function circle(environmentUrl: string, table: string, target: string): Finding {
  return {
    severity: 'error',
    code: 'URM1223',
    where: `${environmentUrl} ${table}`,
    summary: `No order lets the required lookup of ${table} to ${target} point backwards`,
    detail: '',
    remedy: 'Make the lookup optional in the environment, or one of those that lead back.',
  };
}
