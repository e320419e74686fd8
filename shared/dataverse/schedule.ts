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

export type RunSchedule = (
  writer: DataverseWriter,
  writes: AsyncIterable<ScheduledWrite>,
  observer: WriteObserver,
  signal: AbortSignal,
) => Promise<void>;
