import { planStage } from '#shared/stages/plan.ts';
import { PeakMemory } from './peak-memory.ts';
import { runMeasured } from './run-stage.ts';
import { createScaledClock } from './scaled-clock.ts';

/** One plan in a process of its own, so that its memory is nobody else's: prints JSON. */
const [target = '', pkg = '', out = ''] = process.argv.slice(2);
const memory = new PeakMemory();
const inputs = { target, package: pkg, out };
const { result, seconds } = await runMeasured(planStage, inputs, createScaledClock(1));
const { read, write } = result.requests;
const { unchanged } = result.counts;
process.stdout.write(JSON.stringify({ seconds, peak: memory.stop(), read, write, unchanged }));
