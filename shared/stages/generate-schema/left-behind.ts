import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { nameOf } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { channels, type Area, type LeftOut } from '../../routing/area.ts';
import { legacyWorkstreamFilter } from '../../routing/workstream-filter.ts';

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

/** Every documented filter leaves workstreams in legacy mode out without a word. */
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
  const fetchXml = legacyWorkstreamFilter(concerned);
  const query = { table, columns: [table.nameColumn], where: { by: 'fetch', fetchXml } } as const;
  const names: string[] = [];
  for await (const row of reader.rows(query, signal)) names.push(nameOf(row));
  if (names.length === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'URM1233',
      where: reader.url,
      summary: `${names.length === 1 ? '1 workstream' : `${names.length} workstreams`} in legacy mode do not move`,
      detail: names.sort().join(', '),
      remedy: 'Migrate them to the simplified mode in the source first, if they are still in use.',
    },
  ];
}
