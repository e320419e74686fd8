import { timeText, type Caller, type Environment } from '../environment.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import { completeRow } from './complete-row.ts';

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

/** What runs when rows of a table are written; throws `ServiceError` to refuse. */
export interface TableLogic {
  readonly beforeWrite?: (event: WriteEvent) => void;
  readonly afterWrite?: (event: WriteEvent, row: StoredRow) => void;
}

/** Puts a row that the server makes by itself, with everything the platform fills in. */
export function putServerRow(
  event: WriteEvent,
  table: string,
  cells: ReadonlyMap<string, Cell>,
): string {
  const { environment, caller } = event;
  const entity = environment.metadata.entity(table);
  const id = environment.newId();
  if (entity === undefined) return id;
  const row = new Map(cells);
  const time = timeText(environment);
  completeRow(environment, entity, { id, cells: row, time, userId: caller.userId });
  environment.store.put(table, id, row);
  return id;
}

/** The id a lookup points at; undefined for anything else. */
export function idIn(cell: Cell | undefined): string | undefined {
  return typeof cell === 'object' && cell !== null && 'id' in cell ? cell.id : undefined;
}

/** A column as it will be after the write. */
export function cellAfter(event: WriteEvent, column: string): Cell {
  return event.cells.get(column) ?? event.before?.cells.get(column) ?? null;
}
