import type { Row, Value } from '#shared/model/row.ts';
import type { SourceTable } from '#shared/model/table.ts';

/** What the rows of a file tell of a column and its schema does not. */
export interface SeenValues {
  /** Choices in use; for a status with the state it was seen with. */
  readonly choices: ReadonlyMap<number, number | undefined>;
  /** The most digits after the point. */
  readonly decimals: number;
  /** Dates stand without a time zone. */
  readonly zoneless: boolean;
  /** The longest text. */
  readonly chars: number;
  /** The lowest and the highest number. */
  readonly range?: readonly [number, number];
}

const choices = new Set(['choice', 'choices', 'state', 'status']);
const numbers = new Set(['integer', 'bigint', 'double', 'decimal', 'money']);
const sampled = new Set([...choices, ...numbers, 'datetime', 'text', 'memo']);

/** The same while it is gathered. */
interface Gathered {
  choices: Map<number, number | undefined>;
  decimals: number;
  zoneless: boolean;
  chars: number;
  range?: readonly [number, number];
}

/** Reads the rows once and gathers what their values tell. */
export async function sampleValues(
  table: SourceTable,
  rows: AsyncIterable<Row>,
): Promise<ReadonlyMap<string, SeenValues>> {
  const columns = [...table.columns.values()].filter(({ type }) => sampled.has(type));
  const found = new Map(
    columns.map(({ name, type }): [string, { readonly type: string; readonly seen: Gathered }] => [
      name,
      { type, seen: { choices: new Map(), decimals: 0, zoneless: false, chars: 0 } },
    ]),
  );
  for await (const row of rows) {
    const state = row.cells[row.shape.columns.indexOf('statecode')];
    for (const [at, column] of row.shape.columns.entries()) {
      const value = row.cells[at];
      const entry = found.get(column);
      if (entry === undefined || value === undefined || value === null) continue;
      gather(entry.seen, entry.type, value, typeof state === 'number' ? state : undefined);
    }
  }
  return new Map([...found].map(([name, { seen }]) => [name, seen]));
}

function gather(seen: Gathered, type: string, value: Value, state: number | undefined): void {
  if (choices.has(type)) {
    for (const choice of Array.isArray(value) ? value : [value])
      if (typeof choice === 'number') seen.choices.set(choice, state);
  } else if (numbers.has(type)) {
    const number = Number(value);
    const [lowest, highest] = seen.range ?? [number, number];
    seen.range = [Math.min(lowest, number), Math.max(highest, number)];
    const decimals =
      /\.(\d+)$/.exec(typeof value === 'string' ? value : String(number))?.[1]?.length ?? 0;
    seen.decimals = Math.max(seen.decimals, decimals);
  } else if (typeof value === 'string') {
    if (type === 'datetime') seen.zoneless ||= /T[\d:.]+$/.test(value);
    else seen.chars = Math.max(seen.chars, value.length);
  }
}
