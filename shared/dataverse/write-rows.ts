import type { BatchPart } from './batch-text.ts';
import type { Write, WriteOutcome } from './client.ts';
import { DataverseError } from './dataverse-error.ts';
import type { Clock } from '../host/clock.ts';
import type { Guid } from '../model/guid.ts';
import type { BulkTables } from './bulk-tables.ts';
import type { Metadata } from './metadata.ts';
import { partyTable } from './parties.ts';
import { readRows } from './read-rows.ts';
import { answerError, type ServiceAnswer } from './service-answer.ts';
import { apiRoot } from './request-sender.ts';
import type { WriteSession } from './session.ts';
import { neverSent } from './transport-failure.ts';
import { partOf, placeOf, type CellWrite, type WriteContext } from './write-parts.ts';
import { createInBulk, goInBulk } from './write-bulk.ts';
import { hasRest, problemOfRest, writeRest } from './write-rest.ts';

/** What sending needs to know beside the writes themselves. */
export interface WriteFrame {
  readonly session: WriteSession;
  readonly metadata: Metadata;
  readonly bulk: BulkTables;
  readonly clock: Clock;
  /** Who new rows belong to that name no owner; `undefined`: whoever sends them. */
  readonly owner: (signal: AbortSignal) => Promise<Guid | undefined>;
}

/**
 * Sends independent writes as one request, new rows of one table as a bulk message where the table takes
 * them; the outcome of each in the order given, none thrown.
 */
export async function writeRows(
  frame: WriteFrame,
  writes: readonly Write[],
  requestId: Guid,
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const { session, bulk, clock } = frame;
  const context = await contextOf(frame, writes, signal);
  const outcomes: (WriteOutcome | undefined)[] = writes.map(() => undefined);
  const stale = await staleVersions(session, writes, signal);
  const sent: { readonly at: number; readonly write: Write; readonly part: BatchPart }[] = [];
  for (const [at, write] of writes.entries()) {
    if (isRowWritten(write)) {
      outcomes[at] = { is: 'done' };
      continue;
    }
    const refused = stale.get(at) ?? problemOfRest(write);
    if (refused !== undefined) outcomes[at] = { is: 'failed', error: refused };
    else
      try {
        sent.push({ at, write, part: partOf(write, context) });
      } catch (error) {
        if (!(error instanceof DataverseError)) throw error;
        outcomes[at] = { is: 'failed', error };
      }
  }
  const isBulk = await goInBulk(sent, bulk, signal);
  const inBulk = isBulk ? await createInBulk(session, sent, requestId, signal) : undefined;
  if (inBulk !== undefined)
    for (const [index, { at }] of sent.entries()) outcomes[at] = inBulk[index];
  else if (sent.length > 0) {
    const answers = await answersTo(session, sent, requestId, signal);
    for (const [index, { at, write }] of sent.entries()) {
      const answer = answers[index];
      outcomes[at] =
        answer instanceof DataverseError
          ? outcomeOfFailure(answer)
          : answer === undefined
            ? { is: 'unknown', error: noAnswer(write) }
            : outcomeOf(write, answer, clock.now());
    }
  }
  const isFineOneByOne = sent.every(({ at }) => isNew(outcomes[at]));
  const table = sent[0]?.write.table;
  if (isBulk && inBulk === undefined && isFineOneByOne && table !== undefined)
    bulk.refuse(table.name);
  await completeRows(session, context, { writes, outcomes }, signal);
  return outcomes.map((outcome, at) => outcome ?? unanswered(writes[at]));
}

function isNew(outcome: WriteOutcome | undefined): boolean {
  return outcome?.is === 'done' && outcome.already !== true;
}

function isRowWritten(write: Write): boolean {
  return 'rowIsWritten' in write && write.rowIsWritten;
}

export async function contextOf(
  frame: WriteFrame,
  writes: readonly Write[],
  signal: AbortSignal,
): Promise<WriteContext> {
  const { session, metadata } = frame;
  const hasParties = writes.some(
    (write) =>
      'cells' in write &&
      [...write.cells.keys()].some((name) => write.table.columns.get(name)?.type === 'party-list'),
  );
  const parties = hasParties
    ? (await metadata.tables([partyTable], signal)).get(partyTable)
    : undefined;
  const owner = await frame.owner(signal);
  return {
    rootUrl: session.origin + apiRoot,
    entitySets: await metadata.entitySets(signal),
    ...(owner === undefined ? {} : { owner }),
    ...(parties === undefined ? {} : { parties }),
  };
}

/** Sends what did not travel with the rows that are written now; a row that was there is left alone. */
async function completeRows(
  session: WriteSession,
  context: WriteContext,
  {
    writes,
    outcomes,
  }: { readonly writes: readonly Write[]; readonly outcomes: (WriteOutcome | undefined)[] },
  signal: AbortSignal,
): Promise<void> {
  const open: CellWrite[] = [];
  for (const [at, write] of writes.entries()) {
    const outcome = outcomes[at];
    if (outcome?.is === 'done' && outcome.already !== true && hasRest(write)) open.push(write);
  }
  if (open.length === 0) return;
  const failures = await writeRest(session, open, context, signal);
  for (const [at, write] of writes.entries()) {
    if (!('cells' in write) || !open.includes(write)) continue;
    const error = failures.get(write);
    // The row has another version by now.
    if (error === undefined) outcomes[at] = { is: 'done' };
    else outcomes[at] = { is: 'failed', error, rowIsWritten: true };
  }
}

/** The parts' answers; where the batch as a whole failed, its error for each of them. */
async function answersTo(
  session: WriteSession,
  sent: readonly { readonly part: BatchPart }[],
  requestId: Guid,
  signal: AbortSignal,
): Promise<readonly (ServiceAnswer | DataverseError | undefined)[]> {
  try {
    return await session.writeBatch(
      sent.map(({ part }) => part),
      requestId,
      signal,
    );
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return sent.map(() => error);
  }
}

/**
 * The outcome of a write whose request failed as a whole. A gateway's fault leaves open whether the
 * service worked; a refusal does not.
 */
export function outcomeOfFailure(error: DataverseError): WriteOutcome {
  if (error.status === undefined) return { is: neverSent(error) ? 'failed' : 'unknown', error };
  const isFault = error.status >= 500 || error.status < 400 || error.status === 408;
  return isFault ? { is: 'unknown', error } : { is: 'failed', error };
}

export function outcomeOf(write: Write, answer: ServiceAnswer, now: number): WriteOutcome {
  if (answer.status < 300) {
    const version = answer.headers.get('etag');
    return version === undefined ? { is: 'done' } : { is: 'done', version };
  }
  const error = answerError(answer, placeOf(write), now);
  if (isThereAlready(write, error)) return { is: 'done', already: true };
  return { is: 'failed', error };
}

const duplicateRow = '0x80040237';

/** A create whose id is taken, or a pair that is linked: the service says so with one code for both. */
function isThereAlready(write: Write, error: DataverseError): boolean {
  return (write.kind === 'create' || write.kind === 'link') && error.serviceCode === duplicateRow;
}

/**
 * Tables without optimistic concurrency take no If-Match with a version. Their rows' versions are
 * read just before the write: the gap is small, and there is no other way.
 */
async function staleVersions(
  session: WriteSession,
  writes: readonly Write[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, DataverseError>> {
  const stale = new Map<number, DataverseError>();
  const byTable = new Map<string, { at: number; write: Extract<Write, { id: Guid }> }[]>();
  for (const [at, write] of writes.entries()) {
    if (write.kind !== 'update' && write.kind !== 'delete') continue;
    if (write.version === undefined || write.table.optimisticConcurrency) continue;
    if (isRowWritten(write)) continue;
    const group = byTable.get(write.table.name) ?? [];
    group.push({ at, write });
    byTable.set(write.table.name, group);
  }
  for (const group of byTable.values()) {
    const table = group[0]?.write.table;
    if (table === undefined) continue;
    const ids = group.map(({ write }) => write.id);
    const versions = new Map<Guid, string | undefined>();
    for await (const row of readRows(
      session,
      { table, columns: [], where: { by: 'ids', ids } },
      signal,
    ))
      versions.set(row.id, row.version);
    for (const { at, write } of group) {
      const expected = write.kind === 'create' ? undefined : write.version;
      const current = versions.get(write.id);
      if (versions.has(write.id) && current !== undefined && current !== expected)
        stale.set(at, changedMeanwhile(write));
    }
  }
  return stale;
}

function changedMeanwhile(write: Write): DataverseError {
  return new DataverseError(
    'URM1043',
    {
      what: 'The row was changed since it was planned',
      where: placeOf(write),
      next: 'Plan again.',
    },
    { status: 412 },
  );
}

/** Why a write has no outcome although its request has an answer. */
export function noAnswer(write: Write): DataverseError {
  return new DataverseError(
    'URM1048',
    {
      what: 'The answer to a batch has no part for this write',
      where: placeOf(write),
      next: 'Run again: what took effect is recognized.',
    },
    { retryable: true },
  );
}

function unanswered(write: Write | undefined): WriteOutcome {
  const where = write === undefined ? '$batch' : placeOf(write);
  return {
    is: 'unknown',
    error: new DataverseError(
      'URM1048',
      { what: 'A write has no outcome', where, next: 'Run again.' },
      { retryable: true },
    ),
  };
}
