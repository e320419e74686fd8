import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, isLookup, type Row } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';

/** A solution of an environment. */
export interface Solution {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly isManaged: boolean;
}

/** `Contoso routing (ContosoRouting 1.2.0.0)`. */
export function solutionLabel({
  name,
  title,
  version,
}: Pick<Solution, 'name' | 'title' | 'version'>): string {
  return `${title} (${name} ${version})`;
}

/**
 * Every row is in the default solution, and every change in the active one: they carry nothing.
 * learn.microsoft.com/power-platform/alm/solution-concepts-alm
 */
const ownSolutions = new Set(['Active', 'Default', 'Basic']);

/**
 * The solutions that hold rows as components, by row id; `undefined` where the service does not let
 * the caller read components:
 * learn.microsoft.com/power-apps/developer/data-platform/reference/entities/solutioncomponent
 */
export async function readSolutionsOf(
  reader: DataverseReader,
  ids: readonly Guid[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Guid, readonly Solution[]> | undefined> {
  const found = new Map<Guid, Solution[]>();
  if (ids.length === 0) return found;
  const tables = await reader.tables(['solutioncomponent', 'solution'], signal);
  const [components, solutions] = [tables.get('solutioncomponent'), tables.get('solution')];
  if (components === undefined || solutions === undefined) return undefined;
  try {
    const pairs: { readonly row: Guid; readonly solution: Guid }[] = [];
    const asked = { columns: ['objectid'], keys: ids.map((id) => [id]) };
    for await (const each of rowsBy(
      reader,
      components,
      ['objectid', 'solutionid'],
      asked,
      signal,
    )) {
      const [row, solution] = [cell(each, 'objectid'), cell(each, 'solutionid')];
      if (typeof row === 'string' && isLookup(solution))
        pairs.push({ row: row.toLowerCase(), solution: solution.id });
    }
    const known = new Map<Guid, Solution>();
    const keys = [...new Set(pairs.map(({ solution }) => solution))].map((id) => [id]);
    const which = { columns: [solutions.idColumn], keys };
    if (keys.length > 0)
      for await (const row of rowsBy(reader, solutions, solutionColumns, which, signal))
        known.set(row.id, solutionIn(row));
    for (const { row, solution } of pairs) {
      const of = known.get(solution);
      if (of === undefined || ownSolutions.has(of.name)) continue;
      found.set(row, [...(found.get(row) ?? []), of]);
    }
    return found;
  } catch (error) {
    if (error instanceof DataverseError && isRefusal(error.status)) return undefined;
    throw error;
  }
}

/** Solutions of an environment by their unique names; `undefined` where they cannot be read. */
export async function readSolutions(
  reader: DataverseReader,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Solution[] | undefined> {
  if (names.length === 0) return [];
  const solutions = (await reader.tables(['solution'], signal)).get('solution');
  if (solutions === undefined) return undefined;
  const asked = { columns: ['uniquename'], keys: names.map((name) => [name]) };
  const found: Solution[] = [];
  try {
    for await (const row of rowsBy(reader, solutions, solutionColumns, asked, signal))
      found.push(solutionIn(row));
  } catch (error) {
    if (error instanceof DataverseError && isRefusal(error.status)) return undefined;
    throw error;
  }
  return found;
}

const solutionColumns = ['uniquename', 'friendlyname', 'version', 'ismanaged'];

function solutionIn(row: Row): Solution {
  const text = (column: string): string => {
    const value = cell(row, column);
    return typeof value === 'string' ? value : '';
  };
  return {
    name: text('uniquename'),
    title: text('friendlyname'),
    version: text('version'),
    isManaged: cell(row, 'ismanaged') === true,
  };
}

function rowsBy(
  reader: DataverseReader,
  table: EnvironmentTable,
  columns: readonly string[],
  asked: { readonly columns: readonly string[]; readonly keys: readonly (readonly string[])[] },
  signal: AbortSignal,
): AsyncIterable<Row> {
  return reader.rows({ table, columns, where: { by: 'keys', ...asked } }, signal);
}

function isRefusal(status: number | undefined): boolean {
  return status === 400 || status === 403 || status === 404;
}
