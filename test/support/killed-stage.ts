// A stage in a process of its own that kills itself, as a machine does that loses power.
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { StageName } from '#shared/stages/stage-entry.ts';
import { runStage } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import { loadStage } from '../../cli/stage-loaders.ts';
import { killingFiles, type KillPoint } from './kill-points.ts';
import { createTestHost, testPorts } from './test-host.ts';

const { stage, inputs, point } = JSON.parse(process.argv[2] ?? '') as {
  readonly stage: StageName;
  readonly inputs: Readonly<Record<string, string>>;
  readonly point: KillPoint;
};
const entry = stageEntry(stage);
if (entry === undefined) throw new Error(`There is no stage ${stage}.`);
const kill = (): void => {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment; nothing may happen in it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
};
const files = killingFiles(nodeFiles, { journal: 0, file: 0 }, point, kill);
const ports = { ...testPorts(createTestHost(inputs)), files };
await runStage(entry, await loadStage(stage), ports, new AbortController().signal);
