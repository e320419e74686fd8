import type { Link, Row } from './row.ts';
import type { SourceTable } from './table.ts';

/** A package, a snapshot, a channel-provider mapping: whatever says how rows should be. */
export interface RowSource {
  /** Content hash: equal for the same rows and schemas, in zip and in folder form. */
  readonly hash: string;
  /** When each step was exported, ISO 8601 in UTC, where it is known: relative dates move from there. */
  readonly exportedAt?: ReadonlyMap<string, string>;
  /** One per step and table, in import order. */
  readonly tables: readonly SourceTable[];
  /** Streams; may be called more than once for the same table. */
  rows(table: SourceTable, signal: AbortSignal): AsyncIterable<Row>;
  links(table: SourceTable, signal: AbortSignal): AsyncIterable<Link>;
}
