import { invalidArgument, rowNotFound } from '../../errors/payload-errors.ts';
import type { Entity } from '../../metadata/metadata.ts';
import type { RequestContext } from '../../protocol/request.ts';
import type { JsonObject } from '../../query/interface.ts';
import { isOwnerTable } from '../../query/row-members.ts';
import type { Cell, StoredRow } from '../../store/store.ts';
import type { BoundRow } from '../bind.ts';
import { rowOf } from '../entity-parameter.ts';
import { isJsonObject, readPayload } from '../read-payload.ts';
import { createRow, updateRow } from '../write-row.ts';

/** One call of an action, unbound or bound to a row. */
export interface MessageCall {
  readonly context: RequestContext;
  readonly parameters: JsonObject;
  /** The row of a bound action. */
  readonly boundTo?: BoundRow;
}

/** Members of the response, a whole row of a set, or nothing. */
export type MessageHandler = (call: MessageCall) => JsonObject | undefined;

/** The row that an entity parameter names: by `@odata.id`, or by its type and primary key. */
export function rowParameter(call: MessageCall, name: string): BoundRow {
  const value = call.parameters[name];
  if (!isJsonObject(value)) throw invalidArgument(`The required parameter '${name}' is missing.`);
  return rowOf(call.context, value, name);
}

/** Makes the row that an entity parameter describes. */
export function createParameter(call: MessageCall, name: string, table: string): StoredRow {
  const value = call.parameters[name];
  const entity = tableOf(call.context, table);
  if (!isJsonObject(value)) throw invalidArgument(`The required parameter '${name}' is missing.`);
  const payload = readPayload(call.context, entity, { body: value, mode: 'create' });
  return createRow(call.context, payload);
}

export function tableOf(context: RequestContext, name: string): Entity {
  const entity = context.environment.metadata.entity(name);
  if (entity === undefined) throw invalidArgument(`There is no table '${name}'.`);
  return entity;
}

/** Writes cells as the request would. */
export function change(
  context: RequestContext,
  of: BoundRow,
  cells: Readonly<Record<string, Cell>>,
): StoredRow {
  const written = new Map(Object.entries(cells).filter(([name]) => of.entity.attributes.has(name)));
  return updateRow(context, of.row, { entity: of.entity, cells: written, parents: [], nested: [] });
}

/** Makes a row of a table from cells. */
export function make(
  context: RequestContext,
  table: string,
  cells: Readonly<Record<string, Cell>>,
): StoredRow {
  const entity = tableOf(context, table);
  const written = new Map(Object.entries(cells).filter(([name]) => entity.attributes.has(name)));
  return createRow(context, { entity, cells: written, parents: [], nested: [] });
}

/** The row a lookup of a row points at. */
export function pointedAt(context: RequestContext, row: StoredRow, column: string): BoundRow {
  const cell = row.cells.get(column);
  if (typeof cell !== 'object' || cell === null || !('table' in cell)) {
    throw invalidArgument(`The column '${column}' must name a row.`);
  }
  const found = context.environment.store.get(cell.table, cell.id);
  if (found === undefined) throw rowNotFound(cell.table, cell.id);
  return { entity: tableOf(context, cell.table), row: found };
}

export function numberParameter(call: MessageCall, name: string): number {
  const value = call.parameters[name];
  if (typeof value === 'number') return value;
  throw invalidArgument(`The required parameter '${name}' is missing.`);
}

export function textParameter(call: MessageCall, name: string): string {
  const value = call.parameters[name];
  if (typeof value === 'string') return value;
  throw invalidArgument(`The required parameter '${name}' is missing.`);
}

/** An entity parameter as the answer shows a reference to a row. */
export function reference(entity: Entity, id: string): JsonObject {
  const key = isOwnerTable(entity) ? 'ownerid' : entity.primaryId;
  return { '@odata.type': `#Microsoft.Dynamics.CRM.${entity.logicalName}`, [key]: id };
}
