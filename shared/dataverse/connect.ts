import { notDataverse } from './answer-errors.ts';
import type { DataverseReader, DataverseWriter } from './client.ts';
import type { Clock } from '../host/clock.ts';
import type { Connection, Credential, Host } from '../host/host.ts';
import type { Ids } from '../host/ids.ts';
import { isObject, parseJson, textIn, type JsonObject } from './json.ts';
import { GatheringSession } from './gathering-session.ts';
import { BulkTables } from './bulk-tables.ts';
import { Metadata } from './metadata.ts';
import { callersOf } from './callers.ts';
import type { Guid } from '../model/guid.ts';
import { environmentOrigin } from './origin.ts';
import { readLinks } from './read-links.ts';
import { readPrivileges } from './read-privileges.ts';
import { readWholeRows } from './read-whole-rows.ts';
import { apiRoot, RequestSender, type SenderParts, type Timeouts } from './request-sender.ts';
import { Session, WriteSession } from './session.ts';
import { Principals, type Principal } from './principals.ts';
import { Throttle } from './throttle.ts';
import { openTokenProvider } from './open-token-provider.ts';
import { openTransport } from './transport.ts';
import { writeRows, type WriteFrame } from './write-rows.ts';
import { writeTogether } from './write-together.ts';

/** What a client needs from wherever it runs. */
export interface ClientPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly host: Pick<Host, 'log' | 'maskSecret' | 'variable'>;
  /** Absent: two minutes for a GET, five for a batch. */
  readonly timeouts?: Timeouts;
}

// The service takes 52 requests at a time; a few sockets more serve sign-in.
const maxSockets = 56;

/** A client that cannot write. Nothing is sent before the first question. */
export function openReader(connection: Connection, ports: ClientPorts): DataverseReader {
  const session = new Session(sessionParts(connection, ports));
  return readerOf(session, new Metadata(session));
}

/** A client that reads and writes. */
export function openWriter(connection: Connection, ports: ClientPorts): DataverseWriter {
  const session = new WriteSession(sessionParts(connection, ports));
  const metadata = new Metadata(session);
  const bulk = new BulkTables(session, (text) => ports.host.log('debug', text));
  const reader = readerOf(session, metadata);
  let firstUser: Promise<Guid> | undefined;
  const frame: WriteFrame = {
    session,
    metadata,
    bulk,
    clock: ports.clock,
    owner: async (signal) => {
      if (connection.others === undefined || connection.others.length === 0) return undefined;
      firstUser ??= callersOf(session, signal).then(({ first }) => first.userId);
      return firstUser;
    },
  };
  return {
    ...reader,
    // Getters do not survive a spread.
    get requests() {
      return session.requests;
    },
    get concurrency() {
      return session.concurrency;
    },
    get batchSize() {
      return session.batchSize;
    },
    bulkSize: (table) => (bulk.isKnown(table) ? session.bulkSize : session.batchSize),
    get leastBatchSize() {
      return session.leastBatchSize;
    },
    write: (writes, requestId, signal) => writeRows(frame, writes, requestId, signal),
    users: async (signal) => (await callersOf(session, signal)).all.map(({ userId }) => userId),
    writeTogether: (writes, requestId, signal) => writeTogether(frame, writes, requestId, signal),
    nextRequestId: () => session.nextRequestId(),
    backOff: (attempt, signal) => session.backOff(attempt, signal),
  };
}

/** Single requests whose answers are looked at as they are, refusals too: for asking how a service behaves. */
export function openRequests(connection: Connection, ports: ClientPorts): RequestSender {
  return new RequestSender(sessionParts(connection, ports));
}

function sessionParts(connection: Connection, ports: ClientPorts): SenderParts {
  const origin = environmentOrigin(connection.url);
  const transport = openTransport({
    variable: (name) => ports.host.variable(name),
    maxSockets,
    connectMs: ports.timeouts?.connectMs,
  });
  const principal = (credential: Credential): Principal => ({
    tokens: openTokenProvider(origin, credential, transport, ports),
    throttle: new Throttle(ports.clock),
  });
  return {
    origin,
    transport,
    principals: new Principals(
      principal(connection.credential),
      (connection.others ?? []).map(principal),
      connection.writers,
    ),
    clock: ports.clock,
    ids: ports.ids,
    timeouts: ports.timeouts,
  };
}

function readerOf(session: Session, metadata: Metadata): DataverseReader {
  const getObject = async (path: string, signal: AbortSignal): Promise<JsonObject> => {
    const answer = await session.get(path, {}, signal);
    const json = parseJson(answer.body.toString('utf8'));
    if (isObject(json)) return json;
    throw notDataverse(`GET ${session.origin}${apiRoot}${path}`);
  };
  // Who asks stays the same; stages begin by asking.
  let userId: Guid | undefined;
  const whoAmI: DataverseReader['whoAmI'] = async (signal) => {
    const { first } = await callersOf(session, signal);
    userId = first.userId;
    return first;
  };
  return {
    url: session.origin,
    get requests() {
      return session.requests;
    },
    whoAmI,
    version: async (signal) => {
      const json = await getObject('RetrieveVersion()', signal);
      return textIn(json['Version']) ?? '';
    },
    tables: (names, signal) => metadata.tables(names, signal),
    rows: (query, signal) => readWholeRows(session, metadata, query, signal),
    links: (table, relationship, from, signal) =>
      readLinks(session, table, relationship, from, signal),
    privileges: async (names, signal) => {
      userId ??= (await whoAmI(signal)).userId;
      return readPrivileges(session, userId, names, signal);
    },
    gathered: () => readerOf(new GatheringSession(session), metadata),
    get: async (path, signal) => {
      const answer = await session.get(path.replace(/^\//, ''), {}, signal);
      const text = answer.body.toString('utf8');
      return text === '' ? undefined : (parseJson(text) ?? text.replace(/^\uFEFF/, ''));
    },
  };
}
