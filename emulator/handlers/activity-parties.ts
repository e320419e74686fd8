import { literalMismatch } from '../errors/payload-errors.ts';
import { assertAccess } from '../logic/access.ts';
import { noContent, type Answer } from '../protocol/answer.ts';
import type { RequestContext } from '../protocol/request.ts';
import type { BoundRow } from './bind.ts';
import type { Navigation } from './navigation.ts';
import { isJsonObject, readJsonObject, readPayload, type Payload } from './read-payload.ts';
import { relatedRows } from './related-rows.ts';
import { createRow, deleteRow, updateRow } from './write-row.ts';

/**
 * `PUT set(key)/email_activity_parties`: all parties of an activity at once, in place of those it has:
 * learn.microsoft.com/power-apps/developer/data-platform/webapi/associate-disassociate-entities-using-web-api.
 */
export function replaceParties(
  context: RequestContext,
  near: BoundRow,
  navigation: Extract<Navigation, { readonly kind: 'one-to-many' }>,
): Answer {
  const { environment, caller, request } = context;
  assertAccess(environment, caller, near.entity, 'Write');
  const entity = navigation.target;
  const given = readJsonObject(near.entity.entitySetName, request.body)['value'];
  if (!Array.isArray(given)) {
    throw literalMismatch(near.entity, given ?? null, 'Collection(Edm.EntityType)');
  }
  const payloads = given.map((body: unknown) => {
    if (!isJsonObject(body)) throw literalMismatch(entity, body, 'Edm.EntityType');
    return readPayload(context, entity, { body, mode: 'create' });
  });
  environment.store.transaction(() => {
    putParties(context, near, { navigation, payloads });
    updateRow(context, near.row, {
      entity: near.entity,
      cells: new Map(),
      parents: [],
      nested: [],
    });
  });
  return noContent();
}

/** Puts parties in place of those that an activity has. */
export function putParties(
  context: RequestContext,
  near: BoundRow,
  {
    navigation,
    payloads,
  }: {
    readonly navigation: Extract<Navigation, { readonly kind: 'one-to-many' }>;
    readonly payloads: readonly Payload[];
  },
): void {
  const before = [...relatedRows(context.environment, near, navigation)];
  for (const row of before) deleteRow(context, navigation.target, row);
  for (const payload of payloads) {
    const cell = { table: near.entity.logicalName, id: near.row.id };
    payload.cells.set(navigation.is.referencingAttribute, cell);
    createRow(context, payload);
  }
}
