import type { Action, Plan } from '../model/plan.ts';
import type { Report } from './report.ts';

/** More than this nobody reads in a report; plan.json has them all. */
export const maxReportedActions = 2000;

/** Takes the part of a streamed plan that a report shows: what cannot be applied is never left out. */
export async function collectActions(
  plan: Plan,
  signal: AbortSignal,
  limit = maxReportedActions,
): Promise<NonNullable<Report['plan']>> {
  const actions: Action[] = [];
  let omitted = 0;
  for await (const action of plan.actions(signal)) {
    const important = action.kind === 'blocked' || action.kind === 'delete';
    if (actions.length < limit || important) actions.push(action);
    else omitted += 1;
  }
  return { head: plan, actions, omitted };
}
