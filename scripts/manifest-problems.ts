import { readFile, readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import AjvDraft04 from 'ajv-draft-04';

interface TaskJson {
  readonly id: string;
  readonly name: string;
  readonly friendlyName: string;
  readonly version: { readonly Major: number; readonly Minor: number; readonly Patch: number };
  readonly execution: Readonly<Record<string, { readonly target: string }>>;
  readonly groups?: readonly { readonly name: string }[];
  readonly inputs: readonly {
    readonly name: string;
    readonly type: string;
    readonly groupName?: string;
  }[];
}

interface ExtensionJson {
  readonly version: string;
  readonly icons: { readonly default: string };
  readonly content: Readonly<Record<string, { readonly path: string }>>;
  readonly files: readonly { readonly path: string }[];
  readonly contributions: readonly {
    readonly id: string;
    readonly type: string;
    readonly properties: { readonly name: string; readonly uri?: string };
  }[];
}

/** What only the build makes. */
const builtFiles: readonly string[] = ['THIRD-PARTY-NOTICES.txt', 'sbom.cdx.json', 'views'];
const taskType = 'ms.vss-distributed-task.task';
const endpointType = 'ms.vss-endpoint.service-endpoint-type';
/** Types of service connections that others bring. */
const foreignTypes = ['powerplatform-spn', 'AzureRM'];

/**
 * What is wrong with the manifests under `root`: the sources, or what the build staged. The packer
 * itself lets most of it pass.
 */
export async function manifestProblems(
  root: string,
  options: { readonly schema: string; readonly version: string; readonly built: boolean },
): Promise<readonly string[]> {
  const problems: string[] = [];
  const extension = (await readJson(join(root, 'vss-extension.json'))) as ExtensionJson;
  const conforms = await taskValidator(options.schema);
  const contributedTasks = extension.contributions.filter(({ type }) => type === taskType);
  const paths = [
    extension.icons.default,
    ...Object.values(extension.content).map(({ path }) => path),
    ...extension.files.map(({ path }) => path),
    ...contributedTasks.map(({ properties }) => properties.name),
    ...extension.contributions.flatMap(({ properties: { uri } }) =>
      uri === undefined ? [] : [uri],
    ),
  ];
  for (const path of paths)
    if (!existsSync(join(root, path)) && (options.built || !builtFiles.includes(path)))
      problems.push(`vss-extension.json: ${path} does not exist`);
  if (extension.version !== options.version)
    problems.push(`vss-extension.json: version ${extension.version} is not ${options.version}`);
  problems.push(
    ...twice(
      extension.contributions.map(({ id }) => id),
      'contribution id',
    ),
  );

  const contributed = new Set(contributedTasks.map(({ properties }) => properties.name));
  const endpointTypes = extension.contributions.filter(({ type }) => type === endpointType);
  const ownTypes = endpointTypes.map(({ properties }) => properties.name);
  const ids: string[] = [];
  for (const folder of await taskFolders(root)) {
    const path = join('tasks', folder);
    const task = (await readJson(join(root, path, 'task.json'))) as TaskJson;
    const say = (problem: string): void => void problems.push(`${path}/task.json: ${problem}`);
    conforms(task).forEach(say);
    ids.push(task.id);
    if (!contributed.has(`tasks/${folder}`)) say('no contribution names this task');
    if (task.name !== folder) say(`name ${task.name} is not its folder's`);
    if (task.friendlyName.length > 40) say('friendlyName is longer than 40 characters');
    const { Major, Minor, Patch } = task.version;
    const [, minor, patch] = options.version.split('.').map(Number);
    if (Minor !== minor || Patch !== patch)
      say(`version ${Major}.${Minor}.${Patch} does not follow ${options.version}`);
    for (const handler of ['Node20_1', 'Node24'])
      if (!(handler in task.execution)) say(`no handler ${handler}`);
    const groups = new Set((task.groups ?? []).map(({ name }) => name));
    for (const { name, groupName } of task.inputs)
      if (groupName !== undefined && !groups.has(groupName))
        say(`input ${name} is in no known group ${groupName}`);
    twice(
      task.inputs.map(({ name }) => name.toLowerCase()),
      'input',
    ).forEach(say);
    for (const { type } of task.inputs) {
      const wanted = /^connectedService:(.+)$/.exec(type)?.[1];
      if (wanted !== undefined && ![...foreignTypes, ...ownTypes].includes(wanted))
        say(`nobody brings service connections of type ${wanted}`);
    }
    const needed = ['icon.png', 'task.json'];
    if (options.built)
      needed.push(...Object.values(task.execution).map(({ target }) => target), 'package.json');
    for (const file of needed)
      if (!existsSync(join(root, path, file))) say(`${file} does not exist`);
  }
  problems.push(...twice(ids, 'task id'));
  return problems;
}

/** Folders that hold a task. */
async function taskFolders(root: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, 'tasks'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function taskValidator(schemaPath: string): Promise<(task: unknown) => readonly string[]> {
  const schema = (await readJson(schemaPath)) as Record<string, unknown>;
  // The schema's patterns escape hyphens, which Unicode patterns forbid.
  const ajv = new AjvDraft04.default({ strict: false, allErrors: true, unicodeRegExp: false });
  const validate = ajv.compile({ ...schema, $schema: 'http://json-schema.org/draft-04/schema#' });
  return (task) => {
    if (validate(task)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  };
}

function twice(names: readonly string[], what: string): readonly string[] {
  return names
    .filter((name, at) => names.indexOf(name) !== at)
    .map((name) => `${what} ${name} is there twice`);
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse((await readFile(path, 'utf8')).replace(/^\uFEFF/, ''));
}
