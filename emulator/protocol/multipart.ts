import { batchRefused } from '../errors/payload-errors.ts';
import type { RequestHeaders } from './request.ts';

/** One part of a multipart body. Text is one character per byte, so that bodies stay as sent. */
export interface MultipartPart {
  readonly headers: RequestHeaders;
  readonly content: string;
}

/** One request inside an `application/http` part. */
export interface PartRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly body: Uint8Array;
}

/** The boundary a multipart content type names, with or without quotes. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined || !/^multipart\/mixed/i.test(contentType.trim())) return undefined;
  return /boundary="?([^";]+)"?/i.exec(contentType)?.[1]?.trim();
}

/** rfc-editor.org/rfc/rfc2046#section-5.1.1 */
const maxBoundaryChars = 70;

/** Splits a body at its delimiter lines; text before the first and after the last is dropped. */
export function splitMultipart(body: string, boundary: string): readonly MultipartPart[] {
  if (boundary.length > maxBoundaryChars)
    throw batchRefused(`A boundary has at most ${maxBoundaryChars} characters.`);
  const escaped = boundary.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const delimiter = new RegExp(String.raw`(?:^|\r?\n)--${escaped}(--)?[ \t]*(?=\r?\n|$)`, 'g');
  const parts: MultipartPart[] = [];
  let start: number | undefined;
  for (const match of body.matchAll(delimiter)) {
    if (start !== undefined) parts.push(readPart(body.slice(start, match.index)));
    if (match[1] !== undefined) return parts;
    start = match.index + match[0].length;
  }
  // A body whose closing delimiter is missing has lost its end.
  if (start !== undefined)
    throw batchRefused('The batch request was not closed with its boundary.');
  return parts;
}

function readPart(text: string): MultipartPart {
  const { head, rest } = splitHead(text.replace(/^\r?\n/, ''));
  return { headers: readHeaders(head), content: rest };
}

/** Takes an `application/http` part apart. */
export function readPartRequest(content: string): PartRequest {
  const { head, rest } = splitHead(content.replace(/^(\r?\n)+/, ''));
  const [line = '', ...headerLines] = head.split(/\r?\n/);
  // Word by word: one expression for the whole line would try a line of blanks in all its parts.
  const method = /^[A-Za-z]+/.exec(line)?.[0] ?? '';
  const url = line
    .slice(method.length)
    .trim()
    .replace(/\sHTTP\/\d\.\d$/, '')
    .trimEnd();
  if (method === '' || url === '' || !/^\s/.test(line.slice(method.length))) {
    throw batchRefused(`Invalid request line in a batch part: '${line.slice(0, 100)}'.`);
  }
  let end = rest.length;
  while (rest[end - 1] === '\n') end -= rest[end - 2] === '\r' ? 2 : 1;
  const body = rest.slice(0, end);
  return {
    method: method.toUpperCase(),
    url,
    headers: readHeaders(headerLines.join('\n')),
    body: Buffer.from(body, 'latin1'),
  };
}

function splitHead(text: string): { readonly head: string; readonly rest: string } {
  if (/^\r?\n/.test(text)) return { head: '', rest: text.replace(/^\r?\n/, '') };
  const blank = /\r?\n[ \t]*\r?\n/.exec(text);
  if (blank === null) return { head: text, rest: '' };
  return { head: text.slice(0, blank.index), rest: text.slice(blank.index + blank[0].length) };
}

function readHeaders(text: string): RequestHeaders {
  const headers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0)
      headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}
