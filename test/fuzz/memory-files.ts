import { posix } from 'node:path';
import type { Files } from '#shared/host/files.ts';

/** Files in memory. A path outside of `/fuzz` is an error that no reader may cause. */
export interface MemoryFiles extends Files {
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** A step out of the folder that everything stands in. */
export class PathEscape extends Error {}

const root = '/fuzz';

export function createMemoryFiles(
  given: Readonly<Record<string, string | Uint8Array>>,
): MemoryFiles {
  const contents = new Map<string, Uint8Array>();
  for (const [path, content] of Object.entries(given)) contents.set(path, Buffer.from(content));
  const plain = (path: string): string => {
    const normal = posix.normalize(path).replace(/\/$/, '');
    if (normal !== root && !normal.startsWith(`${root}/`)) throw new PathEscape(path);
    return normal;
  };
  const existing = (path: string): Uint8Array => {
    const content = contents.get(plain(path));
    if (content === undefined) throw new Error(`ENOENT: ${path}`);
    return content;
  };
  const below = (path: string): readonly string[] =>
    [...contents.keys()].filter((name) => name.startsWith(`${plain(path)}/`));
  let temporary = 0;
  return {
    contents,
    stat: (path) => {
      const content = contents.get(plain(path));
      if (content !== undefined) return Promise.resolve({ kind: 'file', bytes: content.length });
      return Promise.resolve(below(path).length === 0 ? undefined : { kind: 'folder', bytes: 0 });
    },
    list: (path) => {
      const start = plain(path).length + 1;
      const names = below(path).map((name) => name.slice(start).split('/')[0] ?? '');
      return Promise.resolve([...new Set(names)].sort());
    },
    read: async function* (path, _signal, range) {
      const content = existing(path);
      yield await Promise.resolve(
        range === undefined ? content : content.subarray(range.start, range.end),
      );
    },
    readWhole: (path) => Promise.resolve(existing(path)),
    write: async (path, content) => {
      const place = plain(path);
      if (typeof content === 'string' || content instanceof Uint8Array) {
        contents.set(place, Buffer.from(content));
        return;
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      contents.set(place, Buffer.concat(chunks));
    },
    openJournal: (path) => {
      const place = plain(path);
      return Promise.resolve({
        append: (lines) => {
          const earlier = contents.get(place) ?? Buffer.alloc(0);
          contents.set(place, Buffer.concat([earlier, Buffer.from(lines)]));
          return Promise.resolve();
        },
        close: () => Promise.resolve(),
      });
    },
    makeFolder: (path) => {
      plain(path);
      return Promise.resolve();
    },
    remove: (path) => {
      for (const name of [plain(path), ...below(path)]) contents.delete(name);
      return Promise.resolve();
    },
    rename: (from, to) => {
      for (const name of [plain(from), ...below(from)]) {
        const content = contents.get(name);
        if (content === undefined) continue;
        contents.delete(name);
        contents.set(plain(to) + name.slice(plain(from).length), content);
      }
      return Promise.resolve();
    },
    claim: () => Promise.resolve({ release: () => Promise.resolve() }),
    makeTemporaryFolder: (prefix) => {
      temporary += 1;
      return Promise.resolve(`${root}/temporary/${prefix}${String(temporary)}`);
    },
  };
}
