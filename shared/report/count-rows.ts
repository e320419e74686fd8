import type { Counts } from '../model/result.ts';
import type { Action } from '../model/plan.ts';

/** Counts that are not zero, in the order people read them: `120 in, 100 created, 5 updated`. */
export function countsText(counts: Counts): string {
  const parts = countNames
    .filter((name) => counts[name] > 0)
    .map((name) => `${counts[name]} ${name}`);
  return parts.length === 0 ? 'no rows' : parts.join(', ');
}

/** The counters in reading order. */
export const countNames = [
  'in',
  'created',
  'updated',
  'unchanged',
  'skipped',
  'failed',
  'linked',
  'unlinked',
  'deleted',
  'settled',
] as const satisfies readonly (keyof Counts)[];

/** How many actions of each kind a table has, for the overview of a plan. */
export interface TableCount {
  readonly table: string;
  readonly kinds: Readonly<Partial<Record<Action['kind'], number>>>;
}

/** Tables in the order in which the plan first touches them. */
export function countByTable(actions: readonly Action[]): readonly TableCount[] {
  const tables = new Map<string, Partial<Record<Action['kind'], number>>>();
  for (const action of actions) {
    const kinds = tables.get(action.row.table) ?? {};
    kinds[action.kind] = (kinds[action.kind] ?? 0) + 1;
    tables.set(action.row.table, kinds);
  }
  return [...tables].map(([table, kinds]) => ({ table, kinds }));
}

/** The kinds of actions in reading order. */
export const actionKinds = [
  'create',
  'update',
  'link',
  'unlink',
  'delete',
  'blocked',
  'manual',
] as const satisfies readonly Action['kind'][];
