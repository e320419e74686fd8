import { mkdtemp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InternalError } from '#shared/errors/migration-error.ts';
import { nodeFiles, randomIds, systemClock } from '#shared/host/node-ports.ts';
import type { StageResult } from '#shared/model/result.ts';
import { countsText } from '#shared/report/count-rows.ts';
import { renderFindings } from '#shared/report/terminal.ts';
import { exitStatus, runStage } from '#shared/stages/run-stage.ts';
import type { StageName } from '#shared/stages/stage-entry.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { loadStage } from '../stage-loaders.ts';
import { createTerminalHost } from '../terminal-host.ts';
import type { Terminal } from '../terminal.ts';

/** One step of the demonstration: a stage and the flags it gets. */
interface DemoStep {
  readonly title: string;
  readonly stage: StageName;
  readonly flags: Readonly<Record<string, string>>;
}

/** `urm demo`: everything, end to end, between two emulated environments. */
export const demoCommand: Command = {
  name: 'demo',
  summary:
    'Runs every stage between two emulated environments, one full and one empty, and plans again at the end: 0 changes.',
  flags: [
    {
      name: 'out',
      hint: 'DIR',
      help: 'Folder for package, plan and reports; it must be empty or new. Default: a new temporary folder.',
    },
  ],
  positionals: [],
  run: async (given, terminal, signal) => {
    const folder = await workFolder(given);
    const { startEmulator } = await import('#emulator/server.ts');
    const source = await startEmulator({ port: 0, seed: 'contoso' });
    try {
      const target = await startEmulator({ port: 0, seed: 'empty' });
      try {
        terminal.print(`source  ${source.url}  contoso, a full contact centre`);
        terminal.print(`target  ${target.url}  empty, solutions installed and nothing configured`);
        for (const line of await differences(source.url, target.url, signal)) terminal.print(line);
        terminal.print('');
        return await promote({ source: source.url, target: target.url, folder }, terminal, signal);
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  },
};

/** Shows that the two are not copies of each other: what import has to bridge. */
async function differences(
  source: string,
  target: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const definition = `EntityDefinitions(LogicalName='msdyn_decisioncontract')?$select=ObjectTypeCode`;
  const contract = `msdyn_decisioncontracts?$select=msdyn_decisioncontractid&$filter=msdyn_uniquename eq 'msdyn_assignmentoutput'`;
  const ask = async (url: string, path: string, name: string): Promise<string> => {
    const answer = await fetch(`${url}/api/data/v9.2/${path}`, {
      headers: { authorization: 'Bearer demo' },
      signal,
    });
    const found = new RegExp(`"${name}":"?([\\w-]+)`).exec(await answer.text());
    return found?.[1] ?? 'unknown';
  };
  const both = async (path: string, name: string): Promise<string> =>
    `${await ask(source, path, name)} there, ${await ask(target, path, name)} here`;
  return [
    `type code of decision contracts: ${await both(definition, 'ObjectTypeCode')}`,
    `id of one that the system owns:  ${await both(contract, 'msdyn_decisioncontractid')}`,
  ];
}

interface Scene {
  readonly source: string;
  readonly target: string;
  readonly folder: string;
}

async function promote(scene: Scene, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { source, target, folder } = scene;
  const path = (name: string): string => join(folder, name);
  const environment = target;
  const first: readonly DemoStep[] = [
    { title: 'validate', stage: 'validate', flags: { source, target } },
    {
      title: 'generate-schema',
      stage: 'generate-schema',
      flags: { environment: source, out: path('schemas') },
    },
    {
      title: 'export',
      stage: 'export',
      flags: { environment: source, schema: path('schemas'), out: path('package') },
    },
    {
      title: 'plan',
      stage: 'plan',
      flags: { environment, package: path('package'), out: path('plan') },
    },
  ];
  const rest = (planHash: string): readonly DemoStep[] => [
    {
      title: 'import',
      stage: 'import',
      flags: {
        environment,
        package: path('package'),
        plan: path('plan/plan.json'),
        'plan-hash': planHash,
        out: path('run'),
      },
    },
    {
      title: 'verify',
      stage: 'verify',
      flags: { environment, package: path('package'), out: path('verification') },
    },
    {
      title: 'plan again',
      stage: 'plan',
      flags: { environment, package: path('package'), out: path('second-plan') },
    },
  ];
  let last: StageResult | undefined;
  let steps = first;
  for (let at = 0; at < steps.length; at += 1) {
    const step = steps[at];
    if (step === undefined) break;
    last = await play(step, `${at + 1}/7`, terminal, signal);
    if (last === undefined) return 1;
    if (at === first.length - 1)
      steps = [...first, ...rest(String(last.outputs['planHash'] ?? ''))];
  }
  terminal.print('');
  terminal.print(`package  ${path('package')}`);
  terminal.print(`plan     ${path('plan/plan.json')}`);
  terminal.print(`report   ${path('run/report.html')}`);
  const changes = last === undefined ? 1 : plannedChanges(last);
  terminal.print('');
  terminal.print(`${changes} planned changes`);
  if (changes === 0 && last?.outputs['hasChanges'] === false) return 0;
  terminal.complain('The second plan is not empty: the import did not bring everything over.');
  return 1;
}

/** Runs one step and prints its line; `undefined` when it failed, after saying why. */
async function play(
  step: DemoStep,
  place: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<StageResult | undefined> {
  const entry = stageEntry(step.stage);
  if (entry === undefined) throw new InternalError('The stage is in no table', step.stage);
  const began = performance.now();
  const quiet: Terminal = { ...terminal, print: () => {} };
  const given: Arguments = {
    positionals: [],
    value: (flag) => step.flags[flag],
    has: (flag) => flag in step.flags,
  };
  const title = step.title.padEnd(16);
  // Emulators take any token: nothing of the caller's own sign-in is used.
  const host = createTerminalHost(entry, given, quiet, {});
  const ports = {
    host: {
      ...host,
      progress: (label: string, done: number, total: number) =>
        terminal.status(`[${place}] ${title} ${label} ${done}/${total}`),
    },
    clock: systemClock,
    files: nodeFiles,
    ids: randomIds,
  };
  const end = await runStage(entry, await loadStage(step.stage), ports, signal);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { result } = end;
  const failed = exitStatus(end, { detailed: false }) !== 0;
  terminal.print(
    `[${place}] ${title} ${failed ? 'FAILED' : 'ok'}  ${lineOf(step.stage, result)}, ${seconds} s`,
  );
  const shown = failed ? result.findings.filter(({ severity }) => severity === 'error') : [];
  for (const line of renderFindings(shown, terminal)) terminal.complain(line);
  return failed ? undefined : result;
}

function lineOf(stage: StageName, result: StageResult): string {
  const { counts, findings, outputs, requests } = result;
  const notes =
    findings.length === 0
      ? 'no findings'
      : `${findings.length} finding${findings.length === 1 ? '' : 's'}`;
  const sent = `${requests.read} reads, ${requests.write} writes`;
  switch (stage) {
    case 'validate':
      return `${notes}, ${sent}`;
    case 'generate-schema':
      return `${String(outputs['steps'])} steps, ${String(outputs['tables'])} tables, ${String(outputs['columns'])} columns, ${sent}`;
    case 'export':
      return `${counts.in} rows, ${String(outputs['links'])} links, ${notes}, ${sent}`;
    case 'plan':
      return `${plannedChanges(result)} planned changes: ${countsText(counts)}, ${sent}`;
    case 'import':
      return `${countsText(counts)}, ${sent}`;
    case 'verify':
    case 'check-drift':
    case 'roll-back':
    case 'migrate-channel-providers':
      return `${countsText(counts)}, ${notes}, ${sent}`;
  }
}

function plannedChanges({ counts }: StageResult): number {
  return counts.created + counts.updated + counts.linked + counts.unlinked + counts.deleted;
}

async function workFolder(given: Arguments): Promise<string> {
  const out = given.value('out');
  if (out === undefined) return mkdtemp(join(tmpdir(), 'urm-demo-'));
  await mkdir(out, { recursive: true });
  return resolve(out);
}
