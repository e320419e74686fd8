import { methodNotAllowed, notImplemented } from '../errors/payload-errors.ts';
import type { Attribute } from '../metadata/metadata.ts';
import { noContent, type Answer } from '../protocol/answer.ts';
import { decode } from '../protocol/path.ts';
import type { RequestContext } from '../protocol/request.ts';
import type { BoundRow } from './bind.ts';
import { property } from './property.ts';
import { updateRow } from './write-row.ts';

/** `set(key)/filecolumn`: a whole file in one request, and its removal. */
export function fileColumn(context: RequestContext, of: BoundRow, attribute: Attribute): Answer {
  const { method, headers, body, options } = context.request;
  switch (method) {
    case 'GET':
    case 'DELETE':
      return property(context, of, attribute);
    case 'PATCH':
    case 'PUT': {
      if (headers['x-ms-transfer-mode'] === 'chunked') {
        throw notImplemented('uploads in chunks');
      }
      const named = options.get('x-ms-file-name') ?? headers['x-ms-file-name'];
      const fileName = decode(named ?? attribute.logicalName);
      const file = { fileName, mimeType: 'application/octet-stream', bytes: body };
      const cells = new Map([[attribute.logicalName, file]]);
      updateRow(context, of.row, { entity: of.entity, cells, parents: [], nested: [] });
      return noContent();
    }
    default:
      throw methodNotAllowed(method);
  }
}
