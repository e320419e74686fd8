import type { Files } from '../host/files.ts';
import { parseJson, textsOf } from './json.ts';
import { readLines } from './lines.ts';

/** Sorts more texts than memory holds: sorted runs go to files, and are merged when read. */
export interface SortedSpool {
  /** The key decides the order; texts of equal keys stay in the order they came. */
  add(key: string, text: string): Promise<void>;
  readonly size: number;
  /** May be read once all texts are in, and more than once. */
  sorted(): AsyncIterable<SpooledText>;
}

export interface SpooledText {
  readonly key: string;
  readonly text: string;
}

const runChars = 16 * 1024 * 1024;
const batchChars = 256 * 1024;

/** The folder must exist; the caller removes it with everything in it. */
export function createSortedSpool(folder: string, name: string, files: Files): SortedSpool {
  let items: SpooledText[] = [];
  let chars = 0;
  let size = 0;
  const runs: string[] = [];
  const sort = (): void => {
    items.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  };
  const spill = async (): Promise<void> => {
    sort();
    const path = `${folder}/${name}.${String(runs.length)}`;
    await files.write(path, runBytes(items), 'staged');
    runs.push(path);
    items = [];
    chars = 0;
  };
  return {
    get size() {
      return size;
    },
    add: async (key, text) => {
      items.push({ key, text });
      size++;
      chars += text.length + 200;
      if (chars > runChars) await spill();
    },
    sorted: () => {
      sort();
      const sources = runs.map((path) => readRun(path, files));
      return merge([...sources, items]);
    },
  };
}

/** One line a text: JSON keeps line breaks out of it. */
async function* runBytes(items: readonly SpooledText[]): AsyncGenerator<Uint8Array> {
  let batch = '';
  for (const { key, text } of items) {
    batch += `${JSON.stringify([key, text])}\n`;
    if (batch.length < batchChars) continue;
    yield await Promise.resolve(Buffer.from(batch));
    batch = '';
  }
  yield Buffer.from(batch);
}

async function* readRun(path: string, files: Files): AsyncGenerator<SpooledText> {
  for await (const line of readLines(files.read(path))) {
    const [key = '', text = ''] = textsOf(parseJson(line));
    yield { key, text };
  }
}

async function* merge(
  sources: readonly (AsyncIterable<SpooledText> | Iterable<SpooledText>)[],
): AsyncGenerator<SpooledText> {
  const heads: {
    readonly iterator: AsyncIterator<SpooledText> | Iterator<SpooledText>;
    head: SpooledText;
  }[] = [];
  for (const source of sources) {
    const iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    const first = await iterator.next();
    if (first.done !== true) heads.push({ iterator, head: first.value });
  }
  for (;;) {
    let least = heads[0];
    // Earlier runs win ties, which keeps the order of equal keys.
    for (const head of heads)
      if (least !== undefined && head.head.key < least.head.key) least = head;
    if (least === undefined) return;
    yield least.head;
    const next = await least.iterator.next();
    if (next.done === true) heads.splice(heads.indexOf(least), 1);
    else least.head = next.value;
  }
}
