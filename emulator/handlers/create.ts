import { messageNotSupported } from '../errors/payload-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import { json, noContent, type Answer } from '../protocol/answer.ts';
import type { RequestContext } from '../protocol/request.ts';
import { etagOf } from '../query/row-members.ts';
import { shapeRow } from '../query/shape-row.ts';
import type { StoredRow } from '../store/store.ts';
import { assertNoDuplicates } from './duplicate-rules.ts';
import { readJsonObject, readPayload } from './read-payload.ts';
import { rowUrl } from './row-headers.ts';
import { shownOrUndone } from './upsert.ts';
import { createRow } from './write-row.ts';

/** `POST set`: 204 with the row's URL, or 201 with the row where the representation was asked for. */
export function create(context: RequestContext, entity: Entity): Answer {
  if (madeWithOthers.has(entity.logicalName)) throw messageNotSupported('Create', entity);
  return shownOrUndone(context, () => createOne(context, entity));
}

/** Rows that come and go with activities. */
const madeWithOthers: ReadonlySet<string> = new Set(['activityparty', 'activitypointer']);

function createOne(context: RequestContext, entity: Entity): Answer {
  const body = readJsonObject(entity.entitySetName, context.request.body);
  const payload = readPayload(context, entity, { body, mode: 'create' });
  assertNoDuplicates(context, entity, payload);
  const row = createRow(context, payload);
  const url = rowUrl(context, entity, keyOf(entity, row));
  const headers = { Location: url, 'OData-EntityId': url };
  if (!context.preferences.representation) return noContent(headers);
  const shaped = shapeRow(context, entity, row, context.request.options);
  return json(shaped, { status: 201, headers: { ...headers, ETag: etagOf(entity, row) } });
}

/** A row of an elastic table is named with its partition, where it has one of its own. */
function keyOf(entity: Entity, { id, cells }: StoredRow): string {
  const partition = cells.get('partitionid');
  if (entity.tableType !== 'Elastic' || typeof partition !== 'string' || partition === id)
    return id;
  return `${entity.primaryId}=${id},partitionid='${partition.replaceAll("'", "''")}'`;
}
