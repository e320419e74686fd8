import type { Files, JournalFile } from '#shared/host/files.ts';

/** What a disk does from some moment on. */
export type DiskFault = 'full' | 'read-only';

/**
 * A disk that fails from its n-th write on. A full one takes half of what it is given; the journal is
 * appended to in place, so that half a line stays there.
 */
export function failingFiles(files: Files, fault: DiskFault, nth: number): Files {
  let writes = 0;
  const fails = (): boolean => {
    writes += 1;
    return writes >= nth;
  };
  const failure = (path: string): Error =>
    fault === 'full'
      ? Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), {
          code: 'ENOSPC',
        })
      : Object.assign(new Error(`EROFS: read-only file system, open '${path}'`), { code: 'EROFS' });
  const openJournal = async (path: string): Promise<JournalFile> => {
    if (fails() && fault === 'read-only') throw failure(path);
    const journal = await files.openJournal(path);
    return {
      append: async (lines) => {
        if (!fails()) return journal.append(lines);
        if (fault === 'full') await journal.append(lines.slice(0, Math.ceil(lines.length / 2)));
        throw failure(path);
      },
      close: () => journal.close(),
    };
  };
  return {
    ...files,
    openJournal,
    write: async (path, content, mode) => {
      if (!fails()) return files.write(path, content, mode);
      if (fault === 'full') await files.write(path, halfOf(content, failure(path)), mode);
      throw failure(path);
    },
    makeFolder: async (path) => {
      if (fails()) throw failure(path);
      await files.makeFolder(path);
    },
    makeTemporaryFolder: async (prefix) => {
      if (fails()) throw failure(prefix);
      return files.makeTemporaryFolder(prefix);
    },
    remove: async (path) => {
      if (fault === 'read-only' && fails() && (await files.stat(path)) !== undefined)
        throw failure(path);
      await files.remove(path);
    },
    rename: async (from, to) => {
      if (fails()) throw failure(to);
      await files.rename(from, to);
    },
  };
}

async function* halfOf(
  content: AsyncIterable<Uint8Array> | Uint8Array | string,
  failure: Error,
): AsyncGenerator<Uint8Array> {
  if (typeof content === 'string' || content instanceof Uint8Array) {
    const bytes = Buffer.from(content);
    yield bytes.subarray(0, Math.ceil(bytes.length / 2));
  } else
    for await (const chunk of content) {
      yield chunk.subarray(0, Math.ceil(chunk.length / 2));
      break;
    }
  throw failure;
}
