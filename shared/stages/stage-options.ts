import { channels as channelNames, extras as extraNames } from '../routing/area.ts';

/** One thing that can be said to a stage: a flag of the command, an input of the task. */
export interface StageOption {
  /** `plan-hash`; stages read it as `planHash`. */
  readonly flag: string;
  /** `list` is comma-separated. */
  readonly kind: 'text' | 'path' | 'switch' | 'list' | 'choice';
  /** What stands for the value in usage texts. */
  readonly hint?: string;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly required?: true;
  readonly default?: string;
  readonly label: string;
  readonly help: string;
  readonly group?: 'scope' | 'advanced';
  /** When the task's form shows it; a YAML pipeline does not apply it. */
  readonly visibleRule?: string;
  readonly only?: 'cli' | 'task';
  /** A path that the stage writes to; every other path must be there. */
  readonly writes?: true;
  /** What serves where it is absent: a new folder, its name followed by the time. */
  readonly newFolder?: {
    readonly name: string;
    readonly in: 'working-folder' | 'temporary-folder';
  };
}

/** The name under which stages read it: `plan-hash` is `planHash`. */
export function optionName(flag: string): string {
  return flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The task's input: paths carry the suffix Path, and what a task writes to is its output path. */
export function inputName(option: StageOption): string {
  if (option.flag === 'out') return 'outputPath';
  const name = optionName(option.flag);
  return option.kind === 'path' ? `${name}Path` : name;
}

/** Groups of inputs in a task's form. */
export const optionGroups = {
  scope: 'What to move',
  advanced: 'Advanced',
} as const;

export const channels: StageOption = {
  flag: 'channels',
  kind: 'list',
  hint: 'NAME,…',
  label: 'Channels',
  help: `What to move: ${channelNames.join(', ')}, separated by commas. Absent: everything.`,
  group: 'scope',
};

export const include: StageOption = {
  flag: 'include',
  kind: 'list',
  hint: 'NAME,…',
  label: 'Include',
  help: `What moves only when asked for: ${extraNames.join(', ')}, separated by commas.`,
  group: 'scope',
};

export const explain: StageOption = {
  flag: 'explain',
  kind: 'switch',
  label: 'Explain',
  help: 'Say for each table, and in a limited scope for each row, why it is in.',
  group: 'scope',
};

export const workstreams: StageOption = {
  flag: 'workstreams',
  kind: 'list',
  hint: 'NAME,…',
  label: 'Workstreams',
  help: 'Names or ids of workstreams, separated by commas: only they and what they need. Absent: all.',
  group: 'scope',
};

export const recordTypes: StageOption = {
  flag: 'record-types',
  kind: 'list',
  hint: 'TABLE,…',
  label: 'Record types',
  help: 'Tables whose rows are routed, such as incident, separated by commas: only their intake rules, their workstreams and what these need. Absent: all.',
  group: 'scope',
};

export const config: StageOption = {
  flag: 'config',
  kind: 'path',
  hint: 'FILE',
  label: 'Configuration',
  help: 'A unified-routing.yml: what to move, and what environments have of their own.',
  group: 'advanced',
};

export const map: StageOption = {
  flag: 'map',
  kind: 'path',
  hint: 'FILE',
  label: 'Map file',
  help: 'Says which rows of the source are which rows of the target, where ids and names do not tell.',
  group: 'advanced',
};

export const writeMap: StageOption = {
  flag: 'write-map',
  writes: true,
  kind: 'path',
  hint: 'FILE',
  label: 'Write a map file',
  help: 'Writes a map file that proposes which rows of the target are rows of the package, for a target that was made by hand, with stubs for what nobody can know.',
  group: 'advanced',
};

export const previous: StageOption = {
  flag: 'previous',
  kind: 'path',
  hint: 'PACKAGE',
  label: 'Previous package',
  help: 'The package of the promotion before: rows that it had and this one has not left the source. Deleted only where the configuration says so.',
  group: 'advanced',
};

export const importerApplicationId: StageOption = {
  flag: 'importer-application-id',
  kind: 'text',
  hint: 'ID',
  label: 'Application id of the importer',
  help: 'Checks whether the identity that will import may do what the plan needs, where another one plans.',
  group: 'advanced',
};

export const format: StageOption = {
  flag: 'format',
  kind: 'choice',
  hint: 'zip|folder',
  choices: [
    { value: 'zip', label: 'Zips, as the Configuration Migration tool reads them' },
    { value: 'folder', label: 'Folders, for version control' },
  ],
  default: 'zip',
  label: 'Format',
  help: 'Form of the package. Folder and zip hold the same.',
};

export const allowSameEnvironment: StageOption = {
  flag: 'allow-same-environment',
  kind: 'switch',
  label: 'Allow the source as target',
  help: 'A target that is the organization the package came from is refused, unless this is set.',
  group: 'advanced',
};

export const allowBlocked: StageOption = {
  flag: 'allow-blocked',
  kind: 'switch',
  label: 'Allow blocked rows',
  help: 'Blocked rows are skipped instead of failing the import.',
  group: 'advanced',
};

export const deadline = {
  flag: 'deadline',
  kind: 'text',
  hint: 'MINUTES',
  default: '240',
  label: 'Deadline in minutes',
  help: 'How many minutes the stage may take. Then it stops as if it was cancelled, fails, and says how to go on.',
  group: 'advanced',
} as const satisfies StageOption;

export const artifactName: StageOption = {
  flag: 'artifact-name',
  kind: 'text',
  label: 'Artifact name',
  help: 'Publishes the output folder as a pipeline artifact of this name, with the stage attempt added (name-1). A classic release cannot publish artifacts: there the folder is all.',
  only: 'task',
};

export function packagePath({ required }: { readonly required: boolean }): StageOption {
  return {
    flag: 'package',
    kind: 'path',
    hint: 'PATH',
    ...(required ? { required } : {}),
    label: 'Package',
    help: 'A package folder, one Configuration Migration zip, or an unpacked folder of either.',
  };
}

/** The output folder; its meaning is the stage's own. */
export function out(
  help: string,
  { required, newFolder }: { readonly required: boolean } & Pick<StageOption, 'newFolder'>,
): StageOption {
  return {
    flag: 'out',
    kind: 'path',
    writes: true,
    hint: 'PATH',
    ...(required ? { required } : {}),
    ...(newFolder === undefined ? {} : { newFolder }),
    label: 'Output',
    help,
  };
}
