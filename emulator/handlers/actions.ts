import { invalidArgument, rowNotFound, unknownProperty } from '../errors/payload-errors.ts';
import { invalidXml, noFullImage } from '../errors/message-errors.ts';
import { assertAccess } from '../logic/access.ts';
import { json, noContent, type Answer } from '../protocol/answer.ts';
import type { RequestContext } from '../protocol/request.ts';
import { fileId } from '../query/column-value.ts';
import type { JsonObject } from '../query/interface.ts';
import { parseXml } from '../query/xml-tree.ts';
import type { StoredFile } from '../store/store.ts';
import type { BoundRow } from './bind.ts';
import { rowOfFile } from './file-attachments.ts';
import { chunkBytes, newFile, writeFile } from './file-column.ts';
import { isJsonObject, readJsonObject } from './read-payload.ts';
import { rowByKey } from './resolve-row.ts';
import { updateRow } from './write-row.ts';

/** One call of an unbound action. */
export interface ActionCall {
  readonly context: RequestContext;
  readonly parameters: JsonObject;
  /** The row of a bound action. */
  readonly boundTo?: BoundRow;
}

/** Answers an action: members of its response, or nothing. */
export type ActionHandler = (call: ActionCall) => JsonObject | undefined;

/** Every unbound action the emulator answers. */
export const actions: ReadonlyMap<string, ActionHandler> = new Map<string, ActionHandler>([
  ['InitializeFileBlocksUpload', initializeUpload],
  ['UploadBlock', uploadBlock],
  ['CommitFileBlocksUpload', commitUpload],
  ['InitializeFileBlocksDownload', initializeDownload],
  ['DownloadBlock', downloadBlock],
  ['DeleteFile', deleteFile],
  // Customizations are in effect at once.
  ['PublishAllXml', () => undefined],
  ['PublishXml', publish],
]);

/** `POST` of an unbound action. */
export function callAction(
  context: RequestContext,
  name: string,
  handler: ActionHandler,
  boundTo?: BoundRow,
): Answer {
  const { body } = context.request;
  const parameters = body.length === 0 ? {} : readJsonObject(name, body);
  const { store } = context.environment;
  const call = { context, parameters, ...(boundTo === undefined ? {} : { boundTo }) };
  const result = store.transaction(() => handler(call));
  if (result === undefined) return noContent();
  const url = `${context.rootUrl}$metadata#Microsoft.Dynamics.CRM.${name}Response`;
  return json({ '@odata.context': url, ...result });
}

function publish({ parameters }: ActionCall): undefined {
  const text = textOf(parameters, 'ParameterXml');
  try {
    parseXml(text);
  } catch {
    throw invalidXml();
  }
}

function initializeUpload({ context, parameters }: ActionCall): JsonObject {
  const target = targetOf(context, parameters);
  assertAccess(context.environment, context.caller, target.entity, 'Write');
  const token = context.transfers.beginUpload({
    table: target.entity.logicalName,
    id: target.row.id,
    column: fileColumnOf(target, parameters),
    fileName: textOf(parameters, 'FileName'),
  });
  return { FileContinuationToken: token };
}

function uploadBlock({ context, parameters }: ActionCall): undefined {
  const upload = context.transfers.upload(textOf(parameters, 'FileContinuationToken'));
  if (upload === undefined) throw invalidArgument('The file continuation token is not valid.');
  const bytes = Buffer.from(textOf(parameters, 'BlockData'), 'base64');
  if (bytes.length > chunkBytes) {
    throw invalidArgument(`A block may hold at most ${chunkBytes} bytes.`);
  }
  upload.blocks.set(textOf(parameters, 'BlockId'), bytes);
}

function commitUpload({ context, parameters }: ActionCall): JsonObject {
  const token = textOf(parameters, 'FileContinuationToken');
  const upload = context.transfers.upload(token);
  const { metadata, store } = context.environment;
  const entity = upload === undefined ? undefined : metadata.entity(upload.table);
  const row = upload === undefined ? undefined : store.get(upload.table, upload.id);
  if (upload === undefined || entity === undefined || row === undefined) {
    throw invalidArgument('The file continuation token is not valid.');
  }
  const blockList = parameters['BlockList'];
  if (!Array.isArray(blockList)) throw invalidArgument("The parameter 'BlockList' is missing.");
  const blocks = blockList.map((id: unknown) => {
    const block = upload.blocks.get(String(id));
    if (block === undefined) throw invalidArgument(`The block '${String(id)}' was not uploaded.`);
    return block;
  });
  const bytes = Buffer.concat(blocks);
  const fileId = context.environment.newId();
  const file = newFile(textOf(parameters, 'FileName'), bytes, textOf(parameters, 'MimeType'));
  writeFile(context, { entity, row }, { column: upload.column, file: { ...file, fileId } });
  context.transfers.endUpload(token);
  return { FileId: fileId, FileSizeInBytes: bytes.length };
}

function initializeDownload({ context, parameters }: ActionCall): JsonObject {
  const target = targetOf(context, parameters);
  assertAccess(context.environment, context.caller, target.entity, 'Read');
  const file = fileOf(target, fileColumnOf(target, parameters));
  return {
    FileSizeInBytes: file.bytes.length,
    FileName: file.fileName,
    FileContinuationToken: context.transfers.beginDownload({ bytes: file.bytes }),
    IsChunkingSupported: true,
  };
}

function downloadBlock({ context, parameters }: ActionCall): JsonObject {
  const download = context.transfers.download(textOf(parameters, 'FileContinuationToken'));
  if (download === undefined) throw invalidArgument('The file continuation token is not valid.');
  const offset = numberOf(parameters, 'Offset');
  const length = Math.min(numberOf(parameters, 'BlockLength'), chunkBytes);
  const bytes = download.bytes.subarray(offset, offset + length);
  return { Data: Buffer.from(bytes).toString('base64') };
}

function deleteFile({ context, parameters }: ActionCall): undefined {
  const { of, column } = rowOfFile(context.environment, textOf(parameters, 'FileId'));
  const cells = new Map([[column, null]]);
  updateRow(context, of.row, { entity: of.entity, cells, parents: [], nested: [] });
}

/** The row that an entity parameter names by its type and primary key. */
function targetOf(context: RequestContext, parameters: JsonObject): BoundRow {
  const target = parameters['Target'];
  const type = isJsonObject(target) ? target['@odata.type'] : undefined;
  if (!isJsonObject(target) || typeof type !== 'string') {
    throw invalidArgument("The parameter 'Target' needs an '@odata.type' and a primary key.");
  }
  const table = type.replace(/^#?Microsoft\.Dynamics\.CRM\./, '');
  const entity = context.environment.metadata.entity(table);
  const id = entity === undefined ? undefined : target[entity.primaryId];
  if (entity === undefined || typeof id !== 'string') {
    throw invalidArgument(`The parameter 'Target' names no row of '${table}'.`);
  }
  return { entity, row: rowByKey(context.environment, entity, id) };
}

function fileColumnOf(target: BoundRow, parameters: JsonObject): string {
  const column = textOf(parameters, 'FileAttributeName');
  const typeName = target.entity.attributes.get(column)?.typeName;
  if (typeName === undefined) throw unknownProperty(target.entity, column);
  if (typeName === 'FileType' || typeName === 'ImageType') return column;
  throw invalidArgument(`The column '${column}' holds no files.`);
}

function fileOf(target: BoundRow, column: string): StoredFile {
  const cell = target.row.cells.get(column);
  if (typeof cell === 'object' && cell !== null && 'bytes' in cell) {
    if (cell.thumbnail !== true) return cell;
    throw noFullImage(target.entity, {
      column,
      image: fileId(cell, target.row.id, column),
      row: target.row.id,
    });
  }
  throw rowNotFound(`${target.entity.logicalName} ${column} file of the row`, target.row.id);
}

function numberOf(parameters: JsonObject, name: string): number {
  const value = parameters[name];
  if (typeof value === 'number') return value;
  throw invalidArgument(`The required parameter '${name}' is missing.`);
}

function textOf(parameters: JsonObject, name: string): string {
  const value = parameters[name];
  if (typeof value === 'string') return value;
  throw invalidArgument(`The required parameter '${name}' is missing.`);
}
