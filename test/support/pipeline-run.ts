import { existsSync } from 'node:fs';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { StageResult } from '#shared/model/result.ts';
import { runStage } from '#shared/stages/run-stage.ts';
import { inputName, optionName } from '#shared/stages/stage-options.ts';
import type { StageEntry } from '#shared/stages/stage-entry.ts';
import { stageTable } from '#shared/stages/stage-table.ts';
import { loadStage } from '../../cli/stage-loaders.ts';
import { createTestHost, testPorts } from './test-host.ts';

interface Step {
  readonly task?: string;
  readonly name?: string;
  readonly condition?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

interface Job {
  readonly job?: string;
  readonly deployment?: string;
  readonly environment?: string;
  readonly steps?: readonly Step[];
  readonly strategy?: {
    readonly runOnce: { readonly deploy: { readonly steps: readonly Step[] } };
  };
}

interface PipelineStage {
  readonly stage: string;
  readonly condition?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly jobs: readonly Job[];
}

/** What a run of a pipeline needs of its world. */
export interface PipelineWorld {
  /** URLs of environments by service connection. */
  readonly connections: Readonly<Record<string, string>>;
  /** Agents work here; artifacts are kept here. */
  readonly folder: string;
  /** Asked before a deployment; what it does happens between plan and import. */
  readonly approve: (environment: string, artifacts: string) => Promise<void>;
}

/** What a task did. */
export interface TaskDone {
  readonly stage: string;
  readonly task: string;
  readonly result: StageResult;
}

/**
 * Runs a pipeline file as Azure Pipelines would, as far as the examples go: stages in order, their
 * conditions, output variables, artifacts, and a workspace of its own for every job.
 */
export async function runPipeline(
  path: string,
  world: PipelineWorld,
): Promise<readonly TaskDone[]> {
  const { stages } = parse(await readFile(path, 'utf8')) as {
    readonly stages: readonly PipelineStage[];
  };
  const done: TaskDone[] = [];
  const outputs = new Map<string, string>();
  const results = new Map<string, string>();
  const artifacts = join(world.folder, 'artifacts');
  await mkdir(artifacts, { recursive: true });
  for (const stage of stages) {
    if (!holds(stage.condition, outputs, results)) {
      results.set(stage.stage, 'Skipped');
      continue;
    }
    const variables = Object.fromEntries(
      Object.entries(stage.variables ?? {}).map(([name, text]) => [name, resolved(text, outputs)]),
    );
    let failed = false;
    for (const job of stage.jobs) {
      if (job.environment !== undefined) await world.approve(job.environment, artifacts);
      const workspace = join(world.folder, `${stage.stage}-${job.job ?? job.deployment ?? ''}`);
      await cp(artifacts, workspace, { recursive: true });
      for (const step of job.steps ?? job.strategy?.runOnce.deploy.steps ?? []) {
        if (step.task === undefined || (step.condition === 'failed()') !== failed) continue;
        const filled = Object.fromEntries(
          Object.entries(step.inputs ?? {}).map(([name, text]) => [
            name,
            text.replaceAll(/\$\(([^)]+)\)/g, (_, variable: string) =>
              variable === 'Pipeline.Workspace' ? workspace : (variables[variable] ?? ''),
            ),
          ]),
        );
        const result = await runTaskOf(step.task, filled, world);
        done.push({ stage: stage.stage, task: step.task, result });
        failed ||= result.outcome === 'failed';
        if (step.name !== undefined)
          for (const [name, value] of Object.entries(result.outputs))
            outputs.set(`${stage.stage} ${job.job ?? ''}.${step.name}.${name}`, String(value));
        const { artifactName, outputPath } = filled;
        const isThere = outputPath !== undefined && existsSync(outputPath);
        if (artifactName !== undefined && isThere)
          await cp(outputPath, join(artifacts, `${artifactName}-1`), { recursive: true });
      }
    }
    results.set(stage.stage, failed ? 'Failed' : 'Succeeded');
    if (failed) break;
  }
  return done;
}

async function runTaskOf(
  task: string,
  inputs: Readonly<Record<string, string>>,
  world: PipelineWorld,
): Promise<StageResult> {
  const all: readonly StageEntry[] = stageTable;
  const entry = all.find((each) => task === `${each.task}@${each.major}`);
  if (entry === undefined) throw new Error(`There is no task ${task}.`);
  const read: Record<string, string> = {};
  for (const option of entry.options) {
    const value = inputs[inputName(option)];
    if (value !== undefined) read[optionName(option.flag)] = value;
  }
  for (const { role, serviceConnection } of entry.connections) {
    const url = world.connections[inputs[serviceConnection] ?? ''];
    if (url !== undefined) read[role] = url;
  }
  const ports = testPorts(createTestHost(read));
  const stage = await loadStage(entry.name);
  return (await runStage(entry, stage, ports, new AbortController().signal)).result;
}

function resolved(text: string, outputs: ReadonlyMap<string, string>): string {
  const found = /^\$\[ stageDependencies\.(\w+)\.(\w+)\.outputs\['(\w+)\.(\w+)'\] \]$/.exec(text);
  if (found === null) throw new Error(`The runner does not know ${text}.`);
  const [, stage = '', job = '', step = '', name = ''] = found;
  return outputs.get(`${stage} ${job}.${step}.${name}`) ?? '';
}

function holds(
  condition: string | undefined,
  outputs: ReadonlyMap<string, string>,
  results: ReadonlyMap<string, string>,
): boolean {
  if (condition === undefined) return true;
  const equal = /eq\(dependencies\.(\w+)\.outputs\['([\w.]+)'\], '(\w+)'\)/.exec(condition);
  if (equal !== null) {
    const [, stage = '', name = '', value] = equal;
    return outputs.get(`${stage} ${name}`) === value;
  }
  const within = /^in\(dependencies\.(\w+)\.result, (.*)\)$/.exec(condition);
  if (within === null) throw new Error(`The runner does not know ${condition}.`);
  return (within[2] ?? '').includes(`'${results.get(within[1] ?? '') ?? ''}'`);
}
