import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { keepBroken, keepFound, readCorpus } from './corpus.ts';
import { fuzzTargets } from './parsers/all-targets.ts';
import type { WorkerMessage, WorkerOrder } from './worker-message.ts';

/**
 * `npm run fuzz -- [--parser NAME]… [--minutes M] [--seed S]`: fuzzes parsers for so many minutes of
 * processor time each. Inputs that reach new code and inputs that break the law are kept in
 * test/fixtures/fuzz.
 */
const { values } = parseArgs({
  options: {
    parser: { type: 'string', multiple: true },
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
const known = fuzzTargets.map(({ name }) => name);
const parsers = values.parser ?? known;
const strange = parsers.find((name) => !known.includes(name));
if (strange !== undefined || !(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write(
    `Usage: npm run fuzz -- [--parser NAME]... [--minutes M] [--seed S]\nParsers: ${known.join(', ')}\n`,
  );
  process.exit(2);
}

const maxInputBytes = 64 * 1024;
const maxMemoryMb = 768;
/** An input that takes so long by the clock is taken for endless, however busy the machine is. */
const hangMs = 60_000;

let violations = 0;
process.stdout.write(`seed ${String(seed)}, ${values.minutes} minutes of processor time each\n`);
for (const parser of parsers) violations += await fuzzParser(parser);
process.exitCode = violations === 0 ? 0 : 1;

/** Fuzzes one parser until its time is used up; gives how many kinds of violations there were. */
async function fuzzParser(parser: string): Promise<number> {
  const kept = [...(await readCorpus(parser)).found];
  const kinds = new Set<string>();
  const total = { inputs: 0, cpuSeconds: 0, blocks: 0 };
  const violated = async (input: Uint8Array, what: string): Promise<void> => {
    const kind = kindOf(what);
    if (kinds.has(kind)) return;
    kinds.add(kind);
    process.stdout.write(`${parser}: ${await keepBroken(parser, input)}: ${what.slice(0, 600)}\n`);
  };
  // A thread that ran out of memory or time is followed by another, for the rest of the time.
  for (let thread = 0; total.cpuSeconds < minutes * 60; thread += 1) {
    const watched = await runThread(
      { parser, seed: seed + thread, cpuSeconds: minutes * 60 - total.cpuSeconds },
      { violated, found: (input) => void kept.push(input) },
    );
    total.inputs += watched.inputs;
    total.cpuSeconds += Math.max(1, watched.cpuSeconds);
    total.blocks = Math.max(total.blocks, watched.blocks);
    if (watched.broken !== undefined) await violated(watched.broken.input, watched.broken.what);
  }
  await keepFound(parser, kept);
  process.stdout.write(
    `${parser}: ${total.cpuSeconds.toFixed(0)} s of processor time, ${String(total.inputs)} inputs, ` +
      `${String(total.blocks)} blocks reached, ${String(kept.length)} inputs kept, ${String(kinds.size)} kinds of violations\n`,
  );
  return kinds.size;
}

interface Watched {
  readonly inputs: number;
  readonly cpuSeconds: number;
  readonly blocks: number;
  /** What ended the thread, when something did. */
  readonly broken?: { readonly input: Uint8Array; readonly what: string };
}

/** Runs one thread to its end, or ends it when it does not come back from an input. */
async function runThread(
  order: Omit<WorkerOrder, 'current'>,
  told: {
    readonly violated: (input: Uint8Array, what: string) => Promise<void>;
    readonly found: (input: Uint8Array) => void;
  },
): Promise<Watched> {
  const current = new SharedArrayBuffer(8 + maxInputBytes);
  const [length, counter] = [new Uint32Array(current, 0, 1), new Uint32Array(current, 4, 1)];
  const worker = new Worker(new URL('worker-entry.mjs', import.meta.url), {
    workerData: { ...order, current },
    resourceLimits: { maxOldGenerationSizeMb: maxMemoryMb },
  });
  let latest = { inputs: 0, cpuSeconds: 0, blocks: 0 };
  const telling: Promise<void>[] = [];
  const why = await new Promise<string | undefined>((resolve) => {
    let last = counter[0];
    const watch = setInterval(() => {
      if (counter[0] === last && last !== 0) resolve('it does not come back');
      last = counter[0];
    }, hangMs);
    worker.on('message', (message: WorkerMessage) => {
      if (message.is === 'found') told.found(message.input);
      else if (message.is === 'violated') telling.push(told.violated(message.input, message.what));
      else latest = message;
    });
    worker.on('error', (error) => resolve(error.message));
    worker.on('exit', () => {
      clearInterval(watch);
      resolve(undefined);
    });
  });
  await worker.terminate();
  await Promise.all(telling);
  if (why === undefined) return latest;
  const input = Buffer.from(new Uint8Array(current, 8, length[0]));
  return { ...latest, broken: { input, what: why } };
}

/** Violations of one kind are the same error in the same place. */
function kindOf(what: string): string {
  const places = what
    .split('\n')
    .filter((line) => /^\s+at .*\/(shared|emulator|node_modules)\//.test(line));
  const text = (what.split('\n', 1)[0] ?? '').replaceAll(/\d+|['"].*/g, '').slice(0, 60);
  return places.length === 0
    ? text
    : `${text.split(':')[0] ?? ''} ${places
        .slice(0, 2)
        .join(' ')
        .replaceAll(/:\d+\b/g, '')}`;
}
