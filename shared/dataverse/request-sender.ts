import {
  answerCutOff,
  limitedForTooLong,
  redirectRefused,
  webPageInstead,
} from './answer-errors.ts';
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
import type { Principal, Principals } from './principals.ts';
import type { HttpRequest, Transport } from './transport.ts';
import { neverSent } from './transport-failure.ts';

export const apiRoot = '/api/data/v9.2/';

/** How often a request is tried where the failure passes by itself; waiting for a 429 is no try. */
export const attempts = 5;
// A wrong address should be told soon.
const connectAttempts = 3;
const throttleBudgetMs = 30 * 60_000;
const longestStatedMs = 60_000;

export interface SenderParts {
  readonly origin: string;
  readonly transport: Transport;
  readonly principals: Principals;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly timeouts?: Timeouts | undefined;
}

/** How long an answer may take. */
export interface Timeouts {
  readonly getMs: number;
  readonly batchMs: number;
  /** How long a connection may take before; see the transport. */
  readonly connectMs?: number;
}

// Server logic may take two minutes for a write; gateways cut longer requests after four to five.
const usualTimeouts: Timeouts = { getMs: 120_000, batchMs: 300_000 };

export type Purpose = 'read' | 'write';

export interface ServiceRequest {
  readonly method: HttpRequest['method'];
  /** Relative to the Web API's root, or a next link as the service gave it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly purpose: Purpose;
  /** A write that does no harm when it is done twice. */
  readonly repeatable?: boolean;
  readonly requestId: Guid;
  /** Who asks; absent: the first. Writes go as whoever may send soonest. */
  readonly as?: Principal;
  /** Told how long the service took for the answer, waiting for a turn not included. */
  readonly took?: (ms: number) => void;
}

/** An answer, and whose request it answers: a refusal for too many stops this principal only. */
export interface SentAnswer extends ServiceAnswer {
  readonly sentBy: Principal;
}

/**
 * Sends requests to one environment: signed in, throttled, repeated where that is
 * safe. A 429 is waited for; a write that may have taken effect is never repeated here.
 */
export class RequestSender {
  readonly origin: string;
  readonly #parts: SenderParts;
  /** It has answered as Dataverse does: a web page in between is an accident, not the wrong address. */
  #isKnown = false;
  #read = 0;
  #write = 0;
  #throttled = 0;
  #quickestMs = Infinity;

  constructor(parts: SenderParts) {
    this.origin = parts.origin;
    this.#parts = parts;
  }

  get requests(): RequestCounts {
    return { read: this.#read, write: this.#write, throttled: this.#throttled };
  }

  /** The quickest answer so far: what the way there and back takes at most. */
  get quickestMs(): number {
    return this.#quickestMs;
  }

  get concurrency(): number {
    return this.#parts.principals.limit;
  }

  get principals(): Principals {
    return this.#parts.principals;
  }

  nextRequestId(): Guid {
    return this.#parts.ids.next();
  }

  now(): number {
    return this.#parts.clock.now();
  }

  async backOff(attempt: number, signal: AbortSignal): Promise<void> {
    await this.#parts.clock.sleep(backoffMs(attempt, this.#jitter()), signal);
  }

  /** The answer, of whatever status; throws when none can be had or it is none of Dataverse's. */
  async send(request: ServiceRequest, signal: AbortSignal): Promise<SentAnswer> {
    const { principals } = this.#parts;
    const where = this.where(request.method, request.path);
    const started = this.now();
    const isRepeatable = request.purpose === 'read' || request.repeatable === true;
    const renewed = new Set<Principal>();
    for (let attempt = 1; ;) {
      const as = request.purpose === 'read' ? (request.as ?? principals.first) : undefined;
      const principal = principals.chosen(as);
      const { tokens, throttle } = principal;
      const token = await tokens.token(signal).catch((error: unknown) => {
        principals.left(principal);
        throw error;
      });
      let answer: ServiceAnswer;
      try {
        answer = await throttle
          .run(() => this.#sendOnce(request, token, signal), signal)
          .finally(() => principals.left(principal));
      } catch (error) {
        if (!mayRepeat(error, isRepeatable, attempt)) throw error;
        await this.backOff(attempt, signal);
        attempt += 1;
        continue;
      }
      throttle.hinted(answer.headers.get('x-ms-dop-hint'));
      throttle.told(
        answer.headers.get('x-ms-ratelimit-time-remaining-xrm-requests'),
        answer.headers.get('x-ms-ratelimit-burst-remaining-xrm-requests'),
      );
      if (answer.status === 401 && !renewed.has(principal)) {
        renewed.add(principal);
        if ((await tokens.renew(token, signal)) !== undefined) continue;
      }
      if (isThrottled(answer)) {
        const waitMs = this.pause(answer, principal);
        if (this.isOverBudget(started - waitMs))
          throw limitedForTooLong(throttleBudgetMs / 60_000, where);
        continue;
      }
      if (isRepeatable && this.#mayPass(answer, request.path)) {
        if (attempt < attempts) {
          const stated = statedRetryAfterMs(answer.headers, this.now());
          if (stated === undefined) await this.backOff(attempt, signal);
          else await this.#parts.clock.sleep(Math.min(stated, longestStatedMs), signal);
          attempt += 1;
          continue;
        }
        if (isCutOff(answer)) throw answerCutOff(answer, where);
      }
      if (answer.status >= 300 && answer.status < 400) throw redirectRefused(answer, where);
      if (isWebPage(answer) && answer.status < 500) throw webPageInstead(answer, where);
      if (answer.status < 400) {
        this.#isKnown = true;
        throttle.succeeded();
      }
      return { ...answer, sentBy: principal };
    }
  }

  /** Stops all requests of a principal for as long as a refusal says; gives the wait. */
  pause(answer: ServiceAnswer, { throttle }: Principal): number {
    this.#throttled += 1;
    const waitMs = retryAfterMs(answer.headers, this.now());
    throttle.throttled(waitMs + Math.round(this.#jitter() * Math.min(1000, waitMs)));
    return waitMs;
  }

  /** Has a request that started then waited as long as it may? */
  isOverBudget(started: number): boolean {
    return this.now() - started > throttleBudgetMs;
  }

  /** Is it a failure that passes by itself, or an answer that was cut off? */
  isPassing(answer: ServiceAnswer, path: string): boolean {
    return isCutOff(answer) || (answer.status >= 400 && this.error(answer, path).retryable);
  }

  /** The error that an answer to a GET tells of. */
  error(answer: ServiceAnswer, path: string): DataverseError {
    return answerError(answer, this.where('GET', path), this.now());
  }

  /** A request as messages name it. */
  where(method: string, path: string): string {
    return `${method} ${shownUrl(this.#url(path))}`;
  }

  #mayPass(answer: ServiceAnswer, path: string): boolean {
    return this.isPassing(answer, path) || (this.#isKnown && isWebPage(answer));
  }

  async #sendOnce(
    request: ServiceRequest,
    token: string,
    signal: AbortSignal,
  ): Promise<ServiceAnswer> {
    if (request.purpose === 'read') this.#read += 1;
    else this.#write += 1;
    const left = this.now();
    const answer = await this.#parts.transport.send(this.#signed(request, token), signal);
    const tookMs = this.now() - left;
    this.#quickestMs = Math.min(this.#quickestMs, tookMs);
    request.took?.(tookMs);
    return answer;
  }

  #signed(request: ServiceRequest, token: string): HttpRequest {
    const { getMs, batchMs } = this.#parts.timeouts ?? usualTimeouts;
    return {
      method: request.method,
      url: this.#url(request.path),
      headers: {
        Accept: 'application/json',
        'OData-MaxVersion': '4.0',
        'OData-Version': '4.0',
        'User-Agent': 'unified-routing-migration',
        'x-ms-client-request-id': request.requestId,
        Authorization: `Bearer ${token}`,
        ...request.headers,
      },
      timeoutMs: request.method === 'GET' ? getMs : batchMs,
      ...(request.body === undefined ? {} : { body: request.body }),
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

  /** In [0, 1), from the ids port, so that tests know it. */
  #jitter(): number {
    return Number.parseInt(this.#parts.ids.next().slice(0, 8), 16) / 2 ** 32;
  }
}

function mayRepeat(error: unknown, isRepeatable: boolean, attempt: number): boolean {
  if (!(error instanceof DataverseError) || !error.retryable) return false;
  if (neverSent(error)) return attempt < connectAttempts;
  return isRepeatable && attempt < attempts;
}
