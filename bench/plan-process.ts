import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { buildSourceIndex } from '#shared/plan/source-index.ts';
import { ruleBook } from '#shared/routing/rule-book.ts';
import { planStage } from '#shared/stages/plan.ts';
import { PeakMemory } from './peak-memory.ts';
import { runMeasured } from './run-stage.ts';
import { createScaledClock } from './scaled-clock.ts';

/** One plan in a process of its own, so that its memory is nobody else's: prints JSON. */
const [target = '', pkg = '', out = ''] = process.argv.slice(2);
const memory = new PeakMemory();
const begun = process.cpuUsage();
const inputs = { target, package: pkg, out };
const { result, seconds } = await runMeasured(planStage, inputs, createScaledClock(1));
const { read, write } = result.requests;
const { unchanged } = result.counts;
const peak = memory.stop();
const { user, system } = process.cpuUsage(begun);
const processorSeconds = (user + system) / 1e6;
const indexBytes = await bytesOfIndex();
process.stdout.write(
  JSON.stringify({ seconds, processorSeconds, peak, read, write, unchanged, indexBytes }),
);

/** What the index of ids and references holds for good; needs a collector that can be called. */
async function bytesOfIndex(): Promise<number> {
  const { signal } = new AbortController();
  const source = await openPackage(pkg, nodeFiles, signal);
  const before = liveBytes();
  const index = await buildSourceIndex(
    { source, book: ruleBook, environment: new Map(), progress: () => {} },
    signal,
  );
  const held = liveBytes() - before;
  return index.size === 0 ? 0 : held;
}

function liveBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
