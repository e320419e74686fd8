import type { Finding } from '../../errors/finding.ts';
import type { Action, Plan } from '../../model/plan.ts';
import { placeOf } from '../../plan/row-finding.ts';
import type { Check } from '../../report/report.ts';

/**
 * The comparison as checks: one for each table that is as it should be, one for each row or link
 * that is not.
 */
export async function rowChecks(
  plan: Plan,
  tables: readonly string[],
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const failed: Check[] = [];
  const wrong = new Set<string>();
  for await (const action of plan.actions(signal)) {
    const finding = findingOf(action);
    if (finding === undefined) continue;
    wrong.add(action.row.table);
    failed.push({ group: action.row.table, name: nameOf(action), finding });
  }
  const passed = tables
    .filter((table) => !wrong.has(table))
    .map((table): Check => ({ group: table, name: 'holds every row of the package' }));
  return [...passed, ...failed];
}

function nameOf(action: Action): string {
  return action.kind === 'link'
    ? `${action.name} is linked to ${action.link.to.table} ${action.link.to.id}`
    : `${action.name} is as in the package`;
}

function findingOf(action: Action): Finding | undefined {
  const row = { ref: action.row, name: action.name };
  switch (action.kind) {
    case 'create':
      return {
        severity: 'error',
        code: 'URM1501',
        where: placeOf(row),
        summary: 'The target has no such row',
        detail: '',
        remedy: 'Import the package, then verify again.',
      };
    case 'update': {
      const lost = action.changes.filter(
        ({ before, after }) =>
          before === null && typeof after === 'object' && after !== null && 'table' in after,
      );
      const columns = (lost.length > 0 ? lost : action.changes)
        .map((change) => change.column)
        .join(', ');
      return lost.length > 0
        ? {
            severity: 'error',
            code: 'URM1503',
            where: placeOf(row, columns),
            summary: `The row refers to nothing where the package names a row: ${columns}`,
            detail: '',
            remedy: 'Import the package again, or set the lookup in the target.',
          }
        : {
            severity: 'error',
            code: 'URM1502',
            where: placeOf(row, columns),
            summary: `The row differs from the package in ${columns}`,
            detail: '',
            remedy: 'Import the package again, or accept the change in the source.',
          };
    }
    case 'link':
      return {
        severity: 'error',
        code: 'URM1509',
        where: placeOf(row),
        summary: `The link ${action.link.relationship} to ${action.link.to.table} ${action.link.to.id} is missing`,
        detail: '',
        remedy: 'Import the package again.',
      };
    case 'blocked':
      return action.finding;
    case 'unlink':
    case 'delete':
    case 'manual':
      return undefined;
  }
}
