import type { Finding } from '../../errors/finding.ts';
import type { EnvironmentColumn, EnvironmentTable } from '../../model/table.ts';
import type { Area, AreaStep, AreaTable, Channel } from '../../routing/area.ts';
import type { OrderedTable } from './order-steps.ts';

/** A table of the catalogue as an environment has it. */
export interface ChosenTable extends OrderedTable {
  readonly entry: AreaTable;
  readonly environment: EnvironmentTable;
  readonly columns: readonly EnvironmentColumn[];
  /** Its rows come with a solution; only their keys are there, for links. */
  readonly isAnchor?: true;
}

export interface ChosenStep {
  readonly step: string;
  readonly area: string;
  readonly tables: readonly ChosenTable[];
}

/** Names of all tables that the areas move. */
export function tableNames(areas: readonly Area[]): readonly string[] {
  const names = areas.flatMap((area) =>
    area.steps.flatMap((step) => step.tables.map(({ table }) => table)),
  );
  return [...new Set(names)];
}

/**
 * What the areas move, as far as the environment has it. A table or column it lacks is left out and
 * said so; columns that the customer added to these tables come along and are said too.
 */
export function chooseTables(
  areas: readonly Area[],
  metadata: ReadonlyMap<string, EnvironmentTable>,
  environmentUrl: string,
  asked: readonly Channel[] = [],
): { readonly steps: readonly ChosenStep[]; readonly findings: readonly Finding[] } {
  const findings = new Map<string, Finding>();
  const report = (finding: Finding): void => {
    findings.set(`${finding.code} ${finding.where}`, finding);
  };
  const isProvisioned = (area: Area, { needs }: AreaStep): boolean => {
    if (needs === undefined || metadata.has(needs)) return true;
    report(notProvisioned(needs, area, environmentUrl, asked));
    return false;
  };
  const provisioned = areas.map((area) => ({
    ...area,
    steps: area.steps.filter((step) => isProvisioned(area, step)),
  }));
  const steps = provisioned.flatMap((area) =>
    area.steps.map((step) => ({
      step: step.step,
      area: area.area,
      tables: step.tables
        .map((entry) => {
          const environment = metadata.get(entry.table);
          if (environment === undefined) {
            report(missingTable(entry.table, area.title, environmentUrl));
            return undefined;
          }
          return chooseColumns(entry, environment, environmentUrl, report);
        })
        .filter((table) => table !== undefined),
    })),
  );
  return {
    steps: steps.filter(({ tables }) => tables.length > 0),
    findings: [...findings.values()],
  };
}

function chooseColumns(
  entry: AreaTable,
  environment: EnvironmentTable,
  environmentUrl: string,
  report: (finding: Finding) => void,
): ChosenTable {
  for (const name of entry.columns)
    if (!environment.columns.has(name)) report(missingColumn(entry.table, name, environmentUrl));
  const named = [...entry.columns, ...(entry.optionalColumns ?? [])]
    .map((name) => environment.columns.get(name))
    .filter((column) => column !== undefined);
  const added = customColumns(environment).filter((column) => !named.includes(column));
  if (added.length > 0) report(addedColumns(entry.table, added, environmentUrl));
  const columns = [...named, ...added];
  // What links lead to comes first: then it is known which links lead out of the package.
  const linked = environment.manyToMany
    .filter(({ name }) => entry.relationships?.includes(name))
    .map(({ target }) => ({ target, required: false }));
  const lookups = [...columns.flatMap(lookupsOf), ...linked];
  return { name: entry.table, entry, environment, columns, lookups };
}

/** Publishers of Microsoft's own solutions: their columns are named by the catalogue or not meant to move. */
const microsoft = /^(?:msdyn\w*|msfp|mspp|mscrm\w*|msevtmgt|msdynmkt|adx)_/i;

/** Columns that the customer added to a table and that can be written. */
export function customColumns(table: EnvironmentTable): readonly EnvironmentColumn[] {
  return [...table.columns.values()]
    .filter(
      (column) =>
        column.custom &&
        !microsoft.test(column.name) &&
        column.readable &&
        (column.creatable || column.updatable) &&
        column.name !== table.idColumn &&
        !['file', 'image', 'party-list'].includes(column.type),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function lookupsOf(
  column: EnvironmentColumn,
): readonly { readonly target: string; readonly required: boolean }[] {
  const required = column.required === 'application' || column.required === 'system';
  return column.type === 'lookup'
    ? column.targets.map((target) => ({
        target,
        required: required && column.targets.length === 1,
      }))
    : [];
}

/** A channel that nobody asked for may be absent; one that was asked for is missed. */
function notProvisioned(
  table: string,
  { title, channels }: Area,
  environmentUrl: string,
  asked: readonly Channel[],
): Finding {
  return {
    severity: channels.some((channel) => asked.includes(channel)) ? 'warning' : 'info',
    code: 'URM1201',
    where: `${environmentUrl} ${table}`,
    summary: `The environment has no table ${table}: the channel ${channels.join(', ')} is not provisioned`,
    detail: `Left out: ${title}.`,
    remedy: 'Provision the channel if its configuration should move.',
  };
}

function missingTable(table: string, area: string, environmentUrl: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1201',
    where: `${environmentUrl} ${table}`,
    summary: `The environment has no table ${table}: its channel is not provisioned or its version is older`,
    detail: `Needed for: ${area}.`,
    remedy: 'It is left out. Provision the channel if the table should move.',
  };
}

function missingColumn(table: string, column: string, environmentUrl: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1202',
    where: `${environmentUrl} ${table}.${column}`,
    summary: `The environment has no column ${table}.${column}`,
    detail: 'The catalogue names it.',
    remedy: 'It is left out. Compare the versions of the environments (validate does).',
  };
}

function addedColumns(
  table: string,
  columns: readonly EnvironmentColumn[],
  environmentUrl: string,
): Finding {
  return {
    severity: 'info',
    code: 'URM1222',
    where: `${environmentUrl} ${table}`,
    summary: `${columns.length} custom ${columns.length === 1 ? 'column' : 'columns'} of ${table} included`,
    detail: columns.map(({ name }) => name).join(', '),
    remedy: 'The target needs the same columns; validate checks it.',
  };
}
