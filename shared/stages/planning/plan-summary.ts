import type { PlanHead } from '../../model/plan.ts';

/** Whether applying the plan would write anything. */
export function hasChanges({ counts }: PlanHead): boolean {
  const { created, updated, linked, unlinked, deleted } = counts;
  return created + updated + linked + unlinked + deleted > 0;
}
