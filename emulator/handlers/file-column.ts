import { fileTooLarge, imageTooLarge, rangeNotThere } from '../errors/message-errors.ts';
import { invalidArgument, methodNotAllowed } from '../errors/payload-errors.ts';
import { assertAccess } from '../logic/access.ts';
import type { Attribute } from '../metadata/metadata.ts';
import { json, noContent, type Answer } from '../protocol/answer.ts';
import { decode } from '../protocol/path.ts';
import type { RequestContext } from '../protocol/request.ts';
import type { Cell, StoredFile } from '../store/store.ts';
import type { BoundRow } from './bind.ts';
import { assertNotBlocked } from './blocked-files.ts';
import { keptImage } from './image-sizes.ts';
import { property } from './property.ts';
import type { WriteContext } from './read-payload.ts';
import { updateRow } from './write-row.ts';

/** What one chunk may hold: learn.microsoft.com/power-apps/developer/data-platform/file-column-data */
export const chunkBytes = 4 * 1024 * 1024;

/** `set(key)/filecolumn`: a file in one request or in chunks, and its removal. */
export function fileColumn(context: RequestContext, of: BoundRow, attribute: Attribute): Answer {
  const { method, headers, options } = context.request;
  switch (method) {
    case 'GET':
      if (headers['range'] !== undefined || options.has('size'))
        return fileAsJson(context, of, attribute);
      return property(context, of, attribute);
    case 'DELETE':
      return property(context, of, attribute);
    case 'PATCH':
    case 'PUT': {
      // An image may come as the value of its column, in Base64.
      const isValue = headers['content-type']?.startsWith('application/json') === true;
      if (isValue && attribute.typeName === 'ImageType') return property(context, of, attribute);
      const token = options.get('sessiontoken');
      if (token !== undefined) return nextChunk(context, token);
      const fileName = givenName(context) ?? attribute.logicalName;
      if (headers['x-ms-transfer-mode'] === 'chunked') {
        return firstChunk(context, of, { column: attribute.logicalName, fileName });
      }
      writeFile(context, of, {
        column: attribute.logicalName,
        file: newFile(fileName, context.request.body),
      });
      return noContent();
    }
    default:
      throw methodNotAllowed(method);
  }
}

/** A file as a column keeps it. */
export function newFile(
  fileName: string,
  bytes: Uint8Array,
  mimeType = 'application/octet-stream',
): StoredFile {
  return { fileName, mimeType, bytes };
}

/** Writes a file as an update of its row. */
export function writeFile(
  context: WriteContext,
  of: BoundRow,
  to: { readonly column: string; readonly file: StoredFile },
): void {
  assertNotBlocked(context.environment, to.file.fileName);
  assertSize(of, to);
  const file = keptImage(of.entity.attributes.get(to.column), to.file);
  const cells = new Map<string, Cell>([[to.column, file]]);
  updateRow(context, of.row, { entity: of.entity, cells, parents: [], nested: [] });
}

/** `MaxSizeInKB` of the column: learn.microsoft.com/power-apps/developer/data-platform/file-column-data */
function assertSize(
  { entity }: BoundRow,
  { column, file }: { readonly column: string; readonly file: StoredFile },
): void {
  const attribute = entity.attributes.get(column);
  const most = attribute?.maxLength;
  if (most === undefined || file.bytes.length <= most * 1024) return;
  throw attribute?.typeName === 'ImageType'
    ? imageTooLarge(most * 1024, file.bytes.length)
    : fileTooLarge();
}

/** A file, or a range of it, as the value of its column: what `dynamics-web-api` asks for. */
function fileAsJson(context: RequestContext, of: BoundRow, attribute: Attribute): Answer {
  const raw = rawFile(context, of, attribute);
  if (raw.body === undefined) return raw;
  const url = `${context.rootUrl}$metadata#${of.entity.entitySetName}(${of.row.id})/${attribute.logicalName}`;
  const value = Buffer.from(raw.body).toString('base64');
  const { 'Content-Type': _, ...headers } = raw.headers;
  return json({ '@odata.context': url, value }, { status: raw.status, headers });
}

/** `set(key)/filecolumn/$value`: the bytes, whole or in the range the client asks for. */
export function rawFile(context: RequestContext, of: BoundRow, attribute: Attribute): Answer {
  assertAccess(context.environment, context.caller, of.entity, 'Read');
  const file = of.row.cells.get(attribute.logicalName) ?? null;
  if (file === null || typeof file !== 'object' || !('bytes' in file)) return noContent();
  if (file.thumbnail === true && context.request.options.get('size') === 'full') return noContent();
  const total = file.bytes.length;
  const name = encodeURIComponent(file.fileName);
  const headers = {
    'Content-Type': 'application/octet-stream',
    // Clients take a file for one only with this header, which the documentation does not list.
    'Content-Disposition': `attachment; filename="${name}"`,
    'x-ms-file-name': name,
    'x-ms-file-size': String(total),
    mimetype: file.mimeType,
    'Access-Control-Expose-Headers': 'x-ms-file-size; x-ms-file-name; mimetype',
  };
  const range = /^bytes=(\d+)-(\d*)$/.exec(context.request.headers['range'] ?? '');
  // No range begins within an empty file, so it is given as a whole.
  if (range?.[1] === undefined || total === 0) return { status: 200, headers, body: file.bytes };
  const start = Number(range[1]);
  if (start >= total) throw rangeNotThere();
  const asked = range[2] === '' ? total : Number(range[2]) + 1;
  const end = Math.min(asked, start + chunkBytes, total);
  return {
    status: 206,
    headers: {
      ...headers,
      'x-ms-chunk-size': String(chunkBytes),
      'Access-Control-Expose-Headers': 'x-ms-file-size; x-ms-file-name; x-ms-chunk-size; mimetype',
      'Content-Range': `bytes ${start}-${end - 1}/${total}`,
    },
    body: file.bytes.subarray(start, end),
  };
}

function givenName(context: RequestContext): string | undefined {
  const { headers, options } = context.request;
  // The header counts before the query: learn.microsoft.com/power-apps/developer/data-platform/file-column-data
  const name = headers['x-ms-file-name'] ?? options.get('x-ms-file-name');
  return name === undefined ? undefined : decode(name);
}

function firstChunk(
  context: RequestContext,
  of: BoundRow,
  to: { readonly column: string; readonly fileName: string },
): Answer {
  assertAccess(context.environment, context.caller, of.entity, 'Write');
  const token = context.transfers.beginUpload({
    table: of.entity.logicalName,
    id: of.row.id,
    ...to,
  });
  const path = `${of.entity.entitySetName}(${of.row.id})/${to.column}`;
  return {
    status: 200,
    headers: {
      'Accept-Ranges': 'bytes',
      Location: `${context.rootUrl}${path}?sessiontoken=${token}`,
      'x-ms-chunk-size': String(chunkBytes),
      'Access-Control-Expose-Headers': 'x-ms-chunk-size',
    },
  };
}

function nextChunk(context: RequestContext, token: string): Answer {
  const { environment, transfers, request } = context;
  const upload = transfers.upload(token);
  if (upload === undefined) throw invalidArgument('The session token is not valid or has expired.');
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(request.headers['content-range'] ?? '');
  const received = upload.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const [start, end, total] = [range?.[1], range?.[2], range?.[3]].map(Number);
  const isNext = start === received && end === start + request.body.length - 1;
  if (!isNext || end === undefined || total === undefined) {
    throw invalidArgument(
      `The Content-Range '${request.headers['content-range'] ?? ''}' does not continue the upload at byte ${received}.`,
    );
  }
  upload.chunks.push(request.body);
  if (end + 1 < total) return { status: 206, headers: {} };
  transfers.endUpload(token);
  const entity = environment.metadata.entity(upload.table);
  const row = environment.store.get(upload.table, upload.id);
  if (entity === undefined || row === undefined) {
    throw invalidArgument('The row of the upload is no longer there.');
  }
  const file = newFile(givenName(context) ?? upload.fileName, Buffer.concat(upload.chunks));
  writeFile(context, { entity, row }, { column: upload.column, file });
  return noContent();
}
