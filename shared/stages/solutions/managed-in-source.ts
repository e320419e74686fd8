import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Guid } from '../../model/guid.ts';
import { limitedTo } from '../export/withheld.ts';
import type { Selection } from '../export/selection.ts';
import { isLeftToSolution } from './left-to-solution.ts';
import { readSolutionsOf, solutionLabel } from './read-solutions.ts';

/** So many rows are asked for their solution: one solution brings most. */
const askedRows = 50;

/**
 * Rows of an export that came to the source with a managed solution: as data they would arrive
 * unmanaged, and unmanaged rows hide what later versions of the solution bring.
 */
export async function managedInSource(
  reader: DataverseReader,
  { steps, metadata }: Selection,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const gathered = reader.gathered?.() ?? reader;
  const found = await Promise.all(
    steps.flatMap(({ area, schema }) =>
      schema.tables.map(async (table): Promise<readonly (readonly [Guid, string])[]> => {
        const environment = metadata.get(table.name);
        const isConcerned =
          environment?.columns.has('ismanaged') === true &&
          !table.skipUpdate &&
          isLeftToSolution(area, table.name);
        if (!isConcerned) return [];
        const fetchXml = limitedTo(
          table.filter,
          '<condition attribute="ismanaged" operator="eq" value="1" />',
        );
        const query = {
          table: environment,
          columns: [],
          where: { by: 'fetch', fetchXml },
        } as const;
        const rows: (readonly [Guid, string])[] = [];
        for await (const { id } of gathered.rows(query, signal)) rows.push([id, table.name]);
        return rows;
      }),
    ),
  );
  const managed = new Map(found.flat());
  if (managed.size === 0) return [];
  const asked = [...managed.keys()].slice(0, askedRows);
  const solutions = [...((await readSolutionsOf(reader, asked, signal))?.values() ?? [])].flat();
  const names = new Set(solutions.filter(({ isManaged }) => isManaged).map(solutionLabel));
  const of = names.size === 0 ? 'managed solutions' : [...names].sort().join(' and ');
  return [
    {
      severity: 'warning',
      code: 'URM1244',
      where: reader.url,
      summary: `${managed.size === 1 ? '1 row' : `${managed.size} rows`} of the package came to the source with ${of}`,
      detail: `Tables: ${[...new Set(managed.values())].sort().join(', ')}.`,
      remedy:
        'Import the solution in the target instead, and set carriedBy: solution; as data the rows arrive unmanaged, and what is unmanaged hides later versions of the solution.',
    },
  ];
}
