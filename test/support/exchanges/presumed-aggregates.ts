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
