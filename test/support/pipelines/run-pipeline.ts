import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { stageTable } from '#shared/stages/stage-table.ts';
import { runTask, type TestEndpoint } from '../run-task.ts';
import { asMapping, listOf } from './expand-templates.ts';
import { evaluate, isTrue, memberOf, textOf, type Value } from './expression.ts';

type Mapping = { readonly [name: string]: Value };
type Outputs = Record<string, Record<string, Record<string, string>>>;

/** Where a pipeline runs: what Azure DevOps provides besides agents. */
export interface PipelineWorld {
  /** Service connections by name. */
  readonly connections: Readonly<Record<string, TestEndpoint>>;
  /** An empty folder for workspaces and artifacts. */
  readonly folder: string;
  /** What `checkout: self` gives. */
  readonly repository?: string;
  /** Variables that are set when the run is queued. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Folders before the search path of scripts. */
  readonly tools?: readonly string[];
  /** Artifacts of other runs, by `pipeline/run id`. */
  readonly otherRuns?: Readonly<Record<string, string>>;
  /** Asked by ManualValidation; absent: everything is approved. */
  readonly approve?: (instructions: string) => boolean;
  /** What happens while an environment of Azure Pipelines waits for its approval. */
  readonly beforeDeployment?: (environment: string, artifacts: string) => Promise<void>;
}

/** How a step ended. */
export interface StepEnd {
  readonly place: string;
  readonly what: string;
  readonly result: string;
  readonly text: string;
}

export interface PipelineEnd {
  readonly succeeded: boolean;
  readonly steps: readonly StepEnd[];
  /** Stages by what became of them. */
  readonly stages: Readonly<Record<string, 'succeeded' | 'failed' | 'skipped'>>;
  readonly artifacts: string;
}

/**
 * Runs an expanded pipeline with the built tasks: stages in order, every job in a workspace of its
 * own, artifacts and output variables handed on as the YAML says and in no other way.
 */
export async function runPipeline(pipeline: Mapping, world: PipelineWorld): Promise<PipelineEnd> {
  const run = new PipelineRun(pipeline, world);
  return run.run();
}

class PipelineRun {
  readonly #pipeline: Mapping;
  readonly #world: PipelineWorld;
  readonly #steps: StepEnd[] = [];
  readonly #stages: Record<string, 'succeeded' | 'failed' | 'skipped'> = {};
  /** Of steps, by stage, job and `step.variable`. */
  readonly #outputs: Outputs = {};

  constructor(pipeline: Mapping, world: PipelineWorld) {
    this.#pipeline = pipeline;
    this.#world = world;
  }

  get #artifacts(): string {
    return join(this.#world.folder, 'artifacts');
  }

  async run(): Promise<PipelineEnd> {
    await mkdir(this.#artifacts, { recursive: true });
    const { stages, jobs, steps } = this.#pipeline;
    const all =
      stages !== undefined
        ? listOf(stages)
        : [{ stage: '__default', jobs: jobs ?? [{ job: 'job', steps }] }];
    let before: string | undefined;
    for (const each of all) {
      const stage = asMapping(each);
      const name = textOf(stage['stage']);
      await this.#stage(name, stage, before);
      before = name;
    }
    return {
      succeeded: !Object.values(this.#stages).includes('failed'),
      steps: this.#steps,
      stages: this.#stages,
      artifacts: this.#artifacts,
    };
  }

  async #stage(name: string, stage: Mapping, before: string | undefined): Promise<void> {
    const dependsOn = 'dependsOn' in stage ? listOf(stage['dependsOn']).map(textOf) : [];
    const needed = 'dependsOn' in stage ? dependsOn : before === undefined ? [] : [before];
    const succeeded = needed.every((other) => this.#stages[other] === 'succeeded');
    // Of a stage, conditions see outputs as `job.step.variable`.
    const dependencies = Object.fromEntries(
      needed.map((other) => [
        other,
        { outputs: this.#outputsOfStage(other), result: this.#stages[other] ?? 'skipped' },
      ]),
    );
    const names = { dependencies, variables: this.#world.variables ?? {} };
    if (!isTrue(evaluate(textOf(stage['condition'] ?? 'succeeded()'), { names, succeeded }))) {
      this.#stages[name] = 'skipped';
      return;
    }
    this.#outputs[name] = {};
    let ok = true;
    const jobEnds: Record<string, boolean> = {};
    for (const each of listOf(stage['jobs'])) {
      const job = asMapping(each);
      const jobName = textOf(job['job'] ?? job['deployment']);
      const ready = listOf(job['dependsOn']).every((other) => jobEnds[textOf(other)] === true);
      const jobNames = { dependencies: this.#outputsOfJobs(name), variables: {} };
      const condition = textOf(job['condition'] ?? 'succeeded()');
      if (!isTrue(evaluate(condition, { names: jobNames, succeeded: ready }))) continue;
      if (typeof job['environment'] === 'string')
        await this.#world.beforeDeployment?.(job['environment'], this.#artifacts);
      jobEnds[jobName] = await this.#jobs(name, jobName, { stage, job });
      ok &&= jobEnds[jobName] ?? false;
    }
    this.#stages[name] = ok ? 'succeeded' : 'failed';
  }

  #outputsOfStage(stage: string): Mapping {
    return Object.fromEntries(
      Object.entries(this.#outputs[stage] ?? {}).flatMap(([job, outputs]) =>
        Object.entries(outputs).map(([name, value]) => [`${job}.${name}`, value]),
      ),
    );
  }

  #outputsOfJobs(stage: string): Mapping {
    return Object.fromEntries(
      Object.entries(this.#outputs[stage] ?? {}).map(([job, outputs]) => [job, { outputs }]),
    );
  }

  /** A job, or as many of it side by side as `parallel` says. */
  async #jobs(
    stageName: string,
    name: string,
    given: { readonly stage: Mapping; readonly job: Mapping },
  ): Promise<boolean> {
    const total = Number(memberOf(memberOf(given.job, 'strategy'), 'parallel') ?? 0);
    if (total === 0) return this.#job(stageName, name, given, {});
    const ends = Array.from({ length: total }, (_, at) =>
      this.#job(stageName, `${name}.${at + 1}`, given, {
        'System.JobPositionInPhase': String(at + 1),
        'System.TotalJobsInPhase': String(total),
      }),
    );
    return (await Promise.all(ends)).every((succeeded) => succeeded);
  }

  async #job(
    stageName: string,
    name: string,
    { stage, job }: { readonly stage: Mapping; readonly job: Mapping },
    place: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const workspace = join(this.#world.folder, `${stageName}.${name}`);
    const sources = join(workspace, 's');
    await mkdir(sources, { recursive: true });
    const names = {
      stageDependencies: Object.fromEntries(
        Object.keys(this.#outputs).map((other) => [other, this.#outputsOfJobs(other)]),
      ),
      dependencies: this.#outputsOfJobs(stageName),
    };
    const variables: Record<string, string> = {
      'Pipeline.Workspace': workspace,
      'Build.SourcesDirectory': sources,
      'System.DefaultWorkingDirectory': sources,
      'Build.BuildId': '42',
      'Build.SourceBranchName': 'main',
      'System.StageName': stageName,
      'System.StageAttempt': '1',
      ...place,
    };
    for (const scope of [this.#pipeline, stage, job])
      for (const [key, value] of variablesOf(scope['variables'])) {
        const runtime = /^\$\[(.+)\]$/.exec(value)?.[1];
        variables[key] =
          runtime === undefined
            ? value
            : textOf(evaluate(runtime, { names, succeeded: true }) ?? '');
      }
    Object.assign(variables, this.#world.variables);
    const isDeployment = 'deployment' in job;
    const deploy = memberOf(memberOf(memberOf(job, 'strategy'), 'runOnce'), 'deploy');
    const steps = listOf(isDeployment ? memberOf(deploy, 'steps') : job['steps']);
    const state: JobState = {
      place: `${stageName}.${name}`,
      workspace,
      sources,
      variables,
      outputs: {},
      children: [],
      succeeded: true,
    };
    // Jobs that build get the sources unless they say otherwise; jobs that deploy get artifacts.
    if (!isDeployment && !steps.some((step) => memberOf(step, 'checkout') !== null))
      await this.#checkout(sources);
    for (const step of steps) await this.#step(asMapping(step), state);
    for (const pid of state.children) stopGroup(pid);
    (this.#outputs[stageName] ??= {})[name] = state.outputs;
    return state.succeeded;
  }

  async #step(step: Mapping, state: JobState): Promise<void> {
    const names = { variables: state.variables };
    const condition = textOf(step['condition'] ?? 'succeeded()');
    const what = textOf(
      step['displayName'] ?? step['task'] ?? step['script'] ?? step['bash'] ?? Object.keys(step)[0],
    );
    if (!isTrue(evaluate(condition, { names, succeeded: state.succeeded }))) {
      this.#steps.push({ place: state.place, what, result: 'Skipped', text: '' });
      return;
    }
    const { result, text } = await this.#run(step, state);
    this.#steps.push({ place: state.place, what, result, text });
    if (result === 'Failed' && !isTrue(step['continueOnError'])) state.succeeded = false;
  }

  async #run(step: Mapping, state: JobState): Promise<{ result: string; text: string }> {
    const done = { result: 'Succeeded', text: '' };
    const { task, download } = step;
    const expanded = (value: Value): string => withMacros(textOf(value ?? ''), state.variables);
    const script = step['script'] ?? step['bash'];
    if (typeof script === 'string') return this.#script(expanded(script), step, state);
    if ('checkout' in step) {
      if (step['checkout'] === 'self') await this.#checkout(state.sources);
      return done;
    }
    if (typeof download === 'string') {
      const only = step['artifact'];
      if (download === 'none') return done;
      const from = download === 'current' ? this.#artifacts : this.#world.otherRuns?.[download];
      if (from === undefined) return { result: 'Failed', text: `no run of ${download}` };
      const to = download === 'current' ? state.workspace : join(state.workspace, download);
      for (const name of await readdir(from))
        if (only === undefined || expanded(only) === name)
          await cp(join(from, name), join(to, name), { recursive: true });
      return done;
    }
    if ('publish' in step) {
      const path = resolve(state.sources, expanded(step['publish']));
      const name = expanded(step['artifact'] ?? basename(path));
      if (!existsSync(path)) return { result: 'Failed', text: `there is no ${path}` };
      await cp(path, join(this.#artifacts, name), { recursive: true });
      return done;
    }
    if (typeof task !== 'string') throw new Error(`What is the step ${JSON.stringify(step)}?`);
    const inputs = Object.fromEntries(
      Object.entries(asMapping(step['inputs'] ?? {})).map(([name, value]) => [
        name,
        expanded(value),
      ]),
    );
    const [taskName = ''] = task.split('@');
    switch (taskName) {
      case 'ManualValidation': {
        const approved = this.#world.approve?.(inputs['instructions'] ?? '') ?? true;
        return { result: approved ? 'Succeeded' : 'Failed', text: inputs['instructions'] ?? '' };
      }
      case 'DownloadPipelineArtifact': {
        const key = inputs['pipelineId'] ?? '';
        const from = this.#world.otherRuns?.[key];
        if (from === undefined) return { result: 'Failed', text: `no run ${key}` };
        await cp(join(from, inputs['artifactName'] ?? ''), inputs['targetPath'] ?? '', {
          recursive: true,
        });
        return done;
      }
      default:
        if (!stageTable.some((entry) => entry.task === taskName))
          throw new Error(`The examples' pipelines know no task ${taskName}.`);
        return this.#task(taskName, inputs, { step, state });
    }
  }

  async #task(
    task: string,
    inputs: Readonly<Record<string, string>>,
    { step, state }: { readonly step: Mapping; readonly state: JobState },
  ): Promise<{ result: string; text: string }> {
    const end = await runTask({
      task,
      node: process.execPath,
      inputs,
      endpoints: this.#world.connections,
      variables: environmentOf(state.variables),
      folder: state.sources,
    });
    const name = step['name'];
    if (typeof name === 'string')
      for (const [output, value] of Object.entries(end.outputs)) {
        state.outputs[`${name}.${output}`] = value;
        state.variables[`${name}.${output}`] = value;
      }
    for (const { name: command, properties, message } of end.commands)
      if (command === 'artifact.upload')
        await cp(message, join(this.#artifacts, properties['artifactname'] ?? ''), {
          recursive: true,
        });
    return { result: end.result ?? 'Failed', text: end.text };
  }

  async #script(
    script: string,
    step: Mapping,
    state: JobState,
  ): Promise<{ result: string; text: string }> {
    const own = Object.entries(asMapping(step['env'] ?? {})).map(([name, value]) => [
      name,
      withMacros(textOf(value), state.variables),
    ]);
    const child = spawn('bash', ['-c', script], {
      cwd: state.sources,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...environmentOf(state.variables),
        ...Object.fromEntries(own),
        HOME: this.#world.folder,
        PATH: [...(this.#world.tools ?? []), process.env['PATH'] ?? ''].join(':'),
      },
    });
    if (child.pid !== undefined) state.children.push(child.pid);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    // What a script leaves running may hold its output open: its own end is what counts.
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('exit', resolve);
    });
    for (const [, name = '', value = ''] of text.matchAll(
      /##vso\[task\.setvariable variable=([\w.]+)[^\]]*\](.*)/g,
    ))
      state.variables[name] = value.trim();
    return { result: code === 0 ? 'Succeeded' : 'Failed', text };
  }

  async #checkout(to: string): Promise<void> {
    if (this.#world.repository !== undefined)
      await cp(this.#world.repository, to, { recursive: true });
  }
}

/** What the steps of a job share. */
interface JobState {
  readonly place: string;
  readonly workspace: string;
  readonly sources: string;
  readonly variables: Record<string, string>;
  /** By `step.variable`. */
  readonly outputs: Record<string, string>;
  /** Process groups that scripts began; the agent ends them with the job. */
  readonly children: number[];
  succeeded: boolean;
}

function variablesOf(given: Value): readonly (readonly [string, string])[] {
  if (Array.isArray(given))
    return (given as readonly Value[]).map((each) => [
      textOf(memberOf(each, 'name')),
      textOf(memberOf(each, 'value') ?? ''),
    ]);
  return Object.entries(asMapping(given ?? {})).map(([name, value]) => [name, textOf(value ?? '')]);
}

/** `$(name)`; a name that is not known stays as it stands. */
function withMacros(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\(([\w.]+)\)/g, (macro, name: string) => {
    const value = memberOf(variables, name);
    // A variable may name others.
    return typeof value === 'string' && value !== macro ? withMacros(value, variables) : macro;
  });
}

/** Variables as processes see them. */
function environmentOf(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name.toUpperCase().replaceAll(/[. ]/g, '_'),
      value,
    ]),
  );
}

function stopGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended by itself.
  }
}
