import type { ServiceAnswer } from './service-answer.ts';

/** One request inside a batch. The path is relative to the Web API's root. */
export interface BatchPart {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string;
}

/**
 * A `multipart/mixed` body of independent requests: learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api.
 * Headers of the batch do not reach its parts, so each part has its own.
 */
export function composeBatch(
  parts: readonly BatchPart[],
  boundary: string,
  /** `/api/data/v9.2/` */
  root: string,
): string {
  let text = '';
  for (const [index, part] of parts.entries()) {
    text +=
      `--${boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n` +
      `Content-ID: ${index + 1}\r\n\r\n${part.method} ${root}${part.path} HTTP/1.1\r\nAccept: application/json\r\n`;
    for (const [name, value] of Object.entries(part.headers ?? {})) text += `${name}: ${value}\r\n`;
    if (part.body !== undefined) text += 'Content-Type: application/json; type=entry\r\n';
    text += `\r\n${part.body ?? ''}\r\n`;
  }
  return `${text}--${boundary}--\r\n`;
}

/** The same parts as one change set, which the service applies as a whole or not at all. */
export function composeChangeSet(
  parts: readonly BatchPart[],
  boundary: string,
  root: string,
): string {
  const inner = `changeset_${boundary}`;
  return (
    `--${boundary}\r\nContent-Type: multipart/mixed; boundary="${inner}"\r\n\r\n` +
    `${composeBatch(parts, inner, root)}--${boundary}--\r\n`
  );
}

/** The boundary a `Content-Type` header names, quoted or not. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const found = /boundary=(?:"([^"]+)"|([^\s;,]+))/i.exec(contentType ?? '');
  return found?.[1] ?? found?.[2];
}

/**
 * The answers of a batch in their order; those of a change set stand in place of it. Tolerates a
 * preamble, bare line feeds and an end that was cut off: what is whole is returned.
 */
export function parseBatch(body: Buffer, boundary: string): readonly ServiceAnswer[] {
  const answers: ServiceAnswer[] = [];
  for (const section of sections(body, boundary)) {
    const outer = readHeaders(section, 0);
    if (outer === undefined) continue;
    const inner = boundaryOf(outer.headers.get('content-type'));
    if (inner === undefined) {
      const answer = readAnswer(section.subarray(outer.end));
      if (answer !== undefined) answers.push(answer);
    } else answers.push(...parseBatch(section.subarray(outer.end), inner));
  }
  return answers;
}

const lineFeed = 10;
const carriageReturn = 13;

/** The bytes between delimiters; a delimiter stands at the start of a line. */
function sections(body: Buffer, boundary: string): readonly Buffer[] {
  const found: Buffer[] = [];
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  let start: number | undefined;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + 1)) {
    if (at > 0 && body[at - 1] !== lineFeed) continue;
    const after = at + delimiter.length;
    const isLast = body[after] === 45 && body[after + 1] === 45;
    if (!isLast && !isBlankUntilLineEnd(body, after)) continue;
    if (start !== undefined) found.push(body.subarray(start, beforeLineEnd(body, at)));
    if (isLast) return found;
    const lineEnd = body.indexOf(lineFeed, after);
    start = lineEnd < 0 ? body.length : lineEnd + 1;
  }
  // The closing delimiter is missing: the last section counts only if its own length says it is whole.
  if (start !== undefined) found.push(body.subarray(start));
  return found;
}

function isBlankUntilLineEnd(body: Buffer, from: number): boolean {
  for (let at = from; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === lineFeed) return true;
    if (byte !== carriageReturn && byte !== 32 && byte !== 9) return false;
  }
  return true;
}

function beforeLineEnd(body: Buffer, at: number): number {
  const end = at > 0 && body[at - 1] === lineFeed ? at - 1 : at;
  return end > 0 && body[end - 1] === carriageReturn ? end - 1 : end;
}

interface HeaderBlock {
  readonly headers: ReadonlyMap<string, string>;
  /** Where the body starts. */
  readonly end: number;
}

function readHeaders(bytes: Buffer, from: number): HeaderBlock | undefined {
  const headers = new Map<string, string>();
  for (let at = from; at < bytes.length;) {
    const lineEnd = bytes.indexOf(lineFeed, at);
    const stop = lineEnd < 0 ? bytes.length : lineEnd;
    const line = bytes.toString('latin1', at, stop).trimEnd();
    at = stop + 1;
    if (line === '') return { headers, end: Math.min(at, bytes.length) };
    const colon = line.indexOf(':');
    if (colon > 0)
      headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers.size === 0 ? undefined : { headers, end: bytes.length };
}

function readAnswer(bytes: Buffer): ServiceAnswer | undefined {
  let at = 0;
  while (bytes[at] === carriageReturn || bytes[at] === lineFeed) at += 1;
  const lineEnd = bytes.indexOf(lineFeed, at);
  if (lineEnd < 0) return undefined;
  // The reason may be missing or any text: `HTTP/1.1 429 Unknown Status Code`.
  const status = /^HTTP\/\d(?:\.\d)?\s+(\d{3})/.exec(bytes.toString('latin1', at, lineEnd))?.[1];
  if (status === undefined) return undefined;
  const block = readHeaders(bytes, lineEnd + 1);
  if (block === undefined)
    return { status: Number(status), headers: new Map(), body: Buffer.alloc(0) };
  return { status: Number(status), headers: block.headers, body: bytes.subarray(block.end) };
}
