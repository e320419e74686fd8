import type { Files, JournalFile } from '../../host/files.ts';
import type { Guid } from '../../model/guid.ts';
import type { JournalEntry } from '../../model/journal.ts';
import type { PlanHead } from '../../model/plan.ts';
import { chainedEntries, journalLine, type ChainEnd } from './journal-chain.ts';

/** A run's journal, open for writing: an entry that was awaited survives a crash. */
export interface Journal {
  write(entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

/** Opens a journal; entries written at the same time share one flush to disk. */
export async function openJournal(path: string, files: Files): Promise<Journal> {
  const file: JournalFile = await files.openJournal(path);
  let waiting: JournalEntry[] = [];
  let flushed: Promise<void> | undefined;
  let running: Promise<void> = Promise.resolve();
  /** Where the next line goes on; not known before the first one, nor after a disk that refused. */
  let end: ChainEnd | undefined;
  const flush = async (before: Promise<void>): Promise<void> => {
    await before.catch(() => undefined);
    end ??= await chainEnd(path, files);
    const entries = waiting;
    waiting = [];
    flushed = undefined;
    // What a crash or a full disk cut off stays on a line of its own.
    let text = end.isCut ? '\n' : '';
    let { sum } = end;
    for (const entry of entries) {
      const next = journalLine(entry, sum);
      text += `${next.line}\n`;
      ({ sum } = next);
    }
    end = undefined;
    await file.append(text);
    end = { sum, isCut: false };
  };
  return {
    write: async (entry) => {
      waiting.push(entry);
      if (flushed === undefined) {
        flushed = flush(running);
        running = flushed;
      }
      await flushed;
    },
    close: async () => {
      await running.catch(() => undefined);
      await file.close();
    },
  };
}

async function chainEnd(path: string, files: Files): Promise<ChainEnd> {
  const stat = await files.stat(path);
  if (stat === undefined || stat.bytes === 0) return { sum: '', isCut: false };
  let sum = '';
  for await (const line of chainedEntries(files.read(path), path)) ({ sum } = line);
  let last = 0;
  const range = { start: stat.bytes - 1, end: stat.bytes };
  for await (const chunk of files.read(path, undefined, range)) last = chunk.at(-1) ?? last;
  return { sum, isCut: last !== 0x0a };
}

/** What earlier runs on the same folder wrote down. */
export interface JournalMemory {
  /** Actions whose request may have left. */
  readonly begun: ReadonlySet<number>;
  /** Actions whose result was there already. */
  readonly found: ReadonlySet<number>;
  /** Rows that have another id than the planned one, because the server made them by itself. */
  readonly ids: ReadonlyMap<number, Guid>;
  /** The rows' versions when the last run ended, by action; empty when it was killed. */
  readonly left: ReadonlyMap<number, string>;
  /** Plan of the last start. */
  readonly planHash: string | undefined;
  /** Hash of the snapshot of the last start. */
  readonly snapshot: string | undefined;
}

/** Reads a journal; a line that was cut by a crash counts as not written, any other change is refused. */
export async function readJournal(
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<JournalMemory | undefined> {
  if ((await files.stat(path))?.kind !== 'file') return undefined;
  const begun = new Set<number>();
  const found = new Set<number>();
  const ids = new Map<number, Guid>();
  const left = new Map<number, string>();
  let planHash: string | undefined;
  let snapshot: string | undefined;
  for await (const { entry } of chainedEntries(files.read(path, signal), path)) {
    const { is, action, actions, planHash: hash, snapshot: taken, id, versions } = entry;
    if (is === 'started' && typeof hash === 'string') {
      planHash = hash;
      if (typeof taken === 'string') snapshot = taken;
      left.clear();
    }
    if (is === 'found' && typeof action === 'number') found.add(action);
    if (is === 'done' && typeof action === 'number' && typeof id === 'string') ids.set(action, id);
    if (is === 'left' && Array.isArray(versions)) for (const pair of versions) learn(pair, left);
    if (is !== 'intent' || !Array.isArray(actions)) continue;
    for (const each of actions) if (typeof each === 'number') begun.add(each);
  }
  return { begun, found, ids, left, planHash, snapshot };
}

function learn(pair: unknown, left: Map<number, string>): void {
  if (!Array.isArray(pair)) return;
  const items: readonly unknown[] = pair;
  const [action, version] = items;
  if (typeof action === 'number' && typeof version === 'string') left.set(action, version);
}

/**
 * What rows created by a plan carry in `importsequencenumber`: from the plan's hash, so that a fresh
 * machine that has only the plan recognizes them.
 */
export function runNumberOf({ hash, slice }: Pick<PlanHead, 'hash' | 'slice'>): number {
  // All slices of a plan are one promotion.
  const number = Number.parseInt((slice?.of ?? hash).slice(0, 8), 16) & 0x7f_ff_ff_ff;
  return Number.isNaN(number) || number === 0 ? 1 : number;
}
