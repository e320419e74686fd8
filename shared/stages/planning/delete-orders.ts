import { openPackage } from '../../cmt/open-package.ts';
import type { MigrationPackage } from '../../cmt/package.ts';
import type { Files } from '../../host/files.ts';
import type { RowRef } from '../../model/row.ts';
import type { DeleteOrders } from '../../plan/policy.ts';
import type { PlanningSettings } from './settings.ts';

export interface DeleteInput {
  readonly settings: PlanningSettings | undefined;
  readonly pkg: MigrationPackage;
  /** The package of the promotion before. */
  readonly previous: string | undefined;
}

/** What is to go by the settings; nothing, unless they say so. */
export async function deleteOrders(
  { settings, pkg, previous }: DeleteInput,
  files: Files,
  signal: AbortSignal,
): Promise<DeleteOrders | undefined> {
  if (settings === undefined || settings.delete.mode === 'never') return undefined;
  const { mode, rules, max, deactivate } = settings.delete;
  const removed = mode === 'ours' ? await removedRows(pkg, previous, files, signal) : [];
  return { removed, rules: mode === 'rules' ? rules : [], max, deactivate: new Set(deactivate) };
}

/** Rows that the package before had and this one has not. */
async function removedRows(
  pkg: MigrationPackage,
  previous: string | undefined,
  files: Files,
  signal: AbortSignal,
): Promise<readonly RowRef[]> {
  const removed = new Map<string, RowRef>();
  for (const { table, id } of pkg.manifest?.removed ?? [])
    removed.set(`${table}/${id}`, { table, id });
  if (previous === undefined) return [...removed.values()];
  const present = await idsOf(pkg, signal);
  for (const key of await idsOf(await openPackage(previous, files, signal), signal))
    if (!present.has(key)) {
      const at = key.indexOf('/');
      removed.set(key, { table: key.slice(0, at), id: key.slice(at + 1) });
    }
  return [...removed.values()];
}

async function idsOf(pkg: MigrationPackage, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const table of pkg.tables)
    for await (const { id } of pkg.rows(table, signal)) ids.add(`${table.name}/${id}`);
  return ids;
}
