import { randomUUID } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { claimPath } from './claim-path.ts';
import type { Clock } from './clock.ts';
import type { Files } from './files.ts';
import type { Ids } from './ids.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};

export const randomIds: Ids = { next: () => randomUUID() };

/**
 * The file system of this machine. What is small is read and written at once: to hand it to another
 * thread takes longer than the work itself, and a package in a folder has hundreds of files.
 */
export const nodeFiles: Files = {
  stat: async (path) => {
    await giveWay();
    try {
      const found = lstatSync(path);
      const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
      return { kind, bytes: found.size };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  },
  list: async (path) => {
    await giveWay();
    return readdirSync(path).sort();
  },
  read: (path, signal, range) =>
    createReadStream(path, {
      signal,
      ...(range === undefined ? {} : { start: range.start, end: range.end - 1 }),
    }),
  readWhole: async (path) => {
    await giveWay();
    return readFileSync(path);
  },
  write: async (path, content, mode) => {
    await giveWay();
    mkdirSync(dirname(path), { recursive: true });
    if (mode === 'staged') {
      if (typeof content === 'string' || content instanceof Uint8Array)
        writeFileSync(path, content);
      else await writeFile(path, content);
      return;
    }
    const temporary = `${path}.${randomUUID().slice(0, 8)}.part`;
    try {
      const chunks =
        typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
      await pipeline(Readable.from(chunks), createWriteStream(temporary, { flush: true }));
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  },
  openJournal: async (path) => {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'a');
    return {
      append: async (lines) => {
        await handle.appendFile(lines);
        await handle.datasync();
      },
      close: () => handle.close(),
    };
  },
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true });
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
  rename: (from, to) => rename(from, to),
  makeTemporaryFolder: (prefix) => mkdtemp(join(tmpdir(), prefix)),
  claim: claimPath,
};

const turnMs = 5;
let turnedAt = 0;

/** Lets signals, timers and answers in, every few milliseconds. */
async function giveWay(): Promise<void> {
  if (performance.now() - turnedAt < turnMs) return;
  await nextTurn();
  turnedAt = performance.now();
}

function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  );
}
