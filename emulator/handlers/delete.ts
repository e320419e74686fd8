import type { Entity } from '../metadata/metadata.ts';
import { noContent, type Answer } from '../protocol/answer.ts';
import type { RequestContext } from '../protocol/request.ts';
import { findByKey } from './resolve-row.ts';
import { assertPreconditions, missing } from './upsert.ts';
import { deleteRow } from './write-row.ts';

/** `DELETE set(key)` */
export function remove(context: RequestContext, entity: Entity, argument: string): Answer {
  const found = findByKey(context.environment, entity, argument);
  if (found.row === undefined) throw missing(entity, found);
  assertPreconditions(context, entity, found);
  deleteRow(context, entity, found.row);
  return noContent();
}
