import type { Files } from './files.ts';

/**
 * Files that are neither read nor written any more once a signal is aborted: work that asks nothing
 * of a network is stopped between two of them. What clears up goes on.
 */
export function stoppableFiles(files: Files, signal: AbortSignal): Files {
  return {
    ...files,
    readWhole: async (path) => {
      signal.throwIfAborted();
      return files.readWhole(path);
    },
    write: async (path, content, mode) => {
      signal.throwIfAborted();
      await files.write(path, content, mode);
    },
    read: async function* (path, readSignal, range) {
      for await (const chunk of files.read(path, readSignal, range)) {
        signal.throwIfAborted();
        yield chunk;
      }
    },
  };
}
