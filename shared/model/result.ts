import type { Finding } from '../errors/finding.ts';

export type Outcome = 'succeeded' | 'succeededWithIssues' | 'failed';

/** Each row once by its final fate: `in = created + updated + unchanged + skipped + failed`. Links, deletes and settled rows apart. */
export type Counts = Readonly<
  Record<
    | 'in'
    | 'created'
    | 'updated'
    | 'unchanged'
    | 'skipped'
    | 'failed'
    | 'linked'
    | 'unlinked'
    | 'deleted'
    | 'settled',
    number
  >
>;

export const noCounts: Counts = {
  in: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
  linked: 0,
  unlinked: 0,
  deleted: 0,
  settled: 0,
};

/** Rows that were read and are left as they are. */
export function rowsRead(rows: number): Counts {
  return { ...noCounts, in: rows, unchanged: rows };
}

/** Requests by what they did: each counts once, whatever a `$batch` held. */
export interface RequestCounts {
  readonly read: number;
  readonly write: number;
  readonly throttled: number;
}

/** What every stage ends with: printed, written by `--json`, and turned into the task's result. */
export interface StageResult {
  readonly stage: string;
  readonly outcome: Outcome;
  readonly counts: Counts;
  readonly findings: readonly Finding[];
  readonly outputs: Readonly<Record<string, string | number | boolean>>;
  readonly requests: RequestCounts;
}
