import type { PlanHead } from '../../model/plan.ts';

/** One line: what a plan does. */
export function planSummary(head: PlanHead): string {
  const { created, updated, linked, unlinked, deleted, failed, unchanged, skipped } = head.counts;
  const parts = [
    [created, 'to create'],
    [updated, 'to update'],
    [linked, 'to link'],
    [unlinked, 'to unlink'],
    [deleted, 'to delete'],
    [failed, 'blocked'],
    [unchanged, 'unchanged'],
    [skipped, 'skipped'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.length === 0 ? 'nothing to compare' : told.join(', ');
}

/** Whether applying the plan would write anything. */
export function hasChanges({ counts }: PlanHead): boolean {
  const { created, updated, linked, unlinked, deleted } = counts;
  return created + updated + linked + unlinked + deleted > 0;
}
