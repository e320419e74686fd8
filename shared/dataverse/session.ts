import { nextBatchSize, startBatchSize } from './batch-size.ts';
import { boundaryOf, composeBatch, parseBatch, type BatchPart } from './batch-text.ts';
import { DataverseError } from './dataverse-error.ts';
import type { Clock } from '../host/clock.ts';
import type { Ids } from '../host/ids.ts';
import type { Guid } from '../model/guid.ts';
import type { RequestCounts } from '../model/result.ts';
import { shownUrl } from './origin.ts';
import { backoffMs, retryAfterMs, statedRetryAfterMs } from './retry-after.ts';
import {
  answerError,
  isCutOff,
  isThrottled,
  isWebPage,
  type ServiceAnswer,
} from './service-answer.ts';
import type { Throttle } from './throttle.ts';
import type { TokenProvider } from './token-provider.ts';
import type { HttpRequest, Transport } from './transport.ts';
import { neverSent } from './transport-failure.ts';

export const apiRoot = '/api/data/v9.2/';

const attempts = 5;
// A wrong address should be told soon.
const connectAttempts = 3;
const throttleBudgetMs = 30 * 60_000;
const requestTimeoutMs = 120_000;
const batchTimeoutMs = 300_000;

export interface SessionParts {
  readonly origin: string;
  readonly transport: Transport;
  readonly tokens: TokenProvider;
  readonly throttle: Throttle;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** A GET inside a batch; there is no way to put anything else into a reading batch. */
export interface GetPart {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Purpose = 'read' | 'write';

interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly purpose: Purpose;
  readonly requestId: Guid;
  /** Told how long the service took for the answer, waiting for a turn not included. */
  readonly took?: (ms: number) => void;
}

/**
 * Requests to one environment as one identity: signed in, throttled, repeated where that is safe.
 * A 429 is waited for and is no attempt; a write that may have taken effect is never repeated here.
 */
export class Session {
  readonly origin: string;
  readonly #parts: SessionParts;
  #batchSize = startBatchSize;
  #read = 0;
  #write = 0;
  #throttled = 0;

  constructor(parts: SessionParts) {
    this.origin = parts.origin;
    this.#parts = parts;
  }

  get requests(): RequestCounts {
    return { read: this.#read, write: this.#write, throttled: this.#throttled };
  }

  get concurrency(): number {
    return this.#parts.throttle.limit;
  }

  /** Writes the next batch should hold. */
  get batchSize(): number {
    return this.#batchSize;
  }

  nextRequestId(): Guid {
    return this.#parts.ids.next();
  }

  async backOff(attempt: number, signal: AbortSignal): Promise<void> {
    await this.#parts.clock.sleep(backoffMs(attempt, this.#jitter()), signal);
  }

  /** One GET. `path` is relative to the Web API's root, or a next link as the service gave it. */
  async get(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ServiceAnswer> {
    const answer = await this.#exchange(
      {
        method: 'GET',
        path,
        headers: { 'If-None-Match': 'null', ...headers },
        purpose: 'read',
        requestId: this.nextRequestId(),
      },
      signal,
    );
    if (answer.status >= 400) throw this.error(answer, path);
    return answer;
  }

  /** Sends GETs as one batch; answers in the order given. Parts that were limited, failed for the moment or have no answer are sent again. */
  async getBatch(
    parts: readonly GetPart[],
    signal: AbortSignal,
  ): Promise<readonly ServiceAnswer[]> {
    const answers = new Map<number, ServiceAnswer>();
    const started = this.#parts.clock.now();
    let open = parts.map((part, index) => ({ part, index }));
    for (let attempt = 1; open.length > 0;) {
      const got = await this.#batch(
        open.map(({ part }) => ({ method: 'GET' as const, ...part })),
        'read',
        this.nextRequestId(),
        signal,
      );
      const again: typeof open = [];
      let limited = false;
      for (const [at, item] of open.entries()) {
        const answer = got[at];
        if (answer === undefined) again.push(item);
        else if (isThrottled(answer)) {
          limited = true;
          this.#pause(answer);
          again.push(item);
        } else if (attempt < attempts && this.#isTransient(answer, item.part.path))
          again.push(item);
        else answers.set(item.index, answer);
      }
      if (again.length > 0 && !limited) {
        if (attempt >= attempts) throw this.#unanswered(again.length, parts.length);
        await this.backOff(attempt, signal);
        attempt += 1;
      } else if (limited) this.#checkBudget(started, 0, '$batch');
      open = again;
    }
    return parts.flatMap((_, index) => answers.get(index) ?? []);
  }

  /** The error that an answer to a GET tells of. */
  error(answer: ServiceAnswer, path: string): DataverseError {
    return answerError(answer, `GET ${shownUrl(this.#url(path))}`, this.#parts.clock.now());
  }

  /**
   * Sends writes as one batch that continues on errors. An answer for each part, `undefined` where
   * there is none. Throws when the batch as a whole has no answer: then any part may have taken effect,
   * unless `neverSent`.
   */
  protected async writeBatch(
    parts: readonly BatchPart[],
    requestId: Guid,
    signal: AbortSignal,
  ): Promise<readonly (ServiceAnswer | undefined)[]> {
    const answers: (ServiceAnswer | undefined)[] = parts.map(() => undefined);
    const started = this.#parts.clock.now();
    let open = parts.map((part, index) => ({ part, index }));
    while (open.length > 0) {
      let got: readonly ServiceAnswer[];
      try {
        got = await this.#batch(
          open.map(({ part }) => part),
          'write',
          requestId,
          signal,
        );
      } catch (error) {
        if (open.length === parts.length) throw error;
        // What was answered before stays answered; only the rest is in doubt.
        for (const { index } of open) answers[index] = undefined;
        return answers;
      }
      const again: typeof open = [];
      for (const [at, item] of open.entries()) {
        const answer = got[at];
        if (answer !== undefined && isThrottled(answer)) {
          this.#pause(answer);
          answers[item.index] = answer;
          again.push(item);
        } else answers[item.index] = answer;
      }
      if (this.#isOverBudget(started, 0)) break;
      open = again;
    }
    return answers;
  }

  async #batch(
    parts: readonly BatchPart[],
    purpose: Purpose,
    requestId: Guid,
    signal: AbortSignal,
  ): Promise<readonly ServiceAnswer[]> {
    const boundary = `batch_${requestId}`;
    const answer = await this.#exchange(
      {
        method: 'POST',
        path: '$batch',
        headers: {
          'Content-Type': `multipart/mixed; boundary="${boundary}"`,
          Prefer: 'odata.continue-on-error',
        },
        body: composeBatch(parts, boundary, apiRoot),
        purpose,
        requestId,
        ...(purpose === 'write'
          ? {
              took: (ms) =>
                void (this.#batchSize = nextBatchSize(this.#batchSize, parts.length, ms)),
            }
          : {}),
      },
      signal,
    );
    const inner = boundaryOf(answer.headers.get('content-type'));
    // Without continue-on-error being honoured the answer is a 400 that still holds the parts that ran.
    if (inner !== undefined) return parseBatch(answer.body, inner).slice(0, parts.length);
    const where = `POST ${this.origin}${apiRoot}$batch`;
    if (answer.status >= 400) throw answerError(answer, where, this.#parts.clock.now());
    throw new DataverseError(
      'URM1052',
      {
        what: 'The answer to a batch is no batch',
        where,
        next: 'Run again; when it repeats, report it with the log.',
      },
      { status: answer.status, retryable: purpose === 'read' },
    );
  }

  async #exchange(exchange: Exchange, signal: AbortSignal): Promise<ServiceAnswer> {
    const { clock, tokens, throttle, transport } = this.#parts;
    const where = `${exchange.method} ${shownUrl(this.#url(exchange.path))}`;
    const started = clock.now();
    let renewed = false;
    for (let attempt = 1; ;) {
      const token = await tokens.token(signal);
      let answer: ServiceAnswer;
      try {
        answer = await throttle.run(async () => {
          this.#count(exchange.purpose);
          const left = clock.now();
          const came = await transport.send(this.#request(exchange, token), signal);
          exchange.took?.(clock.now() - left);
          return came;
        }, signal);
      } catch (error) {
        if (!this.#mayRepeat(error, exchange.purpose, attempt)) throw error;
        await this.backOff(attempt, signal);
        attempt += 1;
        continue;
      }
      throttle.hinted(answer.headers.get('x-ms-dop-hint'));
      if (answer.status === 401 && !renewed) {
        renewed = true;
        if ((await tokens.renew(token, signal)) !== undefined) continue;
      }
      if (isThrottled(answer)) {
        this.#checkBudget(started, this.#pause(answer), where);
        continue;
      }
      if (answer.status >= 300 && answer.status < 400 && answer.status !== 304)
        throw redirected(answer, where);
      if (exchange.purpose === 'read' && attempt < attempts && answer.status >= 400) {
        const error = answerError(answer, where, clock.now());
        if (error.retryable) {
          const stated = statedRetryAfterMs(answer.headers, clock.now());
          if (stated === undefined) await this.backOff(attempt, signal);
          else await clock.sleep(Math.min(stated, 60_000), signal);
          attempt += 1;
          continue;
        }
      }
      if (exchange.purpose === 'read' && isCutOff(answer)) {
        if (attempt >= attempts) throw cutOff(answer, where);
        await this.backOff(attempt, signal);
        attempt += 1;
        continue;
      }
      if (isWebPage(answer) && answer.status < 500) throw webPage(answer, where);
      if (answer.status < 400) throttle.succeeded();
      return answer;
    }
  }

  #request(exchange: Exchange, token: string): HttpRequest {
    return {
      method: exchange.method,
      url: this.#url(exchange.path),
      headers: {
        Accept: 'application/json',
        'OData-MaxVersion': '4.0',
        'OData-Version': '4.0',
        'User-Agent': 'unified-routing-migration',
        'x-ms-client-request-id': exchange.requestId,
        Authorization: `Bearer ${token}`,
        ...exchange.headers,
      },
      timeoutMs: exchange.method === 'POST' ? batchTimeoutMs : requestTimeoutMs,
      ...(exchange.body === undefined ? {} : { body: exchange.body }),
    };
  }

  /** Next links are followed as they are, but never to another host: the token goes with them. */
  #url(path: string): string {
    if (!/^https?:/i.test(path)) return `${this.origin}${apiRoot}${path}`;
    if (URL.canParse(path) && new URL(path).origin === this.origin) return path;
    throw new DataverseError(
      'URM1016',
      {
        what: 'The service names a next page on another host; it is not followed',
        where: shownUrl(path),
        next: 'Check the URL of the environment.',
      },
      {},
    );
  }

  #isTransient(answer: ServiceAnswer, path: string): boolean {
    return isCutOff(answer) || (answer.status >= 400 && this.error(answer, path).retryable);
  }

  #count(purpose: Purpose): void {
    if (purpose === 'read') this.#read += 1;
    else this.#write += 1;
  }

  #mayRepeat(error: unknown, purpose: Purpose, attempt: number): boolean {
    if (!(error instanceof DataverseError) || !error.retryable) return false;
    return neverSent(error) ? attempt < connectAttempts : purpose === 'read' && attempt < attempts;
  }

  /** Stops all requests of this identity for as long as the answer says. */
  #pause(answer: ServiceAnswer): number {
    this.#throttled += 1;
    const waitMs = retryAfterMs(answer.headers, this.#parts.clock.now());
    this.#parts.throttle.throttled(waitMs + Math.round(this.#jitter() * Math.min(1000, waitMs)));
    return waitMs;
  }

  #checkBudget(started: number, waitMs: number, where: string): void {
    if (!this.#isOverBudget(started, waitMs)) return;
    throw new DataverseError(
      'URM1046',
      {
        what: `The service protection limits did not ease within ${throttleBudgetMs / 60_000} minutes`,
        where,
        next: 'Run again later, or with another application user: the limits hold for each user.',
      },
      { status: 429, retryable: true },
    );
  }

  #isOverBudget(started: number, waitMs: number): boolean {
    return this.#parts.clock.now() + waitMs - started > throttleBudgetMs;
  }

  #unanswered(missing: number, of: number): DataverseError {
    return new DataverseError(
      'URM1048',
      {
        what: `${missing} of ${of} parts of a batch have no answer`,
        where: `POST ${this.origin}${apiRoot}$batch`,
        next: 'Run again later.',
      },
      { retryable: true },
    );
  }

  /** In [0, 1), from the ids port, so that tests know it. */
  #jitter(): number {
    return Number.parseInt(this.#parts.ids.next().slice(0, 8), 16) / 2 ** 32;
  }
}

/** A session that may also write. */
export class WriteSession extends Session {
  override writeBatch(
    parts: readonly BatchPart[],
    requestId: Guid,
    signal: AbortSignal,
  ): Promise<readonly (ServiceAnswer | undefined)[]> {
    return super.writeBatch(parts, requestId, signal);
  }
}

function redirected(answer: ServiceAnswer, where: string): DataverseError {
  const target = answer.headers.get('location');
  const host = target !== undefined && URL.canParse(target) ? ` to ${new URL(target).host}` : '';
  return new DataverseError(
    'URM1016',
    {
      what: `The server answered with a redirect${host}; it is not followed`,
      where,
      next: 'Give the URL of the environment itself, not of a page or an app.',
    },
    { status: answer.status },
  );
}

function cutOff(answer: ServiceAnswer, where: string): DataverseError {
  return new DataverseError(
    'URM1015',
    {
      what: 'The answer stops in the middle, again and again',
      where,
      next: 'Run again; when it repeats, look at the network and the proxy.',
    },
    { status: answer.status, retryable: true },
  );
}

function webPage(answer: ServiceAnswer, where: string): DataverseError {
  return new DataverseError(
    'URM1017',
    {
      what: `The server answered ${answer.status} with a web page, not as the Dataverse Web API does`,
      where,
      next: 'Check the URL, and whether the network or a proxy asks for a sign-in of its own.',
    },
    { status: answer.status },
  );
}
