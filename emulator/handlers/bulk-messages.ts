import {
  duplicatePair,
  invalidArgument,
  messageNotEnabled,
  notImplemented,
  rowNotFound,
} from '../errors/payload-errors.ts';
import type { StoredRow } from '../store/store.ts';
import { ServiceError } from '../service-error.ts';
import type { Entity } from '../metadata/metadata.ts';
import { json, noContent, type Answer } from '../protocol/answer.ts';
import { readPath } from '../protocol/path.ts';
import type { RequestContext } from '../protocol/request.ts';
import type { JsonObject } from '../query/interface.ts';
import { assertNoDuplicates } from './duplicate-rules.ts';
import { isJsonObject, readJsonObject, readPayload, type Payload } from './read-payload.ts';
import { findByKey, type KeyedRow } from './resolve-row.ts';
import { createRow, deleteRow, updateRow } from './write-row.ts';

/** Actions bound to a set: the bulk messages, all or nothing on standard tables. */
export function bulkMessage(context: RequestContext, entity: Entity, message: string): Answer {
  switch (message) {
    case 'CreateMultiple':
    case 'UpdateMultiple':
    case 'UpsertMultiple':
      break;
    case 'DeleteMultiple':
      if (entity.tableType === 'Elastic') return deleteMultiple(context, entity);
      throw new ServiceError(501, '0x80040219', 'DeleteMultiple has not yet been implemented.');
    default:
      throw notImplemented(`the action '${message}' of '${entity.entitySetName}'`);
  }
  if (!entity.bulkMessages) throw messageNotEnabled(message, entity);
  const targets = readTargets(context, entity);
  const answer: Answer = context.environment.store.transaction(() => {
    switch (message) {
      case 'CreateMultiple': {
        const ids = targets.map((body) => {
          const payload = readPayload(context, entity, { body, mode: 'create' });
          assertNoDuplicates(context, entity, payload);
          return createRow(context, payload).id;
        });
        const url = `${context.rootUrl}$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse`;
        return json({ '@odata.context': url, Ids: ids });
      }
      case 'UpdateMultiple':
        for (const body of targets) updateTarget(context, entity, body);
        return noContent();
      case 'UpsertMultiple':
        upsertTargets(context, entity, targets);
        return noContent();
      default:
        return message satisfies never;
    }
  });
  return { ...answer, writes: targets.length };
}

/** Elastic tables only: rows that are not there are passed over. */
function deleteMultiple(context: RequestContext, entity: Entity): Answer {
  const { store } = context.environment;
  const targets = readTargets(context, entity);
  store.transaction(() => {
    for (const target of targets) {
      const row = store.get(entity.logicalName, String(target[entity.primaryId]));
      if (row !== undefined) deleteRow(context, entity, row);
    }
  });
  return { ...noContent(), writes: targets.length };
}

function readTargets(context: RequestContext, entity: Entity): readonly JsonObject[] {
  const body = readJsonObject(entity.entitySetName, context.request.body);
  const targets = body['Targets'];
  if (!Array.isArray(targets) || targets.length === 0) {
    throw invalidArgument("The required parameter 'Targets' is missing or empty.");
  }
  const expected = `Microsoft.Dynamics.CRM.${entity.logicalName}`;
  return targets.map((target: unknown) => {
    const type = isJsonObject(target) ? target['@odata.type'] : undefined;
    if (!isJsonObject(target) || typeof type !== 'string') {
      throw invalidArgument(
        "A type named '' could not be resolved: every item of 'Targets' needs '@odata.type'.",
      );
    }
    if (type.replace(/^#/, '') !== expected) {
      throw invalidArgument(`The target type '${type}' does not match '${expected}'.`);
    }
    return target;
  });
}

function updateTarget(context: RequestContext, entity: Entity, body: JsonObject): void {
  const payload = readPayload(context, entity, { body, mode: 'update' });
  const found = targetOf(context, payload, body);
  if (found.row === undefined) throw rowsNotFound(entity, found);
  updateRow(context, found.row, payload);
}

function upsertTargets(
  context: RequestContext,
  entity: Entity,
  targets: readonly JsonObject[],
): void {
  const written = new Set<string>();
  for (const body of targets) {
    const { id } = upsertTarget(context, entity, body);
    // One call may not write a row twice.
    if (written.has(id)) throw duplicatePair();
    written.add(id);
  }
}

function upsertTarget(context: RequestContext, entity: Entity, body: JsonObject): StoredRow {
  const found = targetOf(context, readPayload(context, entity, { body, mode: 'update' }), body);
  if (found.row !== undefined) {
    return updateRow(context, found.row, readPayload(context, entity, { body, mode: 'update' }));
  }
  const payload = readPayload(context, entity, { body, mode: 'create' });
  for (const [column, cell] of found.keyCells) payload.cells.set(column, cell);
  return createRow(context, { ...payload, ...(found.id === undefined ? {} : { id: found.id }) });
}

/** The row a target names by its primary key or by `@odata.id`. */
function targetOf(context: RequestContext, payload: Payload, body: JsonObject): KeyedRow {
  const { entity, id } = payload;
  if (id !== undefined) return findByKey(context.environment, entity, id);
  const url = body['@odata.id'];
  const argument = typeof url === 'string' ? readPath(url).at(-1)?.argument : undefined;
  if (argument === undefined) {
    throw invalidArgument(`Every target needs its primary key '${entity.primaryId}'.`);
  }
  return findByKey(context.environment, entity, argument);
}

function rowsNotFound(entity: Entity, found: KeyedRow): ServiceError {
  if (found.id === undefined) return rowNotFound(entity.logicalName, 'the given key');
  return new ServiceError(
    404,
    '0x80040217',
    `${entity.schemaName} With Ids = ${found.id} Do Not Exist`,
  );
}
