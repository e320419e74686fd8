import type { Caller, Environment } from '../environment.ts';
import { assertMayBypass } from '../logic/bypass.ts';
import { visibleRows } from '../logic/visible-rows.ts';
import { resolveContentId } from '../handlers/bind.ts';
import type { FileTransfers } from '../handlers/file-transfers.ts';
import { errorAnswer, type Answer } from './answer.ts';
import { dispatch } from './dispatch.ts';
import { faultAnswer } from './fault-answers.ts';
import type { FaultPlan, FaultRule } from './faults.ts';
import type { PartRequest } from './multipart.ts';
import { splitUrl } from './path.ts';
import { readPreferences } from './preferences.ts';
import { apiRoot, readRequest, type RequestContext, type ServiceRequest } from './request.ts';

/** What every operation of one HTTP request shares. */
export interface Session {
  readonly environment: Environment;
  readonly caller: Caller;
  readonly faults: FaultPlan;
  readonly transfers: FileTransfers;
  /** `http://127.0.0.1:1234/api/data/v9.2/` */
  readonly rootUrl: string;
}

/** An operation's answer and what the connection is to suffer on its account. */
export interface Outcome {
  readonly answer: Answer;
  /** Path and query from the host's root, references to Content-IDs resolved. */
  readonly url?: string;
  /** The URL of the row a write made or touched, relative to the root: Content-IDs stand for it. */
  readonly made?: string;
  readonly drop?: boolean;
  readonly truncate?: boolean;
  readonly delaySeconds?: number;
  /** The write took effect although the answer says otherwise. */
  readonly applied?: boolean;
}

/** Where an operation stands: alone, in a batch, or in a change set. */
export interface Place {
  readonly kind: 'request' | 'part';
  readonly contentIds: ReadonlyMap<string, string>;
}

/** Thrown to end the connection at once, nothing more done. */
export class ConnectionDropped extends Error {}

/** Runs one operation with the fault that hits it, if any. */
export function execute(session: Session, parts: PartRequest, place: Place): Outcome {
  const request = locate(session, parts, place);
  if ('failed' in request) return { answer: request.failed };
  return { ...executeAt(session, request, place), url: request.url };
}

function executeAt(session: Session, request: ServiceRequest, place: Place): Outcome {
  const rule = session.faults.hit(faultTarget(session, request));
  if (rule?.kind === 'drop-before') throw new ConnectionDropped();
  const replacing = rule !== undefined && replacingKinds.has(rule.kind);
  if (replacing) return { answer: faultAnswer(rule, place.kind) };
  const outcome = run(session, request, place);
  return rule === undefined ? outcome : withFault(outcome, rule, place);
}

const replacingKinds: ReadonlySet<string> = new Set(['429', '503', 'html', 'deadlock', 'error']);

function withFault(outcome: Outcome, rule: FaultRule, place: Place): Outcome {
  switch (rule.kind) {
    case 'drop-after':
      return { ...outcome, drop: true };
    case 'truncate':
      return { ...outcome, truncate: true };
    case 'slow': {
      const seconds = typeof rule.seconds === 'number' ? rule.seconds : 5;
      return { ...outcome, delaySeconds: seconds };
    }
    case 'duplicate':
      if (outcome.answer.status >= 400) return outcome;
      return { answer: faultAnswer(rule, place.kind), applied: true };
    case '429':
    case '503':
    case 'deadlock':
    case 'drop-before':
    case 'error':
    case 'html':
      return outcome;
    default:
      return rule.kind satisfies never;
  }
}

/** Reads the URL; a reference to a Content-ID that is not there fails here. */
function locate(
  session: Session,
  parts: PartRequest,
  place: Place,
): ServiceRequest | { readonly failed: Answer } {
  try {
    const context = { environment: session.environment, contentIds: place.contentIds };
    const url = fromHostRoot(resolveContentId(context, parts.url), session.rootUrl);
    return readRequest({ ...parts, url });
  } catch (error) {
    return { failed: errorAnswer(error, { detailed: false }) };
  }
}

/** Parts of a batch may name their URL absolute, from the host's root, or from the API root. */
function fromHostRoot(url: string, rootUrl: string): string {
  const path = url.replace(/^https?:\/\/[^/]+/i, '');
  if (apiRoot.test(path)) return path;
  return `${new URL(rootUrl).pathname}${path.replace(/^\//, '')}`;
}

function run(session: Session, request: ServiceRequest, place: Place): Outcome {
  const preferences = readPreferences(request.headers['prefer']);
  const visible = visibleRows(session.environment, session.caller);
  const context: RequestContext = {
    environment: session.environment,
    caller: session.caller,
    rootUrl: session.rootUrl,
    preferences,
    request,
    contentIds: place.contentIds,
    transfers: session.transfers,
    ...(visible === undefined ? {} : { visible }),
  };
  try {
    assertMayBypass(session.environment, session.caller, request.headers);
    const answer = dispatch(context);
    const applied = preferences.applied;
    const headers = applied === '' ? {} : { 'Preference-Applied': applied };
    const made = answer.headers['OData-EntityId']?.slice(session.rootUrl.length);
    return {
      answer: { ...answer, headers: { ...headers, ...answer.headers } },
      ...(made === undefined ? {} : { made }),
    };
  } catch (error) {
    return { answer: errorAnswer(error, { detailed: preferences.allAnnotations }) };
  }
}

function faultTarget(session: Session, request: ServiceRequest): Parameters<FaultPlan['hit']>[0] {
  const set = request.segments[0]?.name ?? '';
  const entity = session.environment.metadata.entityOfSet(set);
  const tables = entity === undefined ? [] : [entity.logicalName, entity.entitySetName];
  const { path } = splitUrl(request.url);
  return { method: request.method, path, tables };
}
