import type { Entity } from '../metadata/metadata.ts';
import type { RequestContext } from '../protocol/request.ts';

/** Absolute URL of a row, on the host the client called. */
export function rowUrl(context: RequestContext, entity: Entity, key: string): string {
  return `${context.rootUrl}${entity.entitySetName}(${key})`;
}
