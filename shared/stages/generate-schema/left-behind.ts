import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { cell, nameOf } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { channels, type Area, type LeftOut } from '../../routing/area.ts';
import { isSimplified, skippedWorkstreamFilter } from '../../routing/workstream-filter.ts';

/** What a procedure names and what does not come along. */
export function leftBehind({ what, known, reason, instead }: LeftOut, url: string): Finding {
  return {
    severity: 'info',
    code: 'URM1232',
    where: url,
    summary: `${what} stay where they are: ${reason}`,
    detail: known.join(', '),
    remedy: instead,
  };
}

const workstreamTable = 'msdyn_liveworkstream';

/** Every documented filter leaves workstreams in legacy mode, and of other channels, out without a word. */
export async function skippedWorkstreams(
  reader: DataverseReader,
  areas: readonly Area[],
  metadata: ReadonlyMap<string, EnvironmentTable>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const moving = areas.filter((area) =>
    area.steps.some((step) => step.tables.some(({ table }) => table === workstreamTable)),
  );
  const concerned = channels.filter((channel) =>
    moving.some((area) => area.channels.includes(channel)),
  );
  const table = metadata.get(workstreamTable);
  if (table?.nameColumn === undefined || concerned.length === 0) return [];
  const asked = concerned.length === channels.length ? 'everything' : 'channels';
  const query = {
    table,
    columns: [table.nameColumn, 'msdyn_mode'].filter((column) => table.columns.has(column)),
    where: { by: 'fetch', fetchXml: skippedWorkstreamFilter(concerned, asked) },
  } as const;
  const legacy: string[] = [];
  const others: string[] = [];
  for await (const row of reader.rows(query, signal))
    (isSimplified(cell(row, 'msdyn_mode')) ? others : legacy).push(nameOf(row));
  return [
    ...skipped(
      legacy,
      'in legacy mode',
      'Migrate them to the simplified mode in the source first, if they are still in use.',
      reader.url,
    ),
    ...skipped(
      others,
      'of channels that no procedure moves',
      'Set them up in the target by hand, if they are still in use.',
      reader.url,
    ),
  ];
}

function skipped(
  names: readonly string[],
  which: string,
  remedy: string,
  where: string,
): readonly Finding[] {
  if (names.length === 0) return [];
  const many =
    names.length === 1
      ? `1 workstream ${which} does not move`
      : `${names.length} workstreams ${which} do not move`;
  return [
    {
      severity: 'warning',
      code: 'URM1233',
      where,
      summary: many,
      detail: names.toSorted().join(', '),
      remedy,
    },
  ];
}
