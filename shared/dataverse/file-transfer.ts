import { answerCutOff } from './answer-errors.ts';
import { DataverseError } from './dataverse-error.ts';
import type { FileValue } from '../model/row.ts';
import type { ServiceAnswer } from './service-answer.ts';
import type { Session, WriteSession } from './session.ts';

/** What one request carries: learn.microsoft.com/power-apps/developer/data-platform/file-column-data. */
const chunkBytes = 4 * 1024 * 1024;
const attempts = 3;

/** A file on its way out of an environment. */
export interface FileDownload {
  readonly fileName: string;
  readonly bytes: number;
  /** Chunk by chunk; to be read once. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** A file on its way into an environment; its content may be asked for again. */
export interface FileUpload extends Pick<FileValue, 'fileName' | 'bytes'> {
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** Opens the file of `set(id)/column`; `undefined` where the column holds none. */
export async function downloadFile(
  session: Session,
  path: string,
  signal: AbortSignal,
): Promise<FileDownload | undefined> {
  let first: ServiceAnswer;
  try {
    first = await getRange(session, path, 0, signal);
  } catch (error) {
    if (error instanceof DataverseError && error.status === 404) return undefined;
    throw error;
  }
  if (first.status === 204) return undefined;
  const bytes = first.status === 206 ? totalOf(first, path) : first.body.length;
  return {
    fileName: fileNameOf(first),
    bytes,
    content: chunksOf(session, path, { first, bytes }, signal),
  };
}

async function* chunksOf(
  session: Session,
  path: string,
  file: { readonly first: ServiceAnswer; readonly bytes: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let received = file.first.body.length;
  if (received > 0) yield file.first.body;
  while (received < file.bytes) {
    const answer = await getRange(session, path, received, signal);
    const isWhole = answer.status === 206 && totalOf(answer, path) === file.bytes;
    // Nothing more, or the file was replaced while it was read.
    if (!isWhole || answer.body.length === 0) throw answerCutOff(answer, `GET ${path}`);
    received += answer.body.length;
    yield answer.body;
  }
}

function getRange(
  session: Session,
  path: string,
  from: number,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const headers = {
    Accept: 'application/octet-stream',
    Range: `bytes=${from}-${from + chunkBytes - 1}`,
  };
  return session.get(`${path}/$value`, headers, signal);
}

function totalOf(answer: ServiceAnswer, path: string): number {
  const range = answer.headers.get('content-range') ?? '';
  const total = /\/(\d+)$/.exec(range)?.[1] ?? answer.headers.get('x-ms-file-size');
  if (total === undefined) throw answerCutOff(answer, `GET ${path}`);
  return Number(total);
}

function fileNameOf(answer: ServiceAnswer): string {
  const name = answer.headers.get('x-ms-file-name') ?? '';
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Writes a file into `set(id)/column`: a small one in one request, a larger one in chunks. */
export async function uploadFile(
  session: WriteSession,
  path: string,
  file: FileUpload,
  signal: AbortSignal,
): Promise<void> {
  const target = `${path}?x-ms-file-name=${encodeURIComponent(file.fileName)}`;
  if (file.bytes <= chunkBytes) {
    const pieces: Uint8Array[] = [];
    for await (const piece of file.content()) pieces.push(piece);
    const body = Buffer.concat(pieces);
    requireLength(body.length, file, path);
    const headers = { 'Content-Type': 'application/octet-stream', ...named(file.fileName) };
    await session.write({ method: 'PATCH', path: target, headers, body, repeatable: true }, signal);
    return;
  }
  for (let attempt = 1; ; attempt += 1)
    try {
      await uploadChunks(session, target, file, signal);
      return;
    } catch (error) {
      // A chunk that may have arrived is not sent again: the upload begins anew.
      const mayPass = error instanceof DataverseError && error.retryable && attempt < attempts;
      if (!mayPass) throw error;
      await session.backOff(attempt, signal);
    }
}

async function uploadChunks(
  session: WriteSession,
  target: string,
  file: FileUpload,
  signal: AbortSignal,
): Promise<void> {
  const begun = await session.write(
    {
      method: 'PATCH',
      path: target,
      headers: { 'x-ms-transfer-mode': 'chunked', ...named(file.fileName) },
      repeatable: true,
    },
    signal,
  );
  const place = begun.headers.get('location');
  if (place === undefined) throw answerCutOff(begun, `PATCH ${target}`);
  const stated = Number(begun.headers.get('x-ms-chunk-size') ?? '');
  const size = Number.isInteger(stated) && stated > 0 ? Math.min(stated, chunkBytes) : chunkBytes;
  let sent = 0;
  for await (const body of inPieces(file.content(), size)) {
    if (sent + body.length > file.bytes) requireLength(sent + body.length, file, target);
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Content-Range': `bytes ${sent}-${sent + body.length - 1}/${file.bytes}`,
      ...named(file.fileName),
    };
    await session.write({ method: 'PATCH', path: place, headers, body }, signal);
    sent += body.length;
  }
  requireLength(sent, file, target);
}

/** Headers take ASCII only; the address names the file in any case. */
function named(fileName: string): Readonly<Record<string, string>> {
  const isPlain = /^[ -~]*$/.test(fileName) && !fileName.includes('%');
  return { 'x-ms-file-name': isPlain ? fileName : encodeURIComponent(fileName) };
}

function requireLength(length: number, file: FileUpload, path: string): void {
  if (length === file.bytes) return;
  throw new DataverseError(
    'URM1053',
    {
      what: `The file '${file.fileName}' has another length than the ${file.bytes} bytes that were announced`,
      where: path.split('?')[0] ?? path,
      next: 'Export the package again.',
    },
    {},
  );
}

/** The same bytes in pieces of one size; the last one may be shorter. */
async function* inPieces(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  const held: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of content)
    for (let at = 0; at < bytes.length;) {
      const taken = bytes.subarray(at, at + size - length);
      held.push(taken);
      length += taken.length;
      at += taken.length;
      if (length < size) continue;
      yield Buffer.concat(held);
      held.length = 0;
      length = 0;
    }
  if (length > 0) yield Buffer.concat(held);
}
