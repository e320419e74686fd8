import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import {
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
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

/** The file system of this machine. */
export const nodeFiles: Files = {
  stat: async (path) => {
    try {
      const found = await lstat(path);
      const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
      return { kind, bytes: found.size };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  },
  list: async (path) => (await readdir(path)).sort(),
  read: (path, signal, range) =>
    createReadStream(path, {
      signal,
      ...(range === undefined ? {} : { start: range.start, end: range.end - 1 }),
    }),
  readWhole: (path) => readFile(path),
  write: async (path, content, mode) => {
    await mkdir(dirname(path), { recursive: true });
    if (mode === 'staged') {
      await writeFile(path, content);
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

function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  );
}
