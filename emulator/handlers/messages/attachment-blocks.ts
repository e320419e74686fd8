import { invalidArgument } from '../../errors/payload-errors.ts';
import type { JsonObject } from '../../query/interface.ts';
import type { Cell } from '../../store/store.ts';
import { isJsonObject, readPayload } from '../read-payload.ts';
import { createRow, updateRow } from '../write-row.ts';
import { typeOf } from '../entity-parameter.ts';
import { textParameter, type MessageCall, type MessageHandler } from './message.ts';

/** Attachments of e-mails and notes in blocks: learn.microsoft.com/power-apps/developer/data-platform/attachment-annotation-files */
export const attachmentActions: ReadonlyMap<string, MessageHandler> = new Map<
  string,
  MessageHandler
>([
  ['InitializeAttachmentBlocksUpload', initialize],
  ['InitializeAnnotationBlocksUpload', initialize],
  ['CommitAttachmentBlocksUpload', (call) => commit(call, 'body')],
  ['CommitAnnotationBlocksUpload', (call) => commit(call, 'documentbody')],
  ['InitializeAttachmentBlocksDownload', (call) => download(call, 'body')],
  ['InitializeAnnotationBlocksDownload', (call) => download(call, 'documentbody')],
]);

function initialize({ context }: MessageCall): JsonObject {
  const token = context.transfers.beginUpload({ table: '', id: '', column: '', fileName: '' });
  return { FileContinuationToken: token };
}

function target(call: MessageCall): JsonObject {
  const value = call.parameters['Target'];
  if (isJsonObject(value)) return value;
  throw invalidArgument("The required parameter 'Target' is missing.");
}

/** Makes the row, or changes the one that the target names, with the blocks as its content. */
function commit(call: MessageCall, column: string): JsonObject {
  const { context, parameters } = call;
  const token = textParameter(call, 'FileContinuationToken');
  const upload = context.transfers.upload(token);
  if (upload === undefined) throw invalidArgument('The file continuation token is not valid.');
  const list = parameters['BlockList'];
  if (!Array.isArray(list)) throw invalidArgument("The parameter 'BlockList' is missing.");
  const bytes = Buffer.concat(
    (list as readonly unknown[]).map((id) => {
      const block = upload.blocks.get(String(id));
      if (block === undefined) throw invalidArgument(`The block '${String(id)}' was not uploaded.`);
      return block;
    }),
  );
  const body = target(call);
  const entity = typeOf(context, body, 'Target');
  const given = body[entity.primaryId];
  const known =
    typeof given === 'string'
      ? context.environment.store.get(entity.logicalName, given)
      : undefined;
  const payload = readPayload(context, entity, {
    body,
    mode: known === undefined ? 'create' : 'update',
  });
  const content: readonly [string, Cell][] = [
    [column, bytes.toString('base64')],
    ['filesize', bytes.length],
  ];
  if (entity.attributes.has('isdocument')) payload.cells.set('isdocument', true);
  for (const [name, cell] of content) payload.cells.set(name, cell);
  const row =
    known === undefined ? createRow(context, payload) : updateRow(context, known, payload);
  context.transfers.endUpload(token);
  const idName = entity.logicalName === 'annotation' ? 'AnnotationId' : 'ActivityMimeAttachmentId';
  return { FileSizeInBytes: bytes.length, [idName]: row.id };
}

function download(call: MessageCall, column: string): JsonObject {
  const { context } = call;
  const body = target(call);
  const entity = typeOf(context, body, 'Target');
  const row = context.environment.store.get(entity.logicalName, String(body[entity.primaryId]));
  const content = row?.cells.get(column);
  if (row === undefined || typeof content !== 'string') {
    throw invalidArgument(`The row of '${entity.logicalName}' has no file.`);
  }
  const bytes = Buffer.from(content, 'base64');
  const name = row.cells.get('filename');
  return {
    FileContinuationToken: context.transfers.beginDownload({ bytes }),
    FileName: typeof name === 'string' ? name : '',
    FileSizeInBytes: bytes.length,
  };
}
