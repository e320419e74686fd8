import type { PlanHead } from '../model/plan.ts';

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

/** What whoever approves a plan wants to know before its differences, one line each. */
export function planFacts(head: PlanHead): readonly string[] {
  const { reads, writes, seconds } = head.estimate;
  const minutes = Math.round(seconds / 60);
  const time = seconds < 120 ? `${seconds} seconds` : `${minutes} minutes`;
  const manual = head.manual.length;
  return [
    planSummary(head),
    ...(writes === 0 ? [] : [`about ${time}: ${reads} reads and ${writes} rows to write`]),
    ...(head.complete ? [] : ['something could not be compared: the findings say what']),
    ...(head.applyable ? [] : ['must not be applied: the findings say why']),
    ...(manual === 0
      ? []
      : [`${manual} ${manual === 1 ? 'step' : 'steps'} to do by hand afterwards`]),
  ];
}
