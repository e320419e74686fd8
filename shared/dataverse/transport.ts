import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { DataverseError } from './dataverse-error.ts';
import { isLoopback, managedIdentityHost, shownUrl } from './origin.ts';
import { proxyFor } from './proxy.ts';
import { connectTimeout, transportFailure } from './transport-failure.ts';
import { trustedRoots } from './trusted-roots.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs: number;
}

/** Header names in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Bytes there and back: one request, one answer of any status. Throws a `DataverseError` when none came. */
export interface Transport {
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

export interface TransportOptions {
  /** Reads `HTTPS_PROXY`, `NO_PROXY` and the agent's proxy variables. */
  readonly variable: (name: string) => string | undefined;
  readonly maxSockets: number;
  /** How long a connection may take to come about, TLS included; half a minute when not said. */
  readonly connectMs?: number | undefined;
}

// Machines that answer at all do so in less than a second; a lost packet is sent again after one and three.
const usualConnectMs = 30_000;

// A page of 5,000 rows with long texts stays below this; more is no answer of Dataverse.
const maxAnswerBytes = 256 * 1024 * 1024;

/**
 * Ends connections that do not come about in time: nothing of a request has left then. The system alone
 * would try for two minutes, and for ever where a machine takes a connection and says no word of TLS.
 */
function limitConnect<Agent extends HttpAgent>(
  agent: Agent,
  event: 'connect' | 'secureConnect',
  ms: number,
): Agent {
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const socket = open(options, done);
    if (socket instanceof Socket) {
      const late = Object.assign(new Error(`no connection within ${ms} ms`), {
        code: connectTimeout,
      });
      const timer = setTimeout(() => socket.destroy(late), ms);
      const clear = (): void => clearTimeout(timer);
      socket.once(event, clear).once('close', clear);
    }
    return socket;
  };
  return agent;
}

/** The HTTP library takes bytes as a buffer only; this one shares their memory. */
function bodyOf({ body }: HttpRequest): string | Buffer | undefined {
  if (body === undefined || typeof body === 'string') return body;
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/**
 * The connection to hosts: keep-alive, gzip, no redirects, no cookies. Without the affinity cookie
 * requests spread over the web servers, as
 * learn.microsoft.com/power-apps/developer/data-platform/send-parallel-requests advises.
 */
export function openTransport(options: TransportOptions): Transport {
  const sockets = { keepAlive: true, maxSockets: options.maxSockets, timeout: 600_000 };
  const connectMs = options.connectMs ?? usualConnectMs;
  const httpAgent = limitConnect(new HttpAgent(sockets), 'connect', connectMs);
  const roots = trustedRoots(options.variable);
  const tls = {
    // Said, because what is not said NODE_TLS_REJECT_UNAUTHORIZED=0 would switch off.
    rejectUnauthorized: true,
    ...(roots === undefined ? {} : { ca: [...roots] }),
  };
  const ownHttpsAgent = new HttpsAgent({ ...sockets, ...tls });
  const httpsAgent = limitConnect(ownHttpsAgent, 'secureConnect', connectMs);
  // Only its options count, for the tunnel: with a timeout it would stay that long for a silent proxy.
  const tunnelAgent = new HttpsAgent(tls);
  // Loaded with the first request: what only checks its inputs should start without it.
  const open = async (): Promise<AxiosInstance> => {
    const { create } = await import('axios');
    return create({
      httpAgent,
      httpsAgent,
      maxRedirects: 0,
      maxContentLength: maxAnswerBytes,
      maxBodyLength: Infinity,
      responseType: 'arraybuffer',
      validateStatus: null,
      decompress: true,
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
    });
  };
  let opened: Promise<AxiosInstance> | undefined;

  return {
    async send(request, signal) {
      signal.throwIfAborted();
      const url = new URL(request.url);
      if (
        url.protocol !== 'https:' &&
        !isLoopback(url.hostname) &&
        url.hostname !== managedIdentityHost
      )
        throw new DataverseError(
          'URM1010',
          {
            what: 'Plain http is refused outside this machine: a token would be readable on the way',
            where: shownUrl(request.url),
            next: 'Use https.',
          },
          {},
        );
      const controller = new AbortController();
      const stop = (): void => controller.abort(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      let timedOut = false;
      // Over the whole answer: a server that sends a byte now and then is late as well.
      const timer = setTimeout(() => {
        timedOut = true;
        controller.abort();
      }, request.timeoutMs);
      const proxy = proxyFor(url, options.variable);
      let response: AxiosResponse<Buffer>;
      try {
        opened ??= open();
        const client = await opened;
        response = await client.request<Buffer>({
          method: request.method,
          url: request.url,
          headers: { 'Accept-Encoding': 'gzip, deflate, br', ...request.headers },
          data: bodyOf(request),
          proxy: proxy ?? false,
          ...(proxy === undefined ? {} : { httpsAgent: tunnelAgent }),
          signal: controller.signal,
        });
      } catch (error) {
        signal.throwIfAborted();
        throw transportFailure(error, request, { timedOut, proxy });
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      }
      const headers = new Map<string, string>();
      for (const [name, value] of Object.entries(response.headers))
        headers.set(name.toLowerCase(), String(value));
      return { status: response.status, headers, body: response.data };
    },
    close() {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}
