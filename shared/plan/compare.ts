import { cell } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';
import { ChangeList } from './change-list.ts';
import { nothingToDo, type Comparison, type ComparisonFrame, type RowPair } from './comparison.ts';
import { isNeverCompared } from './platform-columns.ts';
import type { PlanPolicy } from './policy.ts';
import type { IndexedTable } from './source-index.ts';

/** Columns of the target that the comparison of a table needs. */
export function comparedColumns(
  table: IndexedTable,
  described: EnvironmentTable,
  policy?: PlanPolicy,
): string[] {
  const names = new Set(
    policy
      ?.overlaidColumns(table.name)
      .filter((column) => described.columns.get(column)?.readable === true),
  );
  for (const source of table.sources)
    for (const column of source.columns.keys())
      if (isCompared(column, table, described)) names.add(column);
  if (described.columns.get('ismanaged')?.readable === true) names.add('ismanaged');
  return [...names];
}

function isCompared(column: string, table: IndexedTable, described: EnvironmentTable): boolean {
  const known = described.columns.get(column);
  return (
    column !== described.idColumn &&
    !isNeverCompared(column) &&
    !table.rules.withheld.has(column) &&
    known?.readable === true
  );
}

/** Compares one row of the package with the target's; pure. */
export function compareRow(pair: RowPair, frame: ComparisonFrame): Comparison {
  const leftAlone = pair.target !== undefined && pair.sources.every((source) => source.skipUpdate);
  const changes = new ChangeList(pair, frame);
  const overlays = frame.policy?.overlaysOf(changes.row) ?? [];
  for (const [at, column] of pair.row.shape.columns.entries()) {
    const value = pair.row.cells[at];
    if (value !== undefined && !overlays.some((overlay) => overlay.column === column))
      changes.add(column, value);
  }
  for (const overlay of overlays) changes.lay(overlay);
  const isCarried = frame.policy?.isCarried(pair.sources) === true || changes.isCarried;
  if (isCarried && pair.target === undefined) return changes.waitForSolution();
  if (leftAlone) {
    const fate = changes.isEmpty && changes.problem === undefined ? 'unchanged' : 'skipped';
    return { ...nothingToDo, fate };
  }
  const isManaged = pair.target !== undefined && cell(pair.target, 'ismanaged') === true;
  if (isCarried && !isManaged) return changes.leaveToSolution();
  if (pair.target === undefined) changes.requireAll();
  else if (!changes.isEmpty && isManaged) changes.refuseManaged();
  return changes.finish();
}
