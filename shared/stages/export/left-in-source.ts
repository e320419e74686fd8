import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import type { Channel } from '../../routing/area.ts';
import { leftToHands, type LeftToHands } from '../../routing/environment-bound.ts';

/** So many rows are named; more are told by "and more". */
const namedRows = 5;

/** Something of the source that is to be done by hand in the target. */
export interface LeftRows {
  readonly item: LeftToHands;
  /** What people call the first of its rows; none where rows have no names. */
  readonly names: readonly string[];
}

/** What the procedures leave to hands, as far as the source has it. Asked with a few requests. */
export async function readLeftInSource(
  source: DataverseReader,
  channels: readonly Channel[],
  signal: AbortSignal,
): Promise<readonly LeftRows[]> {
  const concerned = leftToHands.filter(
    (item) =>
      channels.length === 0 ||
      item.channels === undefined ||
      item.channels.some((channel) => channels.includes(channel)),
  );
  const tables = await source.tables([...new Set(concerned.map(({ table }) => table))], signal);
  const reader = source.gathered?.() ?? source;
  const found = await Promise.all(
    concerned.map(async (item) => {
      const table = tables.get(item.table);
      const isKnown = item.columns?.every((column) => table?.columns.has(column)) ?? true;
      if (table === undefined || !isKnown) return [];
      const names = await firstRows(reader, table, item, signal);
      return names === undefined ? [] : [{ item, names }];
    }),
  );
  return found.flat();
}

/** Names of the first rows; `undefined` when there are none, or none that the caller may see. */
async function firstRows(
  reader: DataverseReader,
  table: EnvironmentTable,
  { filter }: LeftToHands,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const options = [
    `$select=${table.nameColumn ?? table.idColumn}`,
    ...(filter === undefined ? [] : [`$filter=${encodeURIComponent(filter)}`]),
    `$top=${namedRows + 1}`,
  ];
  let answer: unknown;
  try {
    answer = await reader.get(`${table.entitySet}?${options.join('&')}`, signal);
  } catch (error) {
    if (!(error instanceof DataverseError) || ![400, 403, 404].includes(error.status ?? 0))
      throw error;
    return undefined;
  }
  const rows =
    typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : [];
  if (!Array.isArray(rows) || rows.length === 0) return undefined;
  const { nameColumn } = table;
  const names =
    nameColumn === undefined
      ? []
      : rows.flatMap((row: unknown) => {
          const name = new Map(Object.entries(Object(row))).get(nameColumn);
          return typeof name === 'string' && name !== '' ? [name] : [];
        });
  return names.length > namedRows ? [...names.slice(0, namedRows), 'and more'] : names;
}

/** A row of the to-do list. */
export function toDo({ item, names }: LeftRows, url: string): Finding {
  const { what, table, remedy } = item;
  return {
    severity: 'info',
    code: 'URM1218',
    where: `${url} ${table}`,
    summary: `${what} do not move and are to be done by hand`,
    detail: names.length === 0 ? '' : `In the source: ${names.join(', ')}.`,
    remedy,
  };
}
