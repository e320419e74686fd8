import { assertAccess } from '../logic/access.ts';
import { assertRowAccess } from '../logic/visible-rows.ts';
import type { Entity } from '../metadata/metadata.ts';
import { json, noContent, type Answer } from '../protocol/answer.ts';
import type { RequestContext } from '../protocol/request.ts';
import { etagOf } from '../query/row-members.ts';
import { runODataQuery } from '../query/run-odata-query.ts';
import { shapeRow } from '../query/shape-row.ts';
import type { StoredRow } from '../store/store.ts';

/** `GET set(key)` */
export function retrieve(context: RequestContext, entity: Entity, row: StoredRow): Answer {
  assertRowAccess(context.environment, context.caller, { entity, row, verb: 'Read' });
  const etag = etagOf(entity, row);
  if (context.request.headers['if-none-match']?.trim() === etag && tellsAll(context, entity)) {
    return { status: 304, headers: { ETag: etag } };
  }
  const shaped = shapeRow(context, entity, row, context.request.options);
  return json(shaped, { headers: { ETag: etag } });
}

/** Other rows, and the names of other rows, may have changed while the row itself did not: learn.microsoft.com/power-apps/developer/data-platform/webapi/perform-conditional-operations-using-web-api */
function tellsAll({ request, preferences }: RequestContext, entity: Entity): boolean {
  return (
    entity.optimisticConcurrency &&
    !request.options.has('$expand') &&
    !preferences.applied.toLowerCase().includes('include-annotations')
  );
}

/** `GET set?…`, and `GET set(key)/collection?…` within some rows. */
export function retrieveMany(
  context: RequestContext,
  entity: Entity,
  within?: Iterable<StoredRow>,
): Answer {
  assertAccess(context.environment, context.caller, entity, 'Read');
  const { options, url } = context.request;
  return json(runODataQuery(context, entity, options, url, within), { streamed: true });
}

/** `GET set/$count`: plain text behind a byte order mark, at most 5,000. */
export function countRows(
  context: RequestContext,
  entity: Entity,
  within?: Iterable<StoredRow>,
): Answer {
  assertAccess(context.environment, context.caller, entity, 'Read');
  const options = new Map(context.request.options);
  options.set('$count', 'true');
  options.set('$select', entity.primaryId);
  const preferences = { ...context.preferences, maxPageSize: 1 };
  const query = { ...context, preferences };
  const body = runODataQuery(query, entity, options, context.request.url, within);
  return {
    status: 200,
    headers: { 'Content-Type': 'text/plain' },
    body: `\uFEFF${String(body['@odata.count'])}`,
  };
}

/** A row that a single-valued navigation property leads to: 204 where it leads nowhere. */
export function retrieveRelated(
  context: RequestContext,
  related: { readonly entity: Entity; readonly row: StoredRow } | undefined,
): Answer {
  return related === undefined ? noContent() : retrieve(context, related.entity, related.row);
}
