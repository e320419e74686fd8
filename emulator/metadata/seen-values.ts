import type { Row } from '#shared/model/row.ts';
import type { SourceTable } from '#shared/model/table.ts';

/** What the rows of a file tell of a column and its schema does not. */
export interface SeenValues {
  /** Choices in use; for a status with the state it was seen with. */
  readonly choices: ReadonlyMap<number, number | undefined>;
  /** The most digits after the point. */
  readonly decimals: number;
  /** Dates stand without a time zone. */
  readonly zoneless: boolean;
}

const sampled = new Set(['choice', 'choices', 'state', 'status', 'decimal', 'money', 'datetime']);

/** Reads the rows once and gathers what their values tell. */
export async function sampleValues(
  table: SourceTable,
  rows: AsyncIterable<Row>,
): Promise<ReadonlyMap<string, SeenValues>> {
  const columns = [...table.columns.values()].filter(({ type }) => sampled.has(type));
  const found = new Map(
    columns.map(({ name }) => [
      name,
      { choices: new Map<number, number | undefined>(), decimals: 0, zoneless: false },
    ]),
  );
  for await (const row of rows) {
    const state = row.cells[row.shape.columns.indexOf('statecode')];
    for (const [at, column] of row.shape.columns.entries()) {
      const value = row.cells[at];
      const seen = found.get(column);
      if (seen === undefined || value === undefined || value === null) continue;
      if (typeof value === 'number')
        seen.choices.set(value, typeof state === 'number' ? state : undefined);
      else if (Array.isArray(value)) {
        for (const choice of value)
          if (typeof choice === 'number') seen.choices.set(choice, undefined);
      } else if (typeof value === 'string') {
        const decimals = /\.(\d+)$/.exec(value)?.[1]?.length ?? 0;
        if (table.columns.get(column)?.type !== 'datetime')
          seen.decimals = Math.max(seen.decimals, decimals);
        else if (/T[\d:.]+$/.test(value)) seen.zoneless = true;
      }
    }
  }
  return found;
}
