import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A request as the scripted server saw it. */
export interface ScriptedRequest {
  readonly method: string;
  /** Path and query, decoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What the server does with one request. */
export type Step = (request: ScriptedRequest, response: ServerResponse) => void;

/** A tiny server that answers as a test says: first the steps in order, then `otherwise`. */
export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly ScriptedRequest[];
  /** Replaces what is left of an earlier script. */
  script(steps: readonly Step[], otherwise?: Step): void;
}

/** A scripted server that lives as long as the surrounding `describe`. */
export function withScriptedServer(): ScriptedServer {
  let url = '';
  let steps: Step[] = [];
  let fallback: Step = json(404, {});
  const requests: ScriptedRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = seen(incoming, Buffer.concat(chunks).toString('utf8'));
      requests.push(request);
      (steps.shift() ?? fallback)(request, response);
    });
  });
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    get url() {
      return url;
    },
    requests,
    script: (next, otherwise = json(404, {})) => {
      requests.length = 0;
      steps = [...next];
      fallback = otherwise;
    },
  };
}

function seen(incoming: IncomingMessage, body: string): ScriptedRequest {
  return {
    method: incoming.method ?? '',
    path: decodeURIComponent(incoming.url ?? ''),
    headers: incoming.headers,
    body,
  };
}

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Step {
  return (_, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

export function serviceError(status: number, code: string, message = 'No.'): Step {
  return json(status, { error: { code, message } });
}

/** 429 with a `Retry-After` as given; without one where `retryAfter` is absent. */
export function throttled(retryAfter?: string): Step {
  return json(
    429,
    { error: { code: '0x80072322', message: 'Number of requests exceeded the limit of 6000.' } },
    retryAfter === undefined ? {} : { 'Retry-After': retryAfter },
  );
}

export function webPage(status: number): Step {
  return (_, response) => {
    response.writeHead(status, { 'Content-Type': 'text/html' });
    response.end('<!DOCTYPE html><html><body>Sign in to the Wi-Fi</body></html>');
  };
}

/** Closes the connection without an answer. */
export const reset: Step = (_, response) => {
  response.destroy();
};

/** Begins to answer and never goes on. */
export const stall: Step = (_, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write('{');
};

/** Announces more than it sends. */
export const truncated: Step = (_, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"value":[');
  setImmediate(() => response.destroy());
};

/** A gzip stream that ends too early. */
export const truncatedGzip: Step = (_, response) => {
  const bytes = gzipSync(JSON.stringify({ value: Array.from({ length: 500 }, (_, at) => at) }));
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Content-Encoding': 'gzip',
    'Content-Length': String(half.length),
  });
  response.end(half);
};

/** A `multipart/mixed` answer with the given parts, each a status line with what follows it. */
export function batch(parts: readonly string[], status = 200): Step {
  return (_, response) => {
    response.writeHead(status, { 'Content-Type': 'multipart/mixed; boundary=batchresponse_1' });
    for (const part of parts)
      response.write(
        `--batchresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 ${part}\r\n`,
      );
    response.end('--batchresponse_1--\r\n');
  };
}

/** A part for `batch`. */
export function part(status: string, body?: unknown): string {
  return body === undefined
    ? `${status}\r\nOData-Version: 4.0\r\n\r\n`
    : `${status}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}`;
}
