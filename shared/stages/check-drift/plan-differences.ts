import type { Change } from '../../model/plan.ts';
import type { Plan } from '../../model/plan.ts';
import type { Difference } from '../../report/drift.ts';
import { rowKey } from '../apply/row-reads.ts';

/** Blocked because another row is: told there. */
const dependentCode = 'URM1320';

/**
 * What a plan would do, as what is different: a create is a missing row, an update a changed one. Each
 * row once, whatever the number of its actions.
 */
export async function planDifferences(
  plan: Plan,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const rows = new Map<string, Difference>();
  const links: Difference[] = [];
  for await (const action of plan.actions(signal)) {
    const key = rowKey(action.row);
    const known = rows.get(key);
    const { row, name } = action;
    const base = { row, name, ...(action.source === undefined ? {} : { source: action.source }) };
    switch (action.kind) {
      case 'create':
        rows.set(key, { ...base, kind: 'missing', changes: [] });
        break;
      case 'update':
        if (known?.kind === 'missing') break;
        rows.set(key, {
          ...base,
          kind: 'changed',
          changes: [...(known?.changes ?? []), ...action.changes.map(turned)],
        });
        break;
      case 'link':
        links.push({ ...base, kind: 'missing', changes: [], link: action.link });
        break;
      case 'blocked':
        if (action.finding.code !== dependentCode && action.finding.severity === 'error')
          rows.set(key, {
            ...base,
            kind: 'changed',
            changes: known?.changes ?? [],
            note: `${action.finding.code} ${action.finding.summary}`,
          });
        break;
      case 'unlink':
      case 'delete':
      case 'manual':
    }
  }
  const isMissing = (ref: Difference['row']): boolean => rows.get(rowKey(ref))?.kind === 'missing';
  return [
    ...rows.values(),
    // A link of a row that is gone went with it.
    ...links.filter(
      ({ link }) => link !== undefined && !isMissing(link.from) && !isMissing(link.to),
    ),
  ];
}

/** A plan says what is there before and what should be after; drift says it the other way round. */
function turned({ column, before, after }: Change): Change {
  return { column, before: after, after: before };
}
