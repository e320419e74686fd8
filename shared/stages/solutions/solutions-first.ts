import type { PackageManifest } from '../../cmt/package.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { compareVersions } from './compare-versions.ts';
import { readSolutions, solutionLabel } from './read-solutions.ts';

type Carried = PackageManifest['carried'];

/** Rows that solutions carry, by `table/id`, with the solution as people name it. */
export function carriedRows(
  carried: NonNullable<Carried>,
): ReadonlyMap<string, string | undefined> {
  const rows = new Map<string, string | undefined>();
  for (const { solution, rows: own } of carried)
    for (const { table, id } of own) {
      const key = `${table}/${id}`;
      rows.set(
        key,
        rows.get(key) ?? (solution === undefined ? undefined : solutionLabel(solution)),
      );
    }
  return rows;
}

/** Solutions that a package leans on and that the target lacks, or has in an older version. */
export async function solutionsFirst(
  carried: Carried,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const needed = (carried ?? []).flatMap(({ solution, rows }) =>
    solution === undefined ? [] : [{ ...solution, rows: rows.length }],
  );
  const names = needed.map(({ name }) => name);
  const there = await readSolutions(reader, names, signal);
  if (there === undefined) return [];
  return needed.flatMap((solution): readonly Finding[] => {
    const own = there.find(({ name }) => name.toLowerCase() === solution.name.toLowerCase());
    const label = solutionLabel(solution);
    if (own === undefined)
      return [
        {
          severity: 'warning',
          code: 'URM1351',
          where: reader.url,
          summary: `Import the solution ${label} first: the target lacks it`,
          detail: `It carries ${solution.rows === 1 ? '1 row' : `${solution.rows} rows`} that rows of the package refer to.`,
          remedy:
            'Rows that need it are blocked until then. Queues, skills and capacity profiles, which the solution itself refers to, can go before it with allowBlocked.',
        },
      ];
    if (compareVersions(own.version, solution.version) >= 0) return [];
    return [
      {
        severity: 'warning',
        code: 'URM1352',
        where: reader.url,
        summary: `Import the solution ${label} first: the target has version ${own.version}`,
        detail: `It carries ${solution.rows === 1 ? '1 row' : `${solution.rows} rows`} that rows of the package refer to.`,
        remedy: 'What is new in the newer version is missed by rows that refer to it.',
      },
    ];
  });
}
