import { batchRefused, contentIdMissing } from '../errors/payload-errors.ts';
import { ServiceError } from '../service-error.ts';
import { errorAnswer, type Answer } from './answer.ts';
import { execute, type Outcome, type Session } from './execute.ts';
import {
  boundaryOf,
  readPartRequest,
  splitMultipart,
  type MultipartPart,
  type PartRequest,
} from './multipart.ts';
import { readPreferences } from './preferences.ts';
import { splitUrl } from './path.ts';
import { reasonPhrase } from './reason-phrase.ts';

/** One operation of a batch as the request log lists it. */
export interface BatchPartLog {
  readonly method: string;
  /** From the host's root, without the query. */
  readonly path: string;
  readonly query?: string;
  readonly status: number;
}

/** A batch's outcome with its parts. */
export interface BatchOutcome extends Outcome {
  readonly parts: readonly BatchPartLog[];
  readonly writes: number;
}

/** More requests in one batch are refused: learn.microsoft.com/power-apps/developer/data-platform/webapi/execute-batch-operations-using-web-api */
const maxRequests = 1000;

const maxPartUrlLength = 65_536;

type Item =
  | { readonly kind: 'single'; readonly request: PartRequest }
  | { readonly kind: 'change-set'; readonly parts: readonly ChangeSetPart[] };

interface ChangeSetPart {
  readonly contentId: string;
  readonly request: PartRequest;
}

interface Run {
  readonly session: Session;
  readonly parts: BatchPartLog[];
  drop: boolean;
  truncate: boolean;
  delaySeconds: number;
  writes: number;
}

/** Runs the parts of a `$batch` in order; without `continue-on-error` the first failure is the last part. */
export function runBatch(session: Session, request: PartRequest): BatchOutcome {
  const run: Run = {
    session,
    parts: [],
    drop: false,
    truncate: false,
    delaySeconds: 0,
    writes: 0,
  };
  const { continueOnError, applied } = readPreferences(request.headers['prefer']);
  let answer: Answer;
  try {
    answer = answerItems(run, readItems(request), continueOnError);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    answer = errorAnswer(error, { detailed: false });
  }
  if (applied !== '') {
    answer = { ...answer, headers: { ...answer.headers, 'Preference-Applied': applied } };
  }
  const { parts, drop, truncate, delaySeconds, writes } = run;
  return { answer, parts, drop, truncate, delaySeconds, writes };
}

function readItems(request: PartRequest): readonly Item[] {
  const boundary = boundaryOf(request.headers['content-type']);
  if (boundary === undefined) {
    throw batchRefused("The Content-Type of a batch must be 'multipart/mixed' with a boundary.");
  }
  const body = Buffer.from(request.body).toString('latin1');
  const items = splitMultipart(body, boundary).map(readItem);
  let count = 0;
  for (const item of items) count += item.kind === 'single' ? 1 : item.parts.length;
  if (count === 0) throw batchRefused('The batch request has no parts.');
  if (count > maxRequests) {
    throw batchRefused(
      `The batch request contains ${count} requests. The maximum number of requests in a batch is ${maxRequests}.`,
    );
  }
  return items;
}

function readItem(part: MultipartPart): Item {
  const boundary = boundaryOf(part.headers['content-type']);
  if (boundary === undefined) return { kind: 'single', request: readSingle(part) };
  const named = new Set<string>();
  const parts = splitMultipart(part.content, boundary).map((inner) => {
    const request = readSingle(inner);
    const contentId = inner.headers['content-id'] ?? request.headers['content-id'];
    if (contentId === undefined) throw contentIdMissing();
    if (request.method === 'GET') {
      throw batchRefused(
        "An invalid HTTP method 'GET' was detected for a request in a change set. Requests in change sets only support the HTTP methods 'POST', 'PUT', 'DELETE', and 'PATCH'.",
      );
    }
    if (named.has(contentId)) {
      throw batchRefused(
        `The content ID '${contentId}' was found more than once in the same change set or same batch request. Content IDs have to be unique across all operations of a change set for OData V4.0 and have to be unique across all operations in the whole batch request for OData V4.01.`,
      );
    }
    named.add(contentId);
    return { contentId, request };
  });
  return { kind: 'change-set', parts };
}

function readSingle(part: MultipartPart): PartRequest {
  const request = readPartRequest(part.content);
  if (request.url.length > maxPartUrlLength) {
    throw batchRefused('The URL of a request in the batch is longer than 65,536 characters.');
  }
  if (/\$batch(\?|$)/i.test(request.url)) {
    throw batchRefused('A batch request must not contain another batch request.');
  }
  return request;
}

function answerItems(run: Run, items: readonly Item[], continueOnError: boolean): Answer {
  const boundary = `batchresponse_${run.session.environment.newId()}`;
  const bodies: string[] = [];
  let failed = false;
  for (const item of items) {
    const done =
      item.kind === 'single' ? runSingle(run, item.request) : runChangeSet(run, item.parts);
    // The service gives up the whole batch with a line of plain text.
    if (done.plain !== undefined) return done.plain;
    bodies.push(done.text);
    failed ||= done.failed;
    if (done.failed && !continueOnError) break;
  }
  return {
    status: failed && !continueOnError ? 400 : 200,
    headers: { 'Content-Type': `multipart/mixed; boundary=${boundary}` },
    body: Buffer.from(joinParts(boundary, bodies), 'latin1'),
  };
}

interface ItemResult {
  readonly text: string;
  readonly failed: boolean;
  readonly plain?: Answer;
}

function runSingle(run: Run, request: PartRequest): ItemResult {
  const outcome = runPart(run, request, new Map());
  return { text: partText(run, outcome.answer), failed: outcome.answer.status >= 400 };
}

/** Carries a failed part out of the transaction, so that the change set rolls back. */
class ChangeSetFailed extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('change set failed');
    this.answer = answer;
  }
}

/** Paths and actions that change definitions. */
const definitions =
  /Definitions\b|(?:Option|State|Status)Value\b|OrderOption|LookupAttribute|CustomerRelationships/;

function runChangeSet(run: Run, parts: readonly ChangeSetPart[]): ItemResult {
  const boundary = `changesetresponse_${run.session.environment.newId()}`;
  const contentIds = new Map<string, string>();
  let appliedButRefused: Answer | undefined;
  // Definitions roll back as rows do.
  const undefine = parts.some(({ request }) => definitions.test(request.url))
    ? run.session.environment.metadata.checkpoint()
    : undefined;
  try {
    const bodies = run.session.environment.store.transaction(() =>
      parts.map(({ contentId, request }) => {
        const outcome = runPart(run, request, contentIds);
        if (outcome.applied === true) appliedButRefused = outcome.answer;
        else if (outcome.answer.status >= 400) throw new ChangeSetFailed(outcome.answer);
        if (outcome.made !== undefined) contentIds.set(contentId, outcome.made);
        return partText(run, outcome.answer, contentId);
      }),
    );
    if (appliedButRefused !== undefined) {
      return { text: partText(run, appliedButRefused), failed: true };
    }
    const head = `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n`;
    return { text: `${head}${joinParts(boundary, bodies)}`, failed: false };
  } catch (error) {
    undefine?.();
    if (!(error instanceof ChangeSetFailed)) throw error;
    const { answer } = error;
    const isPlain = answer.headers['Content-Type']?.startsWith('text/plain') === true;
    if (isPlain) return { text: '', failed: true, plain: answer };
    return { text: partText(run, answer), failed: true };
  }
}

function runPart(run: Run, request: PartRequest, contentIds: ReadonlyMap<string, string>): Outcome {
  const outcome = execute(run.session, request, { kind: 'part', contentIds });
  run.drop ||= outcome.drop === true;
  run.truncate ||= outcome.truncate === true;
  run.delaySeconds += outcome.delaySeconds ?? 0;
  if (request.method !== 'GET') run.writes += outcome.answer.writes ?? 1;
  const { path, query } = splitUrl(outcome.url ?? request.url);
  run.parts.push({
    method: request.method,
    path,
    ...(query === '' ? {} : { query }),
    status: outcome.answer.status,
  });
  return outcome;
}

function partText(run: Run, answer: Answer, contentId?: string): string {
  const id = contentId === undefined ? '' : `Content-ID: ${contentId}\r\n`;
  const head = `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${id}\r\n`;
  const requestId = answer.status >= 400 ? `REQ_ID: ${run.session.environment.newId()}\r\n` : '';
  const headers = Object.entries({ ...answer.headers, 'OData-Version': '4.0' })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const body = answer.body === undefined ? '' : Buffer.from(answer.body).toString('latin1');
  const end = body === '' ? '\r\n' : '';
  return `${head}HTTP/1.1 ${answer.status} ${reasonPhrase(answer.status)}\r\n${requestId}${headers}\r\n${body}${end}`;
}

function joinParts(boundary: string, bodies: readonly string[]): string {
  const parts = bodies.map((body) => `--${boundary}\r\n${body}\r\n`).join('');
  return `${parts}--${boundary}--\r\n`;
}
