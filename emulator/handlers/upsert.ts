import {
  concurrencyNotEnabled,
  duplicateRow,
  rowNotFound,
  rowNotFoundByKey,
  versionMismatch,
} from '../errors/payload-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import { json, noContent, type Answer } from '../protocol/answer.ts';
import type { RequestContext } from '../protocol/request.ts';
import { etagOf } from '../query/row-members.ts';
import { shapeRow } from '../query/shape-row.ts';
import type { JsonObject, QueryOptions } from '../query/interface.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import { putParties } from './activity-parties.ts';
import { assertNoDuplicates } from './duplicate-rules.ts';
import { readJsonObject, readPayload, type Payload } from './read-payload.ts';
import { findByKey, type KeyedRow } from './resolve-row.ts';
import { rowUrl } from './row-headers.ts';
import { createRow, updateRow } from './write-row.ts';

/** `PATCH set(key)`: updates the row, or creates it unless `If-Match` forbids. */
export function upsert(context: RequestContext, entity: Entity, argument: string): Answer {
  const found = findByKey(context.environment, entity, argument);
  assertPreconditions(context, entity, found);
  const body = readJsonObject(entity.entitySetName, context.request.body);
  const { row } = found;
  return shownOrUndone(context, () =>
    row === undefined
      ? createKeyed(context, entity, { argument, found, body })
      : update(context, entity, { argument, row, keyColumns: found.keyCells.keys(), body }),
  );
}

/** What is asked to be shown and cannot be, is not written either. */
export function shownOrUndone(context: RequestContext, write: () => Answer): Answer {
  return context.preferences.representation
    ? context.environment.store.transaction(write)
    : write();
}

/** Checks `If-Match` and `If-None-Match` of a write against the row its key names. */
export function assertPreconditions(
  context: RequestContext,
  entity: Entity,
  found: KeyedRow,
): void {
  const ifMatch = context.request.headers['if-match'];
  const ifNoneMatch = context.request.headers['if-none-match'];
  if (ifNoneMatch?.replaceAll('"', '').trim() === '*' && found.row !== undefined)
    throw duplicateRow();
  if (ifMatch === undefined) return;
  if (found.row === undefined) throw missing(entity, found);
  if (ifMatch.trim() === '*') return;
  if (!entity.optimisticConcurrency) throw concurrencyNotEnabled(entity);
  if (ifMatch.trim() !== etagOf(entity, found.row)) throw versionMismatch();
}

/** The service's 404 for a key that names no row. */
export function missing(entity: Entity, found: KeyedRow): Error {
  return found.id === undefined
    ? rowNotFoundByKey(entity)
    : rowNotFound(entity.logicalName, found.id);
}

function update(
  context: RequestContext,
  entity: Entity,
  given: {
    readonly argument: string;
    readonly row: StoredRow;
    readonly keyColumns: Iterable<string>;
    readonly body: JsonObject;
  },
): Answer {
  const payload = readPayload(context, entity, { body: given.body, mode: 'update' });
  // The key of the URL counts: copies of its columns in the body are not written.
  for (const column of given.keyColumns) payload.cells.delete(column);
  if (entity.tableType === 'Elastic' && context.request.headers['if-match'] === undefined) {
    clearRest(entity, given.row, payload.cells);
  }
  const merged = new Map([...given.row.cells, ...payload.cells]);
  assertNoDuplicates(context, entity, { id: given.row.id, cells: merged });
  const row =
    payload.nested.length === 0
      ? updateRow(context, given.row, payload)
      : updateWithParties(context, given.row, payload);
  const headers = entityIdHeaders(rowUrl(context, entity, namedKey(entity, given.argument)));
  if (!context.preferences.representation) return noContent(headers);
  // An update answers with the selected columns; it does not expand.
  const shaped = shapeRow(context, entity, row, without(context.request.options, '$expand'));
  return json(shaped, { headers: { ...headers, ETag: etagOf(entity, row) } });
}

function updateWithParties(context: RequestContext, row: StoredRow, payload: Payload): StoredRow {
  const near = { entity: payload.entity, row };
  return context.environment.store.transaction(() => {
    for (const { navigation, created } of payload.nested) {
      if (navigation.kind !== 'one-to-many') continue;
      putParties(context, near, { navigation, payloads: created });
    }
    return updateRow(context, row, payload);
  });
}

/** An upsert of an elastic table replaces the row: learn.microsoft.com/power-apps/developer/data-platform/use-elastic-tables */
function clearRest(entity: Entity, row: StoredRow, cells: Map<string, Cell>): void {
  for (const name of row.cells.keys()) {
    const attribute = entity.attributes.get(name);
    if (attribute?.validForUpdate !== true || kept.has(name) || cells.has(name)) continue;
    if (attribute.requiredLevel !== 'SystemRequired') cells.set(name, null);
  }
}

/** What a row of any table has, and what places it. */
const kept: ReadonlySet<string> = new Set([
  'importsequencenumber',
  'ownerid',
  'partitionid',
  'statecode',
  'statuscode',
]);

function createKeyed(
  context: RequestContext,
  entity: Entity,
  given: { readonly argument: string; readonly found: KeyedRow; readonly body: JsonObject },
): Answer {
  const payload = readPayload(context, entity, { body: given.body, mode: 'create' });
  // Where the body says otherwise than the key, the body counts:
  // learn.microsoft.com/power-apps/developer/data-platform/use-upsert-insert-update-record
  for (const [column, cell] of given.found.keyCells) {
    if (!payload.cells.has(column)) payload.cells.set(column, cell);
  }
  assertNoDuplicates(context, entity, payload);
  const id = given.found.id ?? payload.id;
  const row = createRow(context, { ...payload, ...(id === undefined ? {} : { id }) });
  const headers = entityIdHeaders(rowUrl(context, entity, namedKey(entity, given.argument)));
  if (!context.preferences.representation) return noContent(headers);
  const shaped = shapeRow(context, entity, row, without(context.request.options, '$expand'));
  return json(shaped, { status: 201, headers: { ...headers, ETag: etagOf(entity, row) } });
}

/** The key as it was sent; a partition has one spelling in answers. */
function namedKey(entity: Entity, argument: string): string {
  return entity.tableType === 'Elastic'
    ? argument.replace(/\bpartitionId=/, 'partitionid=')
    : argument;
}

function entityIdHeaders(url: string): Record<string, string> {
  return { Location: url, 'OData-EntityId': url };
}

function without(options: QueryOptions, name: string): QueryOptions {
  return new Map([...options].filter(([option]) => option !== name));
}
