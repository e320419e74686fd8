import type { DataverseWriter, Write, WriteOutcome } from './client.ts';
import type { Guid } from '../model/guid.ts';

export interface ScheduledWrite {
  /** The action's number. */
  readonly key: number;
  /** Keys that must be done first. One that failed keeps this one from being sent. */
  readonly after: readonly number[];
  readonly write: Write;
}

export type ScheduledOutcome =
  | WriteOutcome
  /** Not sent, because a write it needs failed. */
  | { readonly is: 'held-back'; readonly because: number };

/** Told before a request leaves and before its rows count; both are awaited. */
export interface WriteObserver {
  sending(keys: readonly number[], requestId: Guid): Promise<void>;
  answered(key: number, outcome: ScheduledOutcome): Promise<void>;
}

/**
 * Resolves once every write has its outcome. Rejects when it was aborted, when the observer failed, and
 * when the environment cannot be reached or does not let the caller in any more: then the writes
 * without an outcome were not sent, except those told to `sending` last.
 */
export type RunSchedule = (
  writer: DataverseWriter,
  writes: AsyncIterable<ScheduledWrite>,
  observer: WriteObserver,
  signal: AbortSignal,
) => Promise<void>;
