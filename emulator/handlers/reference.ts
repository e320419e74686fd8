import {
  keySyntax,
  literalMismatch,
  methodNotAllowed,
  rowNotFound,
} from '../errors/payload-errors.ts';
import type { Navigation } from './navigation.ts';
import { json, noContent, type Answer } from '../protocol/answer.ts';
import type { Segment } from '../protocol/path.ts';
import type { RequestContext } from '../protocol/request.ts';
import { assertAccess } from '../logic/access.ts';
import { rowOfUrl, type BoundRow } from './bind.ts';
import { relatedRow, relatedRows } from './related-rows.ts';
import { assertTarget, readJsonObject } from './read-payload.ts';
import { rowByKey } from './resolve-row.ts';
import { rowUrl } from './row-headers.ts';
import { associate, disassociate, setLookup } from './write-row.ts';

/** `set(key)/navigation/$ref` in all its forms. */
export function reference(
  context: RequestContext,
  near: BoundRow,
  link: { readonly navigation: Navigation; readonly segment: Segment },
): Answer {
  const { navigation, segment } = link;
  switch (context.request.method) {
    case 'GET':
    case 'HEAD':
      return readReferences(context, near, navigation);
    case 'POST':
    case 'PUT': {
      const far = bodyReference(context, near);
      if (navigation.kind === 'many-to-one') {
        const bound = { navigation: segment.name, relationship: navigation.is, target: far };
        assertTarget(near.entity, bound);
        const cell = { table: far.entity.logicalName, id: far.row.id };
        setLookup(context, near, { column: navigation.is.referencingAttribute, cell });
      } else associate(context, near, { navigation, far });
      return noContent();
    }
    case 'DELETE': {
      if (navigation.kind === 'many-to-one') {
        setLookup(context, near, { column: navigation.is.referencingAttribute, cell: null });
        return noContent();
      }
      const far = pathReference(context, navigation, segment);
      disassociate(context, near, { navigation, far });
      return noContent();
    }
    default:
      throw methodNotAllowed(context.request.method);
  }
}

function bodyReference(context: RequestContext, near: BoundRow): BoundRow {
  const body = readJsonObject(near.entity.entitySetName, context.request.body);
  const url = body['@odata.id'];
  if (typeof url !== 'string') throw literalMismatch(near.entity, url ?? null, 'Edm.String');
  return rowOfUrl(context, url);
}

/** The far row of a removal: a key behind the navigation property, or `$id`. */
function pathReference(
  context: RequestContext,
  navigation: Navigation,
  segment: Segment,
): BoundRow {
  const id = context.request.options.get('$id');
  if (id !== undefined) return rowOfUrl(context, id);
  if (segment.argument === undefined) throw keySyntax();
  const row = rowByKey(context.environment, navigation.target, segment.argument);
  return { entity: navigation.target, row };
}

function readReferences(context: RequestContext, near: BoundRow, navigation: Navigation): Answer {
  assertAccess(context.environment, context.caller, navigation.target, 'Read');
  const { environment } = context;
  if (navigation.kind === 'many-to-one') {
    const far = relatedRow(environment, near, navigation);
    if (far === undefined) return noContent();
    return json({
      '@odata.context': `${context.rootUrl}$metadata#$ref`,
      '@odata.id': rowUrl(context, far.entity, far.row.id),
    });
  }
  const rows = [...relatedRows(environment, near, navigation)];
  return json({
    '@odata.context': `${context.rootUrl}$metadata#Collection($ref)`,
    value: rows.map((row) => ({ '@odata.id': rowUrl(context, navigation.target, row.id) })),
  });
}

/** The row a single-valued navigation property needs to lead to. */
export function requireRelated(
  context: RequestContext,
  near: BoundRow,
  navigation: Extract<Navigation, { kind: 'many-to-one' }>,
): BoundRow {
  const far = relatedRow(context.environment, near, navigation);
  if (far === undefined) throw rowNotFound(navigation.target.logicalName, near.row.id);
  return far;
}
