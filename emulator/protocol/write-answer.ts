import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Answer } from './answer.ts';

const exposed =
  'Preference-Applied,OData-EntityId,Location,ETag,OData-Version,Content-Encoding,Transfer-Encoding,Content-Length,Retry-After';

/** A small window for small answers: setting up a large one costs more than compressing. */
const smallGzip = { level: 1, memLevel: 1, windowBits: 9 };

/** What an emulator says of itself in every answer of the service. */
export interface ServiceSettings {
  readonly dopHint?: number;
}

const usualHint = 48;

/** Headers that every answer of the service has. */
function serviceHeaders(dopHint: number): Record<string, string | string[]> {
  const id = randomUUID();
  return {
    'Cache-Control': 'no-cache',
    Allow: 'OPTIONS,GET,HEAD,POST',
    Expires: '-1',
    Vary: 'Accept-Encoding',
    // The service sends this one twice.
    'x-ms-service-request-id': [id, id],
    REQ_ID: randomUUID(),
    'CRM.ServiceId': 'framework',
    AuthActivityId: randomUUID(),
    'x-ms-dop-hint': String(dopHint),
    'OData-Version': '4.0',
    Public: 'OPTIONS,GET,HEAD,POST',
    'Access-Control-Expose-Headers': exposed,
  };
}

/** Writes an answer, compressed where the client takes it, cut in the middle where a fault says so. */
export function writeAnswer(
  exchange: { readonly message: IncomingMessage; readonly response: ServerResponse },
  answer: Answer,
  options: { readonly truncate?: boolean; readonly service?: ServiceSettings } = {},
): void {
  const { message, response } = exchange;
  const headers: Record<string, string | string[]> = {
    ...(options.service === undefined ? {} : serviceHeaders(options.service.dopHint ?? usualHint)),
    ...answer.headers,
  };
  let body = answer.body === undefined ? undefined : Buffer.from(answer.body);
  const takesGzip = /\bgzip\b/i.test(message.headers['accept-encoding'] ?? '');
  if (body !== undefined && body.length > 0 && takesGzip) {
    body = gzipSync(body, body.length < 2048 ? smallGzip : { level: 1 });
    headers['Content-Encoding'] = 'gzip';
  }
  const hasBody = answer.status !== 204 && answer.status !== 304;
  if (hasBody) headers['Content-Length'] = String(body?.length ?? 0);
  response.writeHead(answer.status, headers);
  if (options.truncate === true) {
    response.write(body?.subarray(0, Math.floor(body.length / 2)) ?? '', () => {
      message.socket.destroy();
    });
    return;
  }
  response.end(message.method === 'HEAD' || !hasBody ? undefined : body);
}
