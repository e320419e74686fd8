import { json, type Answer } from '../protocol/answer.ts';
import type { RequestContext } from '../protocol/request.ts';

/** `GET` of the API root: all entity sets by name. */
export function serviceDocument(context: RequestContext): Answer {
  const names = [...context.environment.metadata.entities()]
    .map((entity) => entity.entitySetName)
    .filter((name) => name !== '')
    .sort();
  const value = names.map((name) => ({ name, kind: 'EntitySet', url: name }));
  return json({ '@odata.context': `${context.rootUrl}$metadata`, value });
}
