import { parentPort, workerData } from 'node:worker_threads';
import { watchCoverage } from './coverage.ts';
import { readCorpus } from './corpus.ts';
import { fuzz } from './fuzz-loop.ts';
import { fuzzTargets } from './parsers/all-targets.ts';
import type { WorkerMessage, WorkerOrder } from './worker-message.ts';

/** Fuzzes one parser in a thread of its own, so that whoever watches can end it at any time. */
const { parser, seed, cpuSeconds, current } = workerData as WorkerOrder;
const target = fuzzTargets.find(({ name }) => name === parser);
if (target === undefined || parentPort === null) throw new Error(`No parser is named ${parser}.`);
const port = parentPort;
const tell = (message: WorkerMessage): void => port.postMessage(message);
const length = new Uint32Array(current, 0, 2);
const room = new Uint8Array(current, 8);

const { found, broken } = await readCorpus(parser);
const guide = watchCoverage([
  '/shared/',
  '/emulator/',
  'saxes',
  'yauzl',
  'jszip',
  '/yaml/',
  'xml2js',
]);
const started = process.cpuUsage();
const usedSeconds = (): number => {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
};
let told = 0;
const inputs = await fuzz(
  target,
  {
    seed,
    corpus: [...found, ...broken.values()],
    maxBytes: room.length,
    guide,
    goesOn: (inputs) => {
      const seconds = usedSeconds();
      if (seconds - told > 15) {
        told = seconds;
        tell({ is: 'progress', inputs, cpuSeconds: seconds, blocks: guide.blocks });
      }
      return seconds < cpuSeconds;
    },
  },
  {
    // What a reader that never returns was reading is known only from shared memory.
    reading: (input) => {
      const kept = input.subarray(0, room.length);
      room.set(kept);
      length[0] = kept.length;
      length[1] = ((length[1] ?? 0) + 1) >>> 0;
    },
    violated: ({ input, what }) => tell({ is: 'violated', input, what }),
    found: (input) => tell({ is: 'found', input }),
  },
);
tell({ is: 'ended', inputs, cpuSeconds: usedSeconds(), blocks: guide.blocks });
guide.close();
