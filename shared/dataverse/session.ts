import { batchUnreadable, partsUnanswered } from './answer-errors.ts';
import {
  batchRule,
  bulkRule,
  leastBatchSize,
  nextBatchSize,
  nextTimes,
  type BatchTimes,
  type SizeRule,
} from './batch-size.ts';
import {
  boundaryOf,
  composeBatch,
  composeChangeSet,
  parseBatch,
  type BatchPart,
} from './batch-text.ts';
import type { DataverseError } from './dataverse-error.ts';
import type { Guid } from '../model/guid.ts';
import type { RequestCounts } from '../model/result.ts';
import {
  apiRoot,
  attempts,
  RequestSender,
  type SenderParts,
  type ServiceRequest,
} from './request-sender.ts';
import { answerError, isStrayPage, isThrottled, type ServiceAnswer } from './service-answer.ts';

/** A GET inside a batch; there is no way to put anything else into a reading batch. */
export interface GetPart {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Reading requests to one environment: GETs, alone or many in a batch. */
export class Session {
  protected readonly sender: RequestSender;
  /** Tables found to hold more rows than so many. */
  readonly largerThan = new Map<string, number>();

  constructor(parts: SenderParts | Session) {
    this.sender = parts instanceof Session ? parts.sender : new RequestSender(parts);
  }

  get origin(): string {
    return this.sender.origin;
  }

  get requests(): RequestCounts {
    return this.sender.requests;
  }

  get concurrency(): number {
    return this.sender.concurrency;
  }

  nextRequestId(): Guid {
    return this.sender.nextRequestId();
  }

  backOff(attempt: number, signal: AbortSignal): Promise<void> {
    return this.sender.backOff(attempt, signal);
  }

  /** The error that an answer to a GET tells of. */
  error(answer: ServiceAnswer, path: string): DataverseError {
    return this.sender.error(answer, path);
  }

  /** One GET. `path` is relative to the Web API's root, or a next link as the service gave it. */
  async get(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ServiceAnswer> {
    const answer = await this.sender.send(
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

  /** One GET as each of the principals: what all of them must be able to ask. */
  async getAsEach(path: string, signal: AbortSignal): Promise<readonly ServiceAnswer[]> {
    return Promise.all(
      this.sender.principals.all.map(async (as) => {
        const requestId = this.nextRequestId();
        const request = {
          method: 'GET',
          path,
          headers: {},
          purpose: 'read',
          requestId,
          as,
        } as const;
        const answer = await this.sender.send(request, signal);
        if (answer.status >= 400) throw this.error(answer, path);
        return answer;
      }),
    );
  }

  /**
   * Sends GETs as one batch; answers of any status in the order given. Parts that were limited,
   * failed for the moment or have no answer are sent again.
   */
  async getBatch(
    parts: readonly GetPart[],
    signal: AbortSignal,
  ): Promise<readonly ServiceAnswer[]> {
    const answers = new Map<number, ServiceAnswer>();
    const started = this.sender.now();
    let open = parts.map((part, index) => ({ part, index }));
    for (let attempt = 1; open.length > 0;) {
      const got = await sendBatch(
        this.sender,
        open.map(({ part }) => ({ method: 'GET' as const, ...part })),
        { purpose: 'read', requestId: this.nextRequestId() },
        signal,
      );
      const again: typeof open = [];
      let isLimited = false;
      for (const [at, item] of open.entries()) {
        const answer = got[at];
        if (answer !== undefined && isThrottled(answer) && !this.sender.isOverBudget(started)) {
          isLimited = true;
          again.push(item);
        } else if (
          answer === undefined ||
          isStrayPage(answer) ||
          (attempt < attempts && this.sender.isPassing(answer, item.part.path))
        )
          again.push(item);
        else answers.set(item.index, answer);
      }
      if (again.length > 0 && !isLimited) {
        if (attempt >= attempts)
          throw partsUnanswered(again.length, parts.length, this.sender.where('POST', '$batch'));
        await this.backOff(attempt, signal);
        attempt += 1;
      }
      open = again;
    }
    return parts.flatMap((_, index) => answers.get(index) ?? []);
  }
}

/** A session that may also write. */
export class WriteSession extends Session {
  #batchSize = batchRule.first;
  #bulkSize = bulkRule.first;
  #times: BatchTimes | undefined;

  /** Writes the next batch should hold. */
  get batchSize(): number {
    return this.#batchSize;
  }

  /** Rows the next bulk message should hold. */
  get bulkSize(): number {
    return this.#bulkSize;
  }

  /** Fewer writes than this are not worth a batch of their own while others could go along. */
  get leastBatchSize(): number {
    return leastBatchSize(this.#times);
  }

  /**
   * One write on its own, such as the bytes of a file. Repeated only where that does no harm; throws
   * for an answer that is an error.
   */
  async write(
    request: Pick<ServiceRequest, 'method' | 'path' | 'headers' | 'body' | 'repeatable'>,
    signal: AbortSignal,
  ): Promise<ServiceAnswer> {
    const answer = await this.sender.send(
      { ...request, purpose: 'write', requestId: this.nextRequestId() },
      signal,
    );
    if (answer.status < 400) return answer;
    const where = this.sender.where(request.method, request.path);
    throw answerError(answer, where, this.sender.now());
  }

  /**
   * Sends writes as one batch that continues on errors. An answer for each part, `undefined` where
   * there is none; parts that were limited are sent again. Throws when the batch as a whole has no
   * answer: then any part may have taken effect, unless it was `neverSent`.
   */
  async writeBatch(
    parts: readonly BatchPart[],
    requestId: Guid,
    signal: AbortSignal,
  ): Promise<readonly (ServiceAnswer | undefined)[]> {
    const answers: (ServiceAnswer | undefined)[] = parts.map(() => undefined);
    const started = this.sender.now();
    let open = parts.map((part, index) => ({ part, index }));
    while (open.length > 0) {
      const sent = open.map(({ part }) => part);
      const took = (ms: number): void => {
        this.#batchSize = this.#learn(
          this.#batchSize,
          { sent: sent.length, tookMs: ms },
          batchRule,
        );
      };
      let got: readonly ServiceAnswer[];
      try {
        got = await sendBatch(this.sender, sent, { purpose: 'write', requestId, took }, signal);
      } catch (error) {
        if (open.length === parts.length) throw error;
        // What was answered before stays answered; only the rest is in doubt.
        for (const { index } of open) answers[index] = undefined;
        return answers;
      }
      const again: typeof open = [];
      for (const [at, item] of open.entries()) {
        const answer = got[at];
        answers[item.index] = answer === undefined || isStrayPage(answer) ? undefined : answer;
        if (answer !== undefined && isThrottled(answer)) again.push(item);
      }
      if (this.sender.isOverBudget(started)) break;
      open = again;
    }
    return answers;
  }

  /** Sends one message that writes many rows, all or none; throws for an answer that is an error. */
  async writeBulk(
    message: Pick<ServiceRequest, 'path' | 'headers' | 'body'>,
    { requestId, rows }: { readonly requestId: Guid; readonly rows: number },
    signal: AbortSignal,
  ): Promise<void> {
    const took = (ms: number): void => {
      this.#bulkSize = this.#learn(this.#bulkSize, { sent: rows, tookMs: ms }, bulkRule);
    };
    const request = { ...message, method: 'POST', purpose: 'write', requestId, took } as const;
    const answer = await this.sender.send(request, signal);
    if (answer.status < 400) return;
    throw answerError(answer, this.sender.where('POST', message.path), this.sender.now());
  }

  /** The size of the next request of a form, by what the last one took. */
  #learn(
    size: number,
    request: { readonly sent: number; readonly tookMs: number },
    rule: SizeRule,
  ): number {
    this.#times = nextTimes(this.#times, { ...request, quickestMs: this.sender.quickestMs });
    return nextBatchSize(size, request, rule);
  }

  /**
   * Sends writes as one change set. Where it is refused the one answer says why; nothing was applied.
   * No answer at all: it is not known whether it was.
   */
  async writeChangeSet(
    parts: readonly BatchPart[],
    requestId: Guid,
    signal: AbortSignal,
  ): Promise<readonly ServiceAnswer[]> {
    const started = this.sender.now();
    for (;;) {
      const request = { purpose: 'write', requestId } as const;
      const answers = await sendBatch(this.sender, parts, request, signal, composeChangeSet);
      const limited = answers.find(isThrottled);
      if (limited === undefined || this.sender.isOverBudget(started))
        return answers.some(isStrayPage) ? [] : answers;
    }
  }
}

/** A batch; parts that were refused for too many stop whoever sent it, and come back as they are. */
async function sendBatch(
  sender: RequestSender,
  parts: readonly BatchPart[],
  request: Pick<ServiceRequest, 'purpose' | 'requestId' | 'took'>,
  signal: AbortSignal,
  compose = composeBatch,
): Promise<readonly ServiceAnswer[]> {
  const boundary = `batch_${request.requestId}`;
  const answer = await sender.send(
    {
      ...request,
      method: 'POST',
      path: '$batch',
      headers: {
        'Content-Type': `multipart/mixed; boundary="${boundary}"`,
        Prefer: 'odata.continue-on-error',
      },
      body: compose(parts, boundary, apiRoot),
    },
    signal,
  );
  // Where continue-on-error is not honoured the answer is a 400 that still holds the parts that ran.
  const inner = boundaryOf(answer.headers.get('content-type'));
  if (inner !== undefined) {
    const answers = parseBatch(answer.body, inner).slice(0, parts.length);
    for (const limited of answers.filter(isThrottled)) sender.pause(limited, answer.sentBy);
    return answers;
  }
  const where = sender.where('POST', '$batch');
  throw answer.status >= 400
    ? answerError(answer, where, sender.now())
    : batchUnreadable(answer, where);
}
