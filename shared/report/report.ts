import type { Finding } from '../errors/finding.ts';
import type { Action, PlanHead } from '../model/plan.ts';
import type { StageResult } from '../model/result.ts';
import type { TextWords } from './describe-action.ts';
import type { RoutingMap } from './routing-map.ts';

/** One thing that verification asked, and what it found. */
export interface Check {
  /** What belongs together in the Tests tab: an area or a table. */
  readonly group: string;
  readonly name: string;
  /** Absent: as it should be. */
  readonly finding?: Finding;
  /** Why the question was not asked. */
  readonly skipped?: string;
}

/** What a report is made of; every rendering is a pure function of it. */
export interface Report {
  /** `Import of package 4f1c… into https://contoso.crm4.dynamics.com`. */
  readonly title: string;
  readonly result: StageResult;
  /** The plan made or applied. `omitted` says how many actions are not among `actions`. */
  readonly plan?: {
    readonly head: PlanHead;
    readonly actions: readonly Action[];
    readonly omitted: number;
    /** Reads the texts of rules. */
    readonly words?: TextWords;
  };
  readonly checks?: readonly Check[];
  /** Pictures of what was looked at. */
  readonly images?: readonly { readonly title: string; readonly pngBase64: string }[];
  /** How work is routed, drawn as a map. */
  readonly routing?: RoutingMap;
  /** What remains to be done by hand. */
  readonly manual?: readonly Finding[];
}
