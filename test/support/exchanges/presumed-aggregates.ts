import type { JsonRow } from './documented-json.ts';
import type { Planter } from './planted-rows.ts';
import { satisfyFilter } from './satisfied-filter.ts';

/** Rows that aggregate to what an answer shows: one group for each of its rows. */
export function presumeAggregates(
  planter: Planter,
  wanted: { readonly table: string; readonly apply: string; readonly rows: readonly JsonRow[] },
): void {
  const { table, apply, rows } = wanted;
  const aggregates = [...apply.matchAll(/(\$?\w+)(?: with (\w+))? as (\w+)/g)];
  const paths = (/groupby\(\(([^)]*)\)/.exec(apply)?.[1] ?? '')
    .split(',')
    .filter((path) => path !== '');
  const filter = /filter\((.*?)\)\/groupby/.exec(apply)?.[1];
  for (const row of rows) {
    const counted = aggregates.find(([, column]) => column === '$count')?.[3];
    const size = Math.max(1, Number(counted === undefined ? 1 : row[counted]));
    for (let made = 0; made < size; made += 1) {
      const id = planter.freshId();
      planter.documented(table, groupRow(planter, table, paths, row), { id });
      if (filter !== undefined) satisfyFilter(planter, { table, id }, filter);
      for (const [, column = '', method, alias = ''] of aggregates) {
        if (column === '$count' || row[alias] === undefined) continue;
        if (method === 'sum' && made > 0) continue;
        planter.documented(table, { [column]: row[alias] }, { id });
      }
    }
  }
}

/** Rows with the average, the sum and the extremes of a column that an answer without groups shows. */
export function aggregatedRows(apply: string, shown: JsonRow): readonly JsonRow[] {
  const columns = new Map<string, Map<string, number>>();
  for (const [, column = '', method = '', alias = ''] of apply.matchAll(
    /(\w+) with (\w+) as (\w+)/g,
  )) {
    const values = columns.get(column) ?? new Map<string, number>();
    columns.set(column, values.set(method, Number(shown[alias])));
  }
  return [...columns].flatMap(([column, values]) => {
    const average = values.get('average') ?? values.get('sum') ?? values.get('max') ?? 0;
    const sum = values.get('sum') ?? average;
    const ends = [values.get('min'), values.get('max')].filter((value) => value !== undefined);
    const size = average === 0 ? 1 : Math.max(1, Math.round(sum / average));
    const rest = Math.max(0, size - ends.length);
    const left = ends.reduce((total, value) => total - value, sum);
    const each = rest === 0 ? 0 : Math.floor(left / rest);
    const between = Array.from({ length: rest }, (_, index) =>
      index === 0 ? left - each * (rest - 1) : each,
    );
    const all = size === 1 ? [sum] : [...ends, ...between];
    return all.map((value) => ({ [column]: value }));
  });
}

/** `primarycontactid/fullname` is shown as `contact_fullname`. */
function groupRow(
  planter: Planter,
  table: string,
  paths: readonly string[],
  row: JsonRow,
): JsonRow {
  const shown: Record<string, unknown> = {};
  for (const path of paths) {
    const [first = '', second] = path.trim().split('/');
    if (second === undefined) {
      shown[first] = row[first] ?? null;
      continue;
    }
    const targets = planter.entity(table).attributes.get(first)?.targets ?? [];
    const value = row[`${first}_${second}`] ?? row[`${targets[0] ?? ''}_${second}`];
    shown[first] = { [second]: value };
  }
  return shown;
}
