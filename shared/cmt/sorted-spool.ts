import type { Files } from '../host/files.ts';
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

const usualRunChars = 4 * 1024 * 1024;
/** So many runs are open at a time: each holds its next text in memory. */
const fanIn = 12;
const batchChars = 256 * 1024;

/** Where texts are spooled. The folder exists; the caller removes it with everything in it. */
export interface SpoolPlace {
  readonly folder: string;
  readonly name: string;
  readonly files: Files;
  /** How much stays in memory. */
  readonly runChars?: number;
}

/** Opens a spool. */
export function createSortedSpool({
  folder,
  name,
  files,
  runChars = usualRunChars,
}: SpoolPlace): SortedSpool {
  let items: Item[] = [];
  let chars = 0;
  let size = 0;
  let written = 0;
  /** Runs by how often they were merged: those of later levels hold earlier texts. */
  const levels: Chain[][] = [];
  const sort = (): void => {
    items.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  };
  const spill = async (): Promise<void> => {
    sort();
    const [first] = items;
    const last = items.at(-1);
    if (first === undefined || last === undefined) return;
    const path = await writeRun(linesOf(items));
    const chain = levels[0]?.at(-1);
    // Rows that come in order, as they do from most sources, need no merging.
    if (chain !== undefined && chain.lastKey <= first.key) {
      chain.paths.push(path);
      chain.lastKey = last.key;
    } else await addChain(0, { paths: [path], lastKey: last.key });
    items = [];
    chars = 0;
  };
  const writeRun = async (lines: Lines): Promise<string> => {
    const path = `${folder}/${name}.${String(written++)}`;
    await files.write(path, runBytes(lines), 'staged');
    return path;
  };
  const addChain = async (level: number, chain: Chain): Promise<void> => {
    const chains = (levels[level] ??= []);
    chains.push(chain);
    if (chains.length < fanIn) return;
    levels[level] = [];
    const path = await writeRun(mergedLines(chains.map((each) => chainLines(each, files))));
    const lastKey = chains.map((each) => each.lastKey).reduce((a, b) => (a > b ? a : b));
    await addChain(level + 1, { paths: [path], lastKey });
    for (const { paths } of chains) for (const old of paths) await files.remove(old);
  };
  return {
    get size() {
      return size;
    },
    add: async (key, text) => {
      const line = lineOf(key, text);
      items.push({ key: flat(key), line });
      size++;
      chars += line.length + 100;
      if (chars > runChars) await spill();
    },
    sorted: () => {
      sort();
      const chains = levels.toReversed().flat();
      return texts([...chains.map((chain) => chainLines(chain, files)), linesOf(items)]);
    },
  };
}

/** Runs of which each begins where the one before it ends. */
interface Chain {
  readonly paths: string[];
  lastKey: string;
}

async function* chainLines(chain: Chain, files: Files): AsyncGenerator<string> {
  for (const path of chain.paths) yield* readLines(files.read(path));
}

interface Item {
  readonly key: string;
  readonly line: string;
}

/** A copy that does not hold on to the longer text it was cut from. */
function flat(key: string): string {
  return Buffer.from(key).toString();
}

/** One line a text. XML has no control characters, so that two of them may stand for line ends. */
function lineOf(key: string, text: string): string {
  return `${key}\t${text.replaceAll('\r', '\u0001').replaceAll('\n', '\u0002')}`;
}

function keyOf(line: string): string {
  return line.slice(0, line.indexOf('\t'));
}

function spooled(line: string): SpooledText {
  const end = line.indexOf('\t');
  const text = line
    .slice(end + 1)
    .replaceAll('\u0001', '\r')
    .replaceAll('\u0002', '\n');
  return { key: line.slice(0, end), text };
}

async function* runBytes(
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<Uint8Array> {
  let batch: string[] = [];
  let chars = 0;
  for await (const line of lines) {
    batch.push(line);
    chars += line.length;
    if (chars < batchChars) continue;
    yield Buffer.from(`${batch.join('\n')}\n`);
    batch = [];
    chars = 0;
  }
  if (batch.length > 0) yield Buffer.from(`${batch.join('\n')}\n`);
}

function* linesOf(items: readonly Item[]): Generator<string> {
  for (const { line } of items) yield line;
}

type Lines = AsyncIterable<string> | Iterable<string>;

async function* texts(sources: readonly Lines[]): AsyncGenerator<SpooledText> {
  for await (const line of mergedLines(sources)) yield spooled(line);
}

async function* mergedLines(sources: readonly Lines[]): AsyncGenerator<string> {
  const heads: {
    readonly iterator: AsyncIterator<string> | Iterator<string>;
    line: string;
    key: string;
  }[] = [];
  for (const source of sources) {
    const iterator =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    const first = await iterator.next();
    if (first.done !== true) heads.push({ iterator, line: first.value, key: keyOf(first.value) });
  }
  for (;;) {
    let least = heads[0];
    // Earlier runs win ties, which keeps the order of equal keys.
    for (const head of heads) if (least !== undefined && head.key < least.key) least = head;
    if (least === undefined) return;
    yield least.line;
    const next = await least.iterator.next();
    if (next.done === true) heads.splice(heads.indexOf(least), 1);
    else {
      least.line = next.value;
      least.key = keyOf(next.value);
    }
  }
}
