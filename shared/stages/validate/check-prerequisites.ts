import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Guid } from '../../model/guid.ts';
import { cell } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { groupBy } from '../../plan/group-by.ts';
import type { BoundLookup } from '../../routing/environment-bound.ts';
import { readSolutionsOf, solutionLabel } from '../solutions/read-solutions.ts';
import type { BoundRow, RowInspection, UniqueName } from './inspect-rows.ts';

export interface PrerequisiteCheck {
  readonly inspection: RowInspection;
  /** What the source calls its rows that withheld lookups lead to; none of a package. */
  readonly boundNames: ReadonlyMap<Guid, string>;
  readonly target: ReadonlyMap<string, EnvironmentTable>;
  /** Tables of the target whose rows the caller may not read. */
  readonly unreadable: ReadonlySet<string>;
  /** The source, where there is one: it knows the solutions that hold its templates. */
  readonly source?: DataverseReader;
}

/** Tables whose rows in the target are looked for. */
export function prerequisiteTables({
  uniqueNames,
  installed,
  bound,
}: RowInspection): readonly string[] {
  return [
    ...[...uniqueNames.values()].map(({ table }) => table),
    ...[...installed.keys()].map(({ table }) => table),
    ...[...bound.values()].map(({ lookup }) => lookup.to),
  ];
}

/**
 * Rows that configuration leans on and that do not come along: templates by their unique names, rows
 * that setup brings, and what each environment has of its own. Asked with one request.
 */
export async function checkPrerequisites(
  reader: DataverseReader,
  check: PrerequisiteCheck,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { inspection } = check;
  const asking = new TargetValues(reader, check, signal);
  const findings = await Promise.all([
    templates([...inspection.uniqueNames.values()], asking, check, signal),
    installedRows(asking, check),
    boundRows([...inspection.bound.values()], asking, check),
  ]);
  return [...missingTables(check, reader.url), ...findings.flat()];
}

/** Values of columns of the target; questions that are asked together go in one request. */
class TargetValues {
  readonly url: string;
  readonly #reader: DataverseReader;
  readonly #check: PrerequisiteCheck;
  readonly #signal: AbortSignal;

  constructor(reader: DataverseReader, check: PrerequisiteCheck, signal: AbortSignal) {
    this.url = reader.url;
    this.#reader = reader.gathered?.() ?? reader;
    this.#check = check;
    this.#signal = signal;
  }

  /** The values of one column in lower case, of all rows or of those that have one of `among`. */
  async of(
    name: string,
    column: string,
    among?: readonly string[],
  ): Promise<ReadonlySet<string> | undefined> {
    const table = this.#check.target.get(name);
    const known = table?.columns.has(column) === true || table?.idColumn === column;
    if (table === undefined || !known || this.#check.unreadable.has(name)) return undefined;
    const query = {
      table,
      columns: column === table.idColumn ? [] : [column],
      ...(among !== undefined
        ? { where: { by: 'keys', columns: [column], keys: among.map((value) => [value]) } as const }
        : column === table.idColumn
          ? {}
          : { where: { by: 'fetch', fetchXml: filled(column) } as const }),
    };
    const values = new Set<string>();
    try {
      for await (const row of this.#reader.rows(query, this.#signal)) {
        const value = column === table.idColumn ? row.id : cell(row, column);
        if (typeof value === 'string' || typeof value === 'number')
          values.add(String(value).toLowerCase());
      }
    } catch (error) {
      if (!(error instanceof DataverseError) || error.status !== 403) throw error;
      return undefined;
    }
    return values;
  }
}

async function templates(
  names: readonly UniqueName[],
  asking: TargetValues,
  { inspection, source }: PrerequisiteCheck,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const wanted = groupBy(
    names.filter((each) => !inspection.hasNamed(each)),
    ({ table, column }) => `${table} ${column}`,
  );
  const found = await Promise.all(
    [...wanted.values()].map(async (some) => {
      const [first] = some;
      if (first === undefined) return [];
      const present = await asking.of(
        first.table,
        first.column,
        some.map(({ name }) => name),
      );
      return some.filter(({ name }) => present?.has(name.toLowerCase()) === false);
    }),
  );
  const missing = found.flat();
  const solutions =
    source === undefined
      ? new Map<UniqueName, string>()
      : await solutionsOf(missing, source, signal);
  return missing.map((each) => missingTemplate(each, solutions.get(each), asking.url));
}

function missingTemplate(
  { table, column, name, where }: UniqueName,
  solution: string | undefined,
  url: string,
): Finding {
  return {
    // The import takes place all the same; whoever takes the work sees the platform's own template.
    severity: 'warning',
    code: 'URM1214',
    where,
    summary: `The target has no ${table} with the unique name ${name}, which the row names`,
    detail: `${url} ${table}.${column}`,
    remedy:
      solution === undefined
        ? 'Import the solution that holds the template into the target first, or move unmanaged templates with --include templates.'
        : `Import ${solution} into the target first: it holds the template in the source.`,
  };
}

/** The solutions that hold rows of the source, as far as they are in any and the caller may see it. */
async function solutionsOf(
  names: readonly UniqueName[],
  source: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<UniqueName, string>> {
  const labels = new Map<UniqueName, string>();
  const tables = await source.tables([...new Set(names.map(({ table }) => table))], signal);
  const ids = new Map<string, Guid>();
  try {
    const reader = source.gathered?.() ?? source;
    await Promise.all(
      [...groupBy(names, ({ table }) => table).values()].map(async (some) => {
        const [first] = some;
        const table = first === undefined ? undefined : tables.get(first.table);
        if (first === undefined || table === undefined) return;
        const { column } = first;
        const keys = some.map(({ name }) => [name]);
        const where = { by: 'keys', columns: [column], keys } as const;
        for await (const row of reader.rows({ table, columns: [column], where }, signal)) {
          const name = cell(row, column);
          if (typeof name === 'string') ids.set(`${table.name} ${name.toLowerCase()}`, row.id);
        }
      }),
    );
  } catch (error) {
    if (!(error instanceof DataverseError) || error.status !== 403) throw error;
    return labels;
  }
  const solutions = await readSolutionsOf(source, [...ids.values()], signal);
  for (const each of names) {
    const id = ids.get(`${each.table} ${each.name.toLowerCase()}`);
    const [solution] = (id === undefined ? undefined : solutions?.get(id)) ?? [];
    if (solution !== undefined) labels.set(each, solutionLabel(solution));
  }
  return labels;
}

async function installedRows(
  asking: TargetValues,
  { inspection }: PrerequisiteCheck,
): Promise<readonly Finding[]> {
  const found = await Promise.all(
    [...inspection.installed].map(async ([{ table, key, what }, named]) => {
      const present = await asking.of(table, key);
      return [...named]
        .filter(([value]) => present?.has(value.toLowerCase()) === false)
        .map(([value, name]): Finding => ({
          severity: 'error',
          code: 'URM1215',
          where: `${asking.url} ${table}`,
          summary: `The target does not have the ${what} ${name} (${value})`,
          detail: `Rows of ${table} are installed; administrators may not make them.`,
          remedy: `Update the channels of the target, so that the ${what} is there, or take it out of the source.`,
        }));
    }),
  );
  return found.flat();
}

async function boundRows(
  rows: readonly BoundRow[],
  asking: TargetValues,
  { boundNames, target }: PrerequisiteCheck,
): Promise<readonly Finding[]> {
  const byLookup = groupBy(rows, ({ lookup }) => `${lookup.table}.${lookup.column}`);
  const found = await Promise.all(
    [...byLookup.values()].map(async (some) => {
      const [first] = some;
      if (first === undefined) return [];
      const { lookup } = first;
      const { to, sameBy } = lookup;
      const names = some.flatMap(({ id }) => {
        const name = id === undefined ? undefined : boundNames.get(id);
        return name === undefined ? [] : [name];
      });
      if (sameBy === undefined || names.length === 0) {
        const column = sameBy ?? target.get(to)?.idColumn ?? '';
        const present = await asking.of(to, column);
        return present?.size === 0 ? [notBound(lookup, [], some, asking.url)] : [];
      }
      const present = await asking.of(to, sameBy, [...new Set(names)]);
      const missing = names.filter((name) => present?.has(name.toLowerCase()) === false);
      return missing.length === 0 ? [] : [notBound(lookup, missing, some, asking.url)];
    }),
  );
  return found.flat();
}

function filled(column: string): string {
  return `<filter><condition attribute="${column}" operator="not-null"/></filter>`;
}

function notBound(
  { table, column, to, what, remedy }: BoundLookup,
  missing: readonly string[],
  rows: readonly BoundRow[],
  url: string,
): Finding {
  const called = [...new Set(missing)].sort().join(', ');
  return {
    severity: 'warning',
    code: 'URM1216',
    where: `${url} ${to}`,
    summary:
      called === ''
        ? `The target has no ${what}, and ${table}.${column} needs one`
        : `The target has no ${what} ${called}, which ${table}.${column} uses in the source`,
    detail: rows.map(({ where }) => where).join('; '),
    remedy,
  };
}

/** Tables that rows are about, as record routing is. */
function missingTables({ inspection, target }: PrerequisiteCheck, url: string): readonly Finding[] {
  return [...inspection.tableNames]
    .filter(([name]) => !target.has(name))
    .map(([name, where]) => ({
      severity: 'error',
      code: 'URM1211',
      where,
      summary: `The row is about the table ${name}, which the target does not have`,
      detail: url,
      remedy: 'Import the solution that holds the table into the target first.',
    }));
}
