import type { Caller, Environment } from '../environment.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { Cell, StoredRow } from '../store/store.ts';

/** A write as server plug-ins see it, inside the transaction of the request. */
export interface WriteEvent {
  readonly environment: Environment;
  readonly caller: Caller;
  readonly entity: Entity;
  readonly id: string;
  /** The row before; absent on create. */
  readonly before?: StoredRow;
  /** Columns of the request, validated. Logic may set further columns or overwrite these before the write. */
  readonly cells: Map<string, Cell>;
}

/** Runs before the row is written; throws `ServiceError` to refuse. */
export function beforeWrite(event: WriteEvent): void {
  void event;
}

/** Runs after the row is written, in the same transaction; may write other rows through the store. */
export function afterWrite(event: WriteEvent, row: StoredRow): void {
  void event;
  void row;
}

/** Runs before a row is deleted; throws `ServiceError` to refuse. */
export function beforeDelete(event: Omit<WriteEvent, 'cells'>): void {
  void event;
}
