import type { Finding } from '../errors/finding.ts';
import type { Guid } from './guid.ts';
import type { Outcome } from './result.ts';

/** One line of a run's journal: an intent is on disk before its request leaves, `done` before the row counts. */
export type JournalEntry =
  | {
      readonly is: 'started';
      readonly format: 1;
      readonly run: Guid;
      /** What created rows carry in `importsequencenumber`. */
      readonly runNumber: number;
      readonly planHash: string;
      /** Hash of the rows as they were before the first write. */
      readonly snapshot: string;
      readonly at: string;
    }
  | { readonly is: 'intent'; readonly actions: readonly number[]; readonly requestId: Guid }
  /** `id`: the row's where it is not the planned one, because the server made the row by itself. */
  | {
      readonly is: 'done';
      readonly action: number;
      readonly version?: string;
      readonly id?: Guid;
    }
  /** The server had changed what was written; it was written again. */
  | { readonly is: 'settled'; readonly action: number; readonly version?: string }
  /** The target already held what the plan wanted. */
  | { readonly is: 'found'; readonly action: number }
  | { readonly is: 'failed'; readonly action: number; readonly finding: Finding }
  /** What the rows of the run had become when it ended: the number of an action, and its row's version. */
  | { readonly is: 'left'; readonly versions: readonly (readonly [number, string])[] }
  | { readonly is: 'ended'; readonly outcome: Outcome | 'cancelled'; readonly at: string };
