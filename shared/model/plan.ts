import type { Finding } from '../errors/finding.ts';
import type { Guid } from './guid.ts';
import type { Counts } from './result.ts';
import type { Link, RowRef, Value } from './row.ts';

/**
 * When an action runs. `references`: lookups and texts that close a circle. `states`: state and
 * status, then, at its last level, the changes that redirect live conversations.
 */
export const phases = ['rows', 'references', 'links', 'states', 'deletes'] as const;
export type Phase = (typeof phases)[number];

/** A value as the plan shows it: long texts by hash and length, secrets by the variable that holds them. */
export type PlannedValue =
  | Value
  | { readonly sha256: string; readonly chars: number }
  | { readonly variable: string };

export interface Rewrite {
  readonly from: Guid;
  readonly to: Guid;
  /** Where in the text. */
  readonly at: string;
}

export interface Change {
  readonly column: string;
  readonly before: PlannedValue;
  readonly after: PlannedValue;
  readonly rewrites?: readonly Rewrite[];
}

/** The server makes the row by itself when it creates other rows: only what differs is written then. */
export interface ServerMadeBy {
  readonly rows: readonly RowRef[];
  /** Columns by which the row is found once it is there. */
  readonly key: readonly string[];
}

interface At {
  /** From 1, in apply order; the journal refers to it. */
  readonly number: number;
  readonly step: string;
  readonly phase: Phase;
  /** Actions of one phase and level are independent of each other. */
  readonly level: number;
  /** The row in the target. */
  readonly row: RowRef;
  /** The row's id in the source where it differs. */
  readonly source?: Guid;
  readonly name: string;
}

/** An update or delete without version follows an earlier action of this plan on the same row. */
export type Action =
  | (At & {
      readonly kind: 'create';
      readonly serverMade?: ServerMadeBy;
      readonly changes: readonly Change[];
    })
  | (At & {
      readonly kind: 'update';
      readonly version?: string;
      /** The update redirects live conversations of these lines: one change set with all others that do. */
      readonly switches?: readonly RowRef[];
      readonly changes: readonly Change[];
    })
  | (At & { readonly kind: 'link' | 'unlink'; readonly link: Link })
  | (At & {
      readonly kind: 'delete';
      readonly version?: string;
      readonly because: 'rule' | 'ours' | 'roll-back';
      /** Rows that refer to this one: they are deleted before it, or it stays. */
      readonly after?: readonly RowRef[];
    })
  | (At & { readonly kind: 'blocked' | 'manual'; readonly finding: Finding });

/** Everything of plan.json but its actions. */
export interface PlanHead {
  readonly format: 1;
  /** SHA-256 of the file's text with `hash` empty. */
  readonly hash: string;
  readonly tool: string;
  /** It is a slice of the plan with this hash. */
  readonly slice?: { readonly of: string; readonly part: string };
  readonly package: { readonly hash: string };
  readonly target: { readonly organizationId: Guid; readonly url: string };
  /** False when something could not be compared: a table missing, a read refused. */
  readonly complete: boolean;
  /** False when nothing may be applied: an error that no single row explains. */
  readonly applyable: boolean;
  readonly counts: Counts;
  /** From fixed figures per request and row, not measured. */
  readonly estimate: { readonly reads: number; readonly writes: number; readonly seconds: number };
  readonly findings: readonly Finding[];
  readonly manual: readonly Finding[];
}

export interface Plan extends PlanHead {
  /** Streamed from where the plan is kept, in apply order. */
  actions(signal: AbortSignal): AsyncIterable<Action>;
}
