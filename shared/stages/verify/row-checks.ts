import type { Action } from '../../model/plan.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import { placeOf } from '../../plan/row-finding.ts';
import { describeAction, type TextWords } from '../../report/describe-action.ts';
import type { Check } from '../../report/report.ts';
import { planWords } from '../text-words.ts';
import type { CheckBook } from './check-book.ts';

/**
 * The comparison as checks: one for each table that is as it should be, one for each row or link
 * that is not.
 */
export async function rowChecks(
  plan: BuiltPlan,
  tables: readonly string[],
  book: CheckBook,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const failed: Check[] = [];
  const wrong = new Set<string>();
  const words = planWords(plan);
  for await (const action of plan.actions(signal)) {
    const check = checkOf(action, book, words);
    if (check === undefined) continue;
    wrong.add(action.row.table);
    failed.push(check);
  }
  const passed = tables
    .filter((table) => !wrong.has(table))
    .map((table) =>
      book.asked('missing-row', `${table} holds every row of the package`, undefined),
    );
  return [...passed, ...failed];
}

function checkOf(action: Action, book: CheckBook, words: TextWords): Check | undefined {
  const row = { ref: action.row, name: action.name };
  const called = `${action.row.table} "${action.name}"`;
  switch (action.kind) {
    case 'create':
      return book.asked('missing-row', `${called} is there`, {
        where: placeOf(row),
        summary: `The target has no ${called}`,
        remedy: 'Import the package, then verify again.',
      });
    case 'update': {
      const lost = action.changes.filter(
        ({ before, after }) =>
          before === null && typeof after === 'object' && after !== null && 'table' in after,
      );
      const columns = (lost.length > 0 ? lost : action.changes)
        .map((change) => change.column)
        .join(', ');
      if (lost.length > 0)
        return book.asked('lost-lookup', `${called} keeps its lookups`, {
          where: placeOf(row, columns),
          summary: `The row refers to nothing where the package names a row: ${columns}`,
          remedy: 'Import the package again, or set the lookup in the target.',
        });
      const details = describeAction(action, words).details;
      return book.asked('different-row', `${called} is as in the package`, {
        where: placeOf(row, columns),
        summary: `The row differs from the package in ${columns}`,
        detail: details.join('; '),
        remedy: 'Import the package again, or accept the change in the source.',
      });
    }
    case 'link': {
      const to = `${action.link.to.table} ${action.link.to.id}`;
      return book.asked('missing-link', `${called} is linked to ${to}`, {
        where: placeOf(row),
        summary: `The link ${action.link.relationship} to ${to} is missing`,
        remedy: 'Import the package again.',
      });
    }
    case 'blocked':
      return {
        group: 'different-row',
        name: `${called} is as in the package`,
        finding: action.finding,
      };
    case 'unlink':
    case 'delete':
    case 'manual':
      return undefined;
  }
}
