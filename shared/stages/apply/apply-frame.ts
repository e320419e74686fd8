import type { DataverseWriter } from '../../dataverse/client.ts';
import type { Action, Plan } from '../../model/plan.ts';
import type { RuleBook } from '../../model/rules.ts';
import type { PlanState } from './check-plan.ts';
import type { Journal } from './journal.ts';
import type { WriteFrame } from './prepare-write.ts';
import type { RunLog } from './run-log.ts';
import type { RunListener } from './run-tally.ts';

/** Everything that applying a plan needs. */
export interface ApplyFrame extends WriteFrame, RunListener {
  readonly plan: Plan;
  readonly writer: DataverseWriter;
  readonly book: RuleBook;
  readonly journal: Journal;
  /** What the target shows already; nothing when the plan was made a moment ago. */
  readonly state: PlanState;
  readonly log: RunLog;
}

/** A stretch of the plan whose end is waited for. */
export type Part = (action: Action) => boolean;
