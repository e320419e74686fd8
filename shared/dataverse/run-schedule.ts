import type { DataverseWriter, Write, WriteOutcome } from './client.ts';
import { DataverseError } from './dataverse-error.ts';
import type { RunSchedule, ScheduledOutcome, ScheduledWrite, WriteObserver } from './schedule.ts';
import type { FindingCode } from '../errors/codes.ts';
import { readBack } from './read-back.ts';
import { bulkWorth } from './write-bulk.ts';
import { hasRest } from './write-rest.ts';

const attempts = 5;
// Enough waiting rows to fill every batch, few enough to keep memory flat.
const windowSize = 4000;

/** Sign-in and address: no later row would fare better, so nothing more is sent. */
const concernsAll: ReadonlySet<FindingCode> = new Set([
  'URM1011',
  'URM1013',
  'URM1021',
  'URM1022',
  'URM1023',
  'URM1030',
  'URM1031',
  'URM1032',
]);

interface Item {
  readonly scheduled: ScheduledWrite;
  /** What is still to be sent of it. */
  write: Write;
  /** How many of the keys it needs are still open. */
  open: number;
  /** Times it was sent and came back for a repeat. */
  failures: number;
  /** It was sent once without a known outcome: what it wanted may be there already. */
  doubtful: boolean;
}

/**
 * Sends rows as soon as what they need is done: independent rows flow side by side, in batches whose
 * size follows the time the service takes, as many at once as the writer allows. Each request is told
 * to the observer before it leaves. A write without a known outcome is looked up before it is
 * repeated, so that nothing is done twice.
 */
export const runSchedule: RunSchedule = async (writer, writes, observer, signal) => {
  await new Schedule(writer, observer, signal).run(writes);
};

class Schedule {
  readonly #writer: DataverseWriter;
  readonly #observer: WriteObserver;
  readonly #signal: AbortSignal;
  /** Rows that may be sent, in the order in which they became ready. */
  readonly #ready: Item[] = [];
  /** Open keys, with the rows that wait for them. */
  readonly #waiting = new Map<number, Item[]>();
  /** Keys that will never be done. Those that are done are simply not open any more. */
  readonly #failed = new Set<number>();
  readonly #underWay = new Set<Promise<void>>();
  #held = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(writer: DataverseWriter, observer: WriteObserver, signal: AbortSignal) {
    this.#writer = writer;
    this.#observer = observer;
    this.#signal = signal;
  }

  async run(writes: AsyncIterable<ScheduledWrite>): Promise<void> {
    const input = writes[Symbol.asyncIterator]();
    let ended = false;
    try {
      while (this.#failure === undefined) {
        this.#signal.throwIfAborted();
        while (!ended && this.#held < windowSize && !this.#isBusy()) {
          const next = await input.next();
          if (next.done === true) ended = true;
          else await this.#take(next.value);
        }
        if (this.#ready.length > 0 && this.#underWay.size < this.#writer.concurrency) {
          this.#start(this.#pick());
          continue;
        }
        if (this.#underWay.size > 0) await Promise.race(this.#underWay);
        else if (ended) break;
      }
    } finally {
      // What is under way is let finish, so that its outcome is written down.
      await Promise.allSettled(this.#underWay);
      await input.return?.();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Every slot has its batch and the next ones are full: more input would only use memory. */
  #isBusy(): boolean {
    return (
      this.#underWay.size >= this.#writer.concurrency &&
      this.#ready.length >= this.#writer.batchSize * this.#writer.concurrency
    );
  }

  async #take(scheduled: ScheduledWrite): Promise<void> {
    const because = scheduled.after.find((key) => this.#failed.has(key));
    if (because !== undefined) {
      this.#failed.add(scheduled.key);
      await this.#observer.answered(scheduled.key, { is: 'held-back', because });
      return;
    }
    const item: Item = { scheduled, write: scheduled.write, open: 0, failures: 0, doubtful: false };
    for (const key of new Set(scheduled.after)) {
      const waiting = this.#waiting.get(key);
      if (waiting === undefined) continue;
      waiting.push(item);
      item.open += 1;
    }
    this.#waiting.set(scheduled.key, []);
    this.#held += 1;
    if (item.open === 0) this.#ready.push(item);
  }

  /** The next batch: no more than a fair share of what is ready, so that no slot stays empty. */
  #pick(): readonly Item[] {
    const { concurrency, batchSize, leastBatchSize } = this.#writer;
    const share = Math.ceil(this.#ready.length / Math.max(1, concurrency));
    const wanted = Math.max(1, leastBatchSize, share);
    return (
      this.#pickAlike(wanted) ?? this.#ready.splice(0, Math.max(1, Math.min(batchSize, wanted)))
    );
  }

  /** New rows of one table where there are many: they can go as one message. */
  #pickAlike(wanted: number): readonly Item[] | undefined {
    const table = this.#ready[0]?.write.table;
    const size = Math.min(wanted, table === undefined ? 1 : this.#writer.bulkSize(table.name));
    const isAlike = ({ write }: Item): boolean => write.kind === 'create' && write.table === table;
    const alike = new Set<Item>();
    for (const item of this.#ready) {
      if (alike.size === size) break;
      if (isAlike(item)) alike.add(item);
    }
    if (alike.size < bulkWorth) return undefined;
    const rest = this.#ready.filter((item) => !alike.has(item));
    this.#ready.splice(0, this.#ready.length, ...rest);
    return [...alike];
  }

  #start(items: readonly Item[]): void {
    const work: Promise<void> = this.#send(items)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #send(items: readonly Item[]): Promise<void> {
    const requestId = this.#writer.nextRequestId();
    await this.#observer.sending(
      items.map(({ scheduled }) => scheduled.key),
      requestId,
    );
    const outcomes = await this.#writer.write(
      items.map(({ write }) => write),
      requestId,
      this.#signal,
    );
    const again: Item[] = [];
    for (const [at, item] of items.entries()) {
      const outcome = outcomes[at];
      if (outcome === undefined) continue;
      if (await this.#settle(item, outcome)) again.push(item);
    }
    if (again.length > 0) await this.#repeat(again);
  }

  /** True where the write is to be tried once more. */
  async #settle(item: Item, outcome: WriteOutcome): Promise<boolean> {
    const { write } = item;
    switch (outcome.is) {
      case 'done':
        // The row is our own, from an attempt whose answer was lost.
        if (outcome.already === true && item.doubtful && leaveRest(item)) return true;
        await this.#finish(item, outcome);
        return false;
      case 'failed':
        if (outcome.rowIsWritten === true) leaveRest(item);
        else if (item.doubtful && isAlreadySo(write, outcome.error)) {
          await this.#finish(item, { is: 'done', already: true });
          return false;
        }
        break;
      case 'unknown':
        item.doubtful = true;
        break;
    }
    item.failures += 1;
    if (concernsAll.has(outcome.error.code)) this.#failure ??= { error: outcome.error };
    const mayRepeat = outcome.is === 'unknown' || outcome.error.retryable;
    if (mayRepeat && item.failures < attempts && this.#failure === undefined) return true;
    await this.#finish(item, outcome);
    return false;
  }

  /** Waits, looks up what may have taken effect, and puts the rest back in line. */
  async #repeat(items: readonly Item[]): Promise<void> {
    const most = Math.max(...items.map((item) => item.failures));
    await this.#writer.backOff(most, this.#signal);
    const doubtful = items.filter((item) => item.doubtful);
    const done = await this.#lookUp(doubtful);
    const settled = new Set<Item>();
    for (const [at, item] of doubtful.entries()) {
      const outcome = done[at];
      if (outcome === undefined || (outcome.is === 'done' && leaveRest(item))) continue;
      settled.add(item);
      await this.#finish(item, outcome);
    }
    this.#ready.unshift(...items.filter((item) => !settled.has(item)));
  }

  /** An environment that cannot even be read is gone: everything stops, and what is in doubt is said. */
  async #lookUp(doubtful: readonly Item[]): Promise<readonly (WriteOutcome | undefined)[]> {
    try {
      return await readBack(
        this.#writer,
        doubtful.map(({ write }) => write),
        this.#signal,
      );
    } catch (error) {
      this.#failure ??= { error };
      if (error instanceof DataverseError)
        for (const item of doubtful) await this.#finish(item, { is: 'unknown', error });
      throw error;
    }
  }

  async #finish(item: Item, outcome: ScheduledOutcome): Promise<void> {
    const { key } = item.scheduled;
    await this.#observer.answered(key, outcome);
    this.#held -= 1;
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    if (outcome.is === 'done') {
      for (const other of waiting) {
        other.open -= 1;
        if (other.open === 0) this.#ready.push(other);
      }
      return;
    }
    this.#failed.add(key);
    for (const other of waiting)
      // A row that waits for several failed ones is held back once.
      if (this.#waiting.has(other.scheduled.key))
        await this.#finish(other, { is: 'held-back', because: key });
  }
}

/** The row itself is written: what is left of the write, if anything. */
function leaveRest(item: Item): boolean {
  const { write } = item;
  if (!hasRest(write)) return false;
  item.write = { ...write, rowIsWritten: true };
  item.doubtful = false;
  return true;
}

/** After a doubtful attempt these answers say that the attempt took effect. */
function isAlreadySo(write: Write, error: DataverseError): boolean {
  return (write.kind === 'delete' || write.kind === 'unlink') && error.status === 404;
}
