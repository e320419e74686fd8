import type { DataverseWriter, Write, WriteOutcome } from '#shared/dataverse/client.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import { isLookup, type Value } from '#shared/model/row.ts';
import type { Journal } from '#shared/stages/apply/journal.ts';
import type { JournalEntry } from '#shared/model/journal.ts';
import { idOf, type MemoryTarget } from './plan-builders.ts';

export interface MemoryWriterOptions {
  /** Why the service refuses a write; `undefined` where it does not. */
  readonly refuse?: (write: Write) => string | undefined;
  /** What the server's own logic makes of the cells of a write. */
  readonly logic?: (write: Write, cells: ReadonlyMap<string, Value>) => ReadonlyMap<string, Value>;
  /** After so many rows the connection is gone for good, in the middle of a batch. */
  readonly lostAfter?: number;
  /** Told of every row after it was written. */
  readonly written?: (write: Write) => void;
}

/** A client onto a target in memory. */
export interface MemoryWriter extends DataverseWriter {
  readonly written: readonly Write[];
}

/** Writes to a target in memory as the service would: lookups must lead somewhere, versions must fit. */
export function aMemoryWriter(
  target: MemoryTarget,
  options: MemoryWriterOptions = {},
): MemoryWriter {
  const written: Write[] = [];
  let requests = 0;
  const one = (write: Write): WriteOutcome => {
    if (options.lostAfter !== undefined && written.length >= options.lostAfter)
      throw failure('The connection is gone');
    const refused = options.refuse?.(write) ?? refusal(write, target);
    if (refused !== undefined)
      return { is: 'failed', error: failure(refused, refused === staleVersion ? 412 : 400) };
    written.push(write);
    if (write.kind === 'link') target.link(write.link);
    if (write.kind === 'create' || write.kind === 'update') {
      const cells = options.logic?.(write, write.cells) ?? write.cells;
      target.put(write.table.name, write.id, Object.fromEntries(cells));
    }
    if (write.kind === 'delete') target.remove(write.table.name, write.id);
    options.written?.(write);
    return { is: 'done' };
  };
  return {
    url: 'https://target.crm4.dynamics.com',
    written,
    get requests() {
      return { read: target.questions, write: requests, throttled: 0 };
    },
    concurrency: 2,
    batchSize: 3,
    leastBatchSize: 1,
    bulkSize: () => 3,
    whoAmI: () =>
      Promise.resolve({ userId: idOf(2), businessUnitId: idOf(3), organizationId: idOf(1) }),
    version: () => Promise.resolve('9.2'),
    tables: (names, signal) => target.tables(names, signal),
    rows: (query, signal) =>
      target.rows(
        query.table,
        query.columns,
        query.where === undefined || query.where.by === 'fetch'
          ? { by: 'ids', ids: [...target.rowsOf(query.table.name).keys()] }
          : query.where,
        signal,
      ),
    links: (table, relationship, from, signal) =>
      target.links(table, relationship, from ?? [], signal),
    privileges: () => Promise.resolve(new Map()),
    get: () => Promise.resolve(undefined),
    write: async (writes) => {
      requests += 1;
      return Promise.resolve(writes.map(one));
    },
    nextRequestId: () => idOf(5000 + requests),
    backOff: () => Promise.resolve(),
  };
}

function refusal(write: Write, target: MemoryTarget): string | undefined {
  if ('link' in write) return undefined;
  const row = target.rowsOf(write.table.name).get(write.id);
  if ((row !== undefined) === (write.kind === 'create'))
    return `${write.table.name} ${write.id} ${row === undefined ? 'does not exist' : 'exists'}`;
  if (write.kind === 'delete') return undefined;
  if (write.kind === 'update' && write.version !== undefined) {
    const version = `W/"${JSON.stringify(row?.get('versionnumber'))}"`;
    if (version !== write.version) return staleVersion;
  }
  for (const [column, value] of write.cells)
    if (isLookup(value) && !target.rowsOf(value.table).has(value.id))
      return `${column}: ${value.table} ${value.id} does not exist`;
  return undefined;
}

const staleVersion = 'The version does not match';

function failure(serviceMessage: string, status = 400): DataverseError {
  return new DataverseError(
    'URM1012',
    { what: serviceMessage, where: 'POST $batch', next: 'Look.' },
    { status, serviceMessage },
  );
}

/** A journal that remembers. */
export function aMemoryJournal(): Journal & { readonly entries: readonly JournalEntry[] } {
  const entries: JournalEntry[] = [];
  return {
    entries,
    write: async (entry) => {
      await Promise.resolve();
      entries.push(entry);
    },
    close: () => Promise.resolve(),
  };
}
