import type { Clock } from '#shared/host/clock.ts';
import type { Credential } from '#shared/host/host.ts';
import { nodeFiles, randomIds } from '#shared/host/node-ports.ts';
import type { StageResult } from '#shared/model/result.ts';
import { runStage } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { createTestHost } from '#support/test-host.ts';

/** Who signs in; absent: anybody, as an emulator takes it. */
export interface Principals {
  readonly first?: Credential | undefined;
  readonly others?: readonly Credential[];
}

/** Runs a stage as a host does, on the clock given; throws where it does not succeed. */
export async function runMeasured<Options, Result extends StageResult>(
  stage: Stage<Options, Result>,
  inputs: Readonly<Record<string, string>>,
  clock: Clock,
  as: Principals = {},
): Promise<{
  readonly result: StageResult;
  readonly seconds: number;
  readonly logged: readonly string[];
}> {
  const entry = stageEntry(stage.name);
  if (entry === undefined) throw new Error(`No stage is named ${stage.name}.`);
  const { first, others } = as;
  const host = createTestHost(inputs, first, others);
  const started = clock.now();
  const ports = { host, clock, files: nodeFiles, ids: randomIds };
  const { result } = await runStage(entry, stage, ports, new AbortController().signal);
  const seconds = (clock.now() - started) / 1000;
  if (result.outcome === 'failed')
    throw new Error(`${stage.name} failed: ${JSON.stringify(result.findings.slice(0, 3))}`);
  return { result, seconds, logged: host.logged.map(({ text }) => text) };
}
