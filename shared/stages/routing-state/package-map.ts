import type { MapMark, RoutingMap } from '../../report/routing-map.ts';
import type { Action, Plan } from '../../model/plan.ts';
import type { RowSource } from '../../model/row-source.ts';
import { buildMap } from './build-map.ts';
import { RoutingRows } from './routing-rows.ts';
import { routingTables } from './routing-tables.ts';

/** The rows of a package that route. */
export async function packageRouting(source: RowSource, signal: AbortSignal): Promise<RoutingRows> {
  const rows = new RoutingRows();
  for (const table of source.tables)
    if (table.name in routingTables)
      for await (const row of source.rows(table, signal)) rows.add(row);
  return rows;
}

/** What a package routes, with what a plan would change marked. */
export async function planMap(
  source: RowSource,
  plan: Plan,
  signal: AbortSignal,
): Promise<RoutingMap> {
  const marks = new Map<string, MapMark[]>();
  for await (const action of plan.actions(signal)) {
    const mark = markOf(action);
    if (mark === undefined) continue;
    const key = `${action.row.table}/${action.source ?? action.row.id}`;
    const known = marks.get(key) ?? [];
    if (!known.some(({ kind }) => kind === 'new')) marks.set(key, [...known, mark]);
  }
  return buildMap(await packageRouting(source, signal), marks);
}

function markOf(action: Action): MapMark | undefined {
  switch (action.kind) {
    case 'create':
      return { kind: 'new', text: `new: ${action.row.table}` };
    case 'update':
      return {
        kind: 'changed',
        text: `changes: ${action.changes.map(({ column }) => column).join(', ')}`,
      };
    case 'blocked':
      return { kind: 'problem', text: `${action.finding.code} ${action.finding.summary}` };
    case 'delete':
      return { kind: 'missing', text: 'will be deleted' };
    case 'link':
    case 'unlink':
    case 'manual':
      return undefined;
  }
}
