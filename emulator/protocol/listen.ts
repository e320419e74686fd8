import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Emulator } from '../emulator.ts';
import { answerPage } from '../pages/app-pages.ts';
import type { EmulatorOptions, RunningEmulator } from '../server.ts';
import { InputError } from '#shared/errors/migration-error.ts';
import { createCertificate } from './certificate.ts';
import { answerSignIn } from './token-endpoint.ts';
import { answerAdmin } from './admin.ts';
import { errorAnswer, type Answer } from './answer.ts';
import { runBatch, type BatchOutcome } from './batch.ts';
import { ConnectionDropped, execute, type Outcome, type Session } from './execute.ts';
import { faultAnswer } from './fault-answers.ts';
import type { PartRequest } from './multipart.ts';
import { homePage } from './home-page.ts';
import { splitUrl } from './path.ts';
import { apiRoot, type RequestHeaders } from './request.ts';
import { notImplemented, segmentNotFound } from '../errors/payload-errors.ts';
import { signIn } from './sign-in.ts';
import { writeAnswer } from './write-answer.ts';

/** Opens the port and answers until closed. */
export async function listen(
  emulator: Emulator,
  options: EmulatorOptions,
): Promise<RunningEmulator> {
  const certificate = options.https === true ? createCertificate(Date.now()) : undefined;
  if (certificate !== undefined) emulator.certificate = certificate.certificate;
  const handle = (message: IncomingMessage, response: ServerResponse): void => {
    answer(emulator, options, { message, response }).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  };
  // Node's own refusal of long URLs must not come before the service's.
  const http = { keepAliveTimeout: 60_000, maxHeaderSize: 262_144 };
  const server =
    certificate === undefined
      ? createServer(http, handle)
      : createSecureServer(
          { ...http, key: certificate.key, cert: certificate.certificate },
          handle,
        );
  const port = await openPort(server, options.port);
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    ...(certificate === undefined ? {} : { certificate: certificate.certificate }),
    close: async () => {
      await closeServer(server);
      emulator.close();
    },
  };
}

async function openPort(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (cause) => {
      const what = `Port ${port} cannot be opened: ${cause.message}`;
      reject(new InputError('--port', what, 'Give another port, or 0 for any that is free.'));
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was opened');
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Clients keep connections alive; waiting for them would take as long as they like.
  server.closeAllConnections();
  await closed;
}

/** Longer ones must go into a batch: learn.microsoft.com/power-apps/developer/data-platform/webapi/compose-http-requests-handle-errors */
const maxUrlLength = 32_768;

const urlTooLong: Answer = {
  status: 414,
  headers: { 'Content-Type': 'text/html; charset=us-ascii' },
  body: '<!DOCTYPE HTML><HTML><HEAD><TITLE>Request URL Too Long</TITLE></HEAD><BODY><h2>Request URL Too Long</h2><hr><p>HTTP Error 414. The request URL is too long.</p></BODY></HTML>',
};

interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(
  emulator: Emulator,
  options: EmulatorOptions,
  exchange: Exchange,
): Promise<void> {
  const { message, response } = exchange;
  const request: PartRequest = {
    ...addressed(message.method ?? 'GET', message.url ?? '/'),
    headers: singleHeaders(message),
    body: await readBody(message),
  };
  const { path, query } = splitUrl(request.url);
  if (path.startsWith('/emulator/')) {
    writeAnswer(exchange, await answerAdmin(emulator, request));
    return;
  }
  const origin = originOf(options, request);
  if (path === '/' && request.method === 'GET') {
    writeAnswer(exchange, homePage({ ...emulator.overview(), origin }));
    return;
  }
  if (!apiRoot.test(request.url)) {
    const { method, body } = request;
    const shown = method === 'GET' ? answerPage(emulator.environment, request, origin) : undefined;
    if (shown !== undefined) {
      writeAnswer(exchange, shown);
      return;
    }
    const signInAnswer = answerSignIn(emulator, { method, path, body, origin });
    const cause = path.startsWith('/api/search/')
      ? notImplemented('the search service')
      : segmentNotFound(path);
    const unknown = errorAnswer(cause, { detailed: false });
    writeAnswer(exchange, signInAnswer ?? unknown);
    return;
  }
  if (request.url.length > maxUrlLength) {
    writeAnswer(exchange, urlTooLong, { service: options });
    return;
  }
  const started = performance.now();
  const served = await serve(emulator, options, request);
  const ms = Math.round((performance.now() - started) * 10) / 10;
  const { outcome, user } = served;
  const status = outcome === undefined || outcome.drop === true ? 0 : outcome.answer.status;
  emulator.log.add({
    method: request.method,
    path,
    ...(query === '' ? {} : { query }),
    status,
    ms,
    ...(user === undefined ? {} : { user }),
    ...(outcome?.parts === undefined ? {} : { parts: outcome.parts }),
  });
  if (outcome === undefined || outcome.drop === true) {
    response.destroy();
    message.socket.destroy();
    return;
  }
  const limits =
    user === undefined ? {} : emulator.protection.headers(user, limitTime(emulator, options));
  writeAnswer(
    { message, response },
    { ...outcome.answer, headers: { ...limits, ...outcome.answer.headers } },
    { truncate: outcome.truncate === true, service: options },
  );
}

/**
 * Jobs in the background are also asked for, and given up, at an address of their own; here they are over
 * before anybody asks: learn.microsoft.com/power-apps/developer/data-platform/background-operations
 */
function addressed(method: string, url: string): Pick<PartRequest, 'method' | 'url'> {
  const id = /^\/api\/backgroundoperation\/([0-9a-f-]{36})/i.exec(url)?.[1];
  if (id === undefined) return { method, url };
  const columns =
    'name,backgroundoperationstatecode,backgroundoperationstatuscode,outputparameters';
  return { method: 'GET', url: `/api/data/v9.2/backgroundoperations(${id})?$select=${columns}` };
}

interface Served {
  /** Absent when the connection is dropped before anything happened. */
  readonly outcome?: Partial<Pick<BatchOutcome, 'parts' | 'writes'>> & Outcome;
  readonly user?: string;
}

async function serve(
  emulator: Emulator,
  options: EmulatorOptions,
  request: PartRequest,
): Promise<Served> {
  const { environment, protection } = emulator;
  const version = apiRoot.exec(request.url)?.[0].replace(/\/?$/, '/') ?? '/';
  const origin = originOf(options, request);
  let session: Session;
  let user: string | undefined;
  try {
    const caller = signIn(environment, request.headers, origin);
    user = caller.userId;
    session = {
      environment,
      caller,
      faults: emulator.faults,
      transfers: emulator.transfers,
      rootUrl: `${origin}${version}`,
    };
    protection.admit(user, limitTime(emulator, options));
  } catch (error) {
    const answer = errorAnswer(error, { detailed: false });
    return { outcome: { answer }, ...(user === undefined ? {} : { user }) };
  }
  const started = performance.now();
  let outcome: Served['outcome'];
  try {
    outcome = isBatch(request) ? batch(session, request) : single(session, request);
  } catch (error) {
    if (!(error instanceof ConnectionDropped)) throw error;
  }
  const { timeScale = 1 } = options;
  const waitMs =
    ((options.latencyMs ?? 0) +
      (options.writeCostMs ?? 0) * (outcome?.writes ?? 0) +
      (outcome?.delaySeconds ?? 0) * 1000) /
    timeScale;
  // What the request took already is part of what it is to take.
  const restMs = waitMs - (performance.now() - started);
  if (restMs > 0) await sleep(restMs);
  const tookMs = (performance.now() - started) * timeScale;
  protection.finish(user, limitTime(emulator, options), tookMs);
  return { user, ...(outcome === undefined ? {} : { outcome }) };
}

function single(session: Session, request: PartRequest): NonNullable<Served['outcome']> {
  const outcome = execute(session, request, { kind: 'request', contentIds: new Map() });
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return { ...outcome, writes: reads ? 0 : (outcome.answer.writes ?? 1) };
}

/** The time by which the windows of service protection run. */
function limitTime(emulator: Emulator, { timeScale = 1 }: EmulatorOptions): number {
  return emulator.environment.now() * timeScale;
}

/** The batch itself can be hit by a fault, and so can each of its parts. */
function batch(session: Session, request: PartRequest): NonNullable<Served['outcome']> {
  const { path } = splitUrl(request.url);
  const rule = session.faults.hit({ method: request.method, path, tables: [] });
  if (rule === undefined) return runBatch(session, request);
  switch (rule.kind) {
    case '429':
    case '503':
    case 'deadlock':
    case 'duplicate':
    case 'error':
    case 'html':
      return { answer: faultAnswer(rule, 'request') };
    case 'drop-before':
      throw new ConnectionDropped();
    case 'drop-after':
      return { ...runBatch(session, request), drop: true };
    case 'truncate':
      return { ...runBatch(session, request), truncate: true };
    case 'slow': {
      const outcome = runBatch(session, request);
      const seconds = typeof rule.seconds === 'number' ? rule.seconds : 5;
      return { ...outcome, delaySeconds: (outcome.delaySeconds ?? 0) + seconds };
    }
    default:
      return rule.kind satisfies never;
  }
}

/** The host the client called: URLs in answers repeat it. */
function originOf(options: EmulatorOptions, request: PartRequest): string {
  const host = request.headers['host'] ?? '127.0.0.1';
  return `${options.https === true ? 'https' : 'http'}://${host}`;
}

function isBatch(request: PartRequest): boolean {
  return request.method === 'POST' && /\/\$batch\/?(\?|$)/i.test(request.url);
}

function singleHeaders(message: IncomingMessage): RequestHeaders {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

async function readBody(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}
