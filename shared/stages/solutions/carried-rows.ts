import type { PackageManifest } from '../../cmt/package.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { nameOf } from '../../model/row.ts';
import type { CarriedRows } from '../generate-schema/catalogue-schema.ts';
import { readSolutionsOf, type Solution } from './read-solutions.ts';

type Carried = NonNullable<PackageManifest['carried']>;
type CarriedRow = Carried[number]['rows'][number];

/**
 * Which solutions carry the rows that a package's rows refer to without bringing them. A row in no
 * solution of one's own is told: nothing would bring it to the target.
 */
export async function readCarried(
  reader: DataverseReader,
  tables: readonly CarriedRows[],
  signal: AbortSignal,
): Promise<{ readonly carried: Carried; readonly findings: readonly Finding[] }> {
  const rows = new Map<string, CarriedRow>();
  for (const { table, filter } of tables) {
    const query = { table, columns: table.nameColumn === undefined ? [] : [table.nameColumn] };
    const where = filter === undefined ? {} : { where: { by: 'fetch', fetchXml: filter } as const };
    for await (const row of reader.rows({ ...query, ...where }, signal))
      rows.set(row.id, { table: table.name, id: row.id, name: nameOf(row) });
  }
  const solutions = await readSolutionsOf(reader, [...rows.keys()], signal);
  const bySolution = new Map<
    string,
    { readonly solution: Solution; readonly rows: CarriedRow[] }
  >();
  const inNone: CarriedRow[] = [];
  for (const row of rows.values()) {
    const own = solutions?.get(row.id) ?? [];
    for (const solution of own) {
      const known = bySolution.get(solution.name) ?? { solution, rows: [] };
      known.rows.push(row);
      bySolution.set(solution.name, known);
    }
    if (own.length === 0) inNone.push(row);
  }
  const carried = [...bySolution.values()]
    .sort((a, b) => (a.solution.name < b.solution.name ? -1 : 1))
    .map(({ solution: { name, title, version }, rows: own }) => ({
      solution: { name, title, version },
      rows: own,
    }));
  return {
    carried: inNone.length === 0 ? carried : [...carried, { rows: inNone }],
    findings:
      solutions === undefined
        ? [unreadable(reader.url)]
        : inNone.length === 0
          ? []
          : [homeless(inNone, reader.url)],
  };
}

function homeless(rows: readonly CarriedRow[], url: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1241',
    where: url,
    summary: `${rows.length === 1 ? '1 row' : `${rows.length} rows`} that solutions should carry are in no solution`,
    detail: rows.map(({ table, name }) => `${table} ${name}`).join(', '),
    remedy: 'Add them to the solution that is imported before the data.',
  };
}

function unreadable(url: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1242',
    where: url,
    summary: 'Which solutions hold the rows is not known: their components cannot be read',
    detail: '',
    remedy: 'Give the identity Read on solutions, or look in the solution yourself.',
  };
}
