import type { DataverseReader } from '../../dataverse/client.ts';
import type { Action, Change } from '../../model/plan.ts';
import { cell, type Link, type RowRef } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import type { Difference } from '../../report/drift.ts';
import {
  readRowsOf,
  rowKey,
  unshown,
  writesColumns,
  type ColumnAction,
} from '../apply/row-reads.ts';
import type { FinishedRun } from '../roll-back/read-run.ts';

type LinkAction = Extract<Action, { readonly kind: 'link' | 'unlink' }>;

/** What a run wrote, each row once, with the last word of the run on each column. */
interface Written {
  readonly rows: readonly ColumnAction[];
  readonly links: readonly LinkAction[];
}

const rowsPerRead = 500;

/** What a run wrote and is no longer so. Rows that the run found as planned are not in its plan. */
export async function runDifferences(
  run: FinishedRun,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<{ readonly differences: readonly Difference[]; readonly rows: number }> {
  const { rows, links } = await writtenBy(run, signal);
  const names = [...rows, ...links].map(({ row }) => row.table);
  const tables = await reader.tables([...new Set(names)], signal);
  const found: Difference[] = [];
  for (let at = 0; at < rows.length; at += rowsPerRead)
    found.push(...(await rowDifferences(rows.slice(at, at + rowsPerRead), tables, reader, signal)));
  const missing = new Set(
    found.filter(({ kind }) => kind === 'missing').map(({ row }) => rowKey(row)),
  );
  for (const { kind, link, row, name } of links) {
    // A link of a row that is gone went with it.
    if (missing.has(rowKey(link.from)) || missing.has(rowKey(link.to))) continue;
    const isThere = await hasLink(link, tables, reader, signal);
    if (isThere === (kind === 'link')) continue;
    found.push({ kind: isThere ? 'extra' : 'missing', row, name, changes: [], link });
  }
  return { differences: found, rows: rows.length };
}

async function writtenBy({ plan, journal }: FinishedRun, signal: AbortSignal): Promise<Written> {
  const rows = new Map<string, ColumnAction>();
  const links: LinkAction[] = [];
  for await (const action of plan.actions(signal)) {
    const { number } = action;
    if (journal?.begun.has(number) === false && !journal.found.has(number)) continue;
    if (action.kind === 'link' || action.kind === 'unlink') links.push(action);
    if (!writesColumns(action)) continue;
    const row: RowRef = { ...action.row, id: journal?.ids.get(number) ?? action.row.id };
    const earlier = rows.get(rowKey(row))?.changes ?? [];
    const changes = new Map<string, Change>(
      [...earlier, ...action.changes].map((change) => [change.column, change]),
    );
    rows.set(rowKey(row), { ...action, row, changes: [...changes.values()] });
  }
  return { rows: [...rows.values()], links };
}

async function rowDifferences(
  actions: readonly ColumnAction[],
  tables: ReadonlyMap<string, EnvironmentTable>,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const rows = await readRowsOf(actions, tables, reader, signal);
  return actions.flatMap((action): readonly Difference[] => {
    const row = rows.get(rowKey(action.row));
    const table = tables.get(action.row.table);
    const base = { row: action.row, name: action.name };
    if (row === undefined || table === undefined)
      return [{ ...base, kind: 'missing', changes: [] }];
    const changes = unshown(action.changes, row, table, 'after').map(({ column, after }) => ({
      column,
      before: after,
      after: cell(row, column) ?? null,
    }));
    return changes.length === 0 ? [] : [{ ...base, kind: 'changed', changes }];
  });
}

async function hasLink(
  link: Link,
  tables: ReadonlyMap<string, EnvironmentTable>,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<boolean> {
  const table = tables.get(link.from.table);
  const relationship = table?.manyToMany.find(({ name }) => name === link.relationship);
  if (table === undefined || relationship === undefined) return false;
  for await (const { to } of reader.links(table, relationship, [link.from.id], signal))
    if (to.id === link.to.id) return true;
  return false;
}
