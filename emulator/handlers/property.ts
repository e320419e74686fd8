import { literalMismatch, methodNotAllowed } from '../errors/payload-errors.ts';
import { assertAccess } from '../logic/access.ts';
import type { Attribute } from '../metadata/metadata.ts';
import { json, noContent, text, type Answer } from '../protocol/answer.ts';
import type { RequestContext } from '../protocol/request.ts';
import { shapeRow } from '../query/shape-row.ts';
import type { Cell } from '../store/store.ts';
import type { BoundRow } from './bind.ts';
import { readJsonObject, readPayload } from './read-payload.ts';
import { assertPreconditions } from './upsert.ts';
import { updateRow } from './write-row.ts';

/** `set(key)/column`, read, written or emptied on its own. */
export function property(context: RequestContext, of: BoundRow, attribute: Attribute): Answer {
  switch (context.request.method) {
    case 'GET':
    case 'HEAD':
      return readProperty(context, of, attribute);
    case 'PUT':
    case 'PATCH':
      return writeProperty(context, of, attribute);
    case 'DELETE':
      return change(context, of, new Map([[attribute.logicalName, null]]));
    default:
      throw methodNotAllowed(context.request.method);
  }
}

/** `set(key)/column/$value`: text as it is. */
export function rawProperty(context: RequestContext, of: BoundRow, attribute: Attribute): Answer {
  assertAccess(context.environment, context.caller, of.entity, 'Read');
  const cell = of.row.cells.get(attribute.logicalName) ?? null;
  if (cell === null) return noContent();
  return text(200, cellText(cell));
}

function cellText(cell: Exclude<Cell, null>): string {
  if (typeof cell !== 'object') return String(cell);
  if ('id' in cell) return cell.id;
  return 'bytes' in cell ? cell.fileName : cell.join();
}

function readProperty(context: RequestContext, of: BoundRow, attribute: Attribute): Answer {
  assertAccess(context.environment, context.caller, of.entity, 'Read');
  const { entity, row } = of;
  const isLookup = ['Lookup', 'Customer', 'Owner'].includes(attribute.type);
  const name = isLookup ? `_${attribute.logicalName}_value` : attribute.logicalName;
  const shaped = shapeRow(context, entity, row, new Map([['$select', name]]));
  const value = shaped[name] ?? null;
  if (value === null) return noContent();
  const url = `${context.rootUrl}$metadata#${entity.entitySetName}(${row.id})/${name}`;
  return json({ '@odata.context': url, value });
}

function writeProperty(context: RequestContext, of: BoundRow, attribute: Attribute): Answer {
  const body = readJsonObject(of.entity.entitySetName, context.request.body);
  if (!('value' in body)) throw literalMismatch(of.entity, body, 'Edm.PrimitiveType');
  const payload = readPayload(context, of.entity, {
    body: { [attribute.logicalName]: body['value'] },
    mode: 'update',
  });
  return change(context, of, payload.cells);
}

function change(context: RequestContext, of: BoundRow, cells: Map<string, Cell>): Answer {
  const { entity, row } = of;
  assertPreconditions(context, entity, { row, id: row.id, keyCells: new Map() });
  updateRow(context, of.row, { entity: of.entity, cells, parents: [], nested: [] });
  return noContent();
}
