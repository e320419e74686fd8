import type { ConnectionRole } from '../host/host.ts';
import {
  allowBlocked,
  allowSameEnvironment,
  artifactName,
  channels,
  config,
  explain,
  format,
  importerApplicationId,
  include,
  map,
  out,
  packagePath,
  previous,
  workstreams,
  writeMap,
  type StageOption,
} from './stage-options.ts';

/** An environment that a stage talks to: one service connection of the task, one flag of the command. */
export interface StageConnection {
  readonly role: ConnectionRole;
  /** Names of the flag that gives the URL; the first is the one the usage shows. */
  readonly flags: readonly string[];
  /** Task inputs. */
  readonly serviceConnection: string;
  readonly environmentUrl: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
}

/** A pipeline variable that the task sets, `urm --json` under `outputs`. */
export interface StageOutput {
  readonly name: string;
  readonly help: string;
}

/** One stage as people meet it. */
export interface StageEntry {
  /** Command: `generate-schema`. */
  readonly name: StageName;
  /** Task name in YAML, without its major. */
  readonly task: string;
  /** The task's id: never changes. */
  readonly taskId: string;
  readonly major: number;
  /** At most 40 characters. */
  readonly title: string;
  readonly summary: string;
  readonly reads: string;
  readonly writes: string;
  /** Shown in the list of a pipeline's steps. */
  readonly instanceName: string;
  readonly connections: readonly StageConnection[];
  readonly options: readonly StageOption[];
  readonly outputs: readonly StageOutput[];
  /** Reports lie in the output folder; absent: the output is something else, and holds none. */
  readonly reports?: 'in-output';
  /** Takes `--detailed-exit-code`: status 3 instead of 0 when there are changes. */
  readonly detailedExitCode?: true;
  /** A step of a pipeline, as its page shows it. */
  readonly example: string;
}

export type StageName =
  | 'validate'
  | 'generate-schema'
  | 'export'
  | 'plan'
  | 'import'
  | 'verify'
  | 'check-drift'
  | 'roll-back'
  | 'migrate-channel-providers';

const source: StageConnection = {
  role: 'source',
  flags: ['environment', 'source'],
  serviceConnection: 'serviceConnection',
  environmentUrl: 'environmentUrl',
  label: 'Source environment',
  help: 'The environment to read from.',
  required: true,
};

const target: StageConnection = {
  role: 'target',
  flags: ['environment', 'target'],
  serviceConnection: 'serviceConnection',
  environmentUrl: 'environmentUrl',
  label: 'Target environment',
  help: 'The environment the package is for.',
  required: true,
};

const reportPath: StageOutput = {
  name: 'reportPath',
  help: 'Path of the HTML report.',
};

/**
 * The one table of stages. Task manifests, usage texts and the reference pages are generated from
 * it by `npm run docs`; a test fails when they are stale.
 */
export const stageTable = [
  {
    name: 'validate',
    reports: 'in-output',
    task: 'UnifiedRoutingValidate',
    taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a01',
    major: 1,
    title: 'Unified Routing: Validate',
    summary:
      'Checks that the target has the tables, columns, choices, privileges and versions the configuration needs. Reports everything that is missing in one run, and writes nothing.',
    reads: 'source and target, or package and target',
    writes: 'findings',
    instanceName: 'Validate unified routing prerequisites',
    connections: [
      {
        role: 'source',
        flags: ['source'],
        serviceConnection: 'sourceServiceConnection',
        environmentUrl: 'sourceEnvironmentUrl',
        label: 'Source environment',
        help: 'The environment the configuration comes from. Leave it out when a package is given.',
        required: false,
      },
      { ...target, flags: ['target', 'environment'] },
    ],
    options: [
      packagePath({ required: false }),
      channels,
      workstreams,
      include,
      config,
      out('Folder for the report.', { required: false }),
      artifactName,
    ],
    outputs: [reportPath],
    example: `- task: UnifiedRoutingValidate@1
  inputs:
    sourceServiceConnection: contoso-dev
    serviceConnection: contoso-test`,
  },
  {
    name: 'generate-schema',
    task: 'UnifiedRoutingGenerateSchema',
    taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a02',
    major: 1,
    title: 'Unified Routing: Generate schema',
    summary:
      'Writes Configuration Migration schemas for the chosen channels from the metadata of the environment, in an order in which every required lookup points backwards.',
    reads: "an environment's metadata",
    writes: '`NN-step/data_schema.xml` in the output folder',
    instanceName: 'Generate unified routing schema',
    connections: [{ ...source, help: 'The environment whose metadata is read.' }],
    options: [
      channels,
      workstreams,
      include,
      explain,
      config,
      out('Folder for the schemas, one sub-folder per step.', { required: true }),
      artifactName,
    ],
    outputs: [],
    example: `- task: UnifiedRoutingGenerateSchema@1
  inputs:
    serviceConnection: contoso-dev
    outputPath: $(Pipeline.Workspace)/schema`,
  },
  {
    name: 'export',
    task: 'UnifiedRoutingExport',
    taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a03',
    major: 1,
    title: 'Unified Routing: Export',
    summary:
      'Reads the unified routing configuration of an environment and writes a package: one Configuration Migration zip per step, or a folder that can be kept in version control.',
    reads: 'source',
    writes: 'package',
    instanceName: 'Export unified routing configuration',
    connections: [source],
    options: [
      {
        flag: 'schema',
        kind: 'path',
        hint: 'PATH',
        label: 'Schema',
        help: "A data_schema.xml, used with exactly its tables, columns and filters, giving one zip; or the folder of generate-schema, giving a package. Absent: the product's own selection.",
      },
      channels,
      workstreams,
      include,
      explain,
      config,
      out('Where the package goes: a folder; with a single data_schema.xml, one zip.', {
        required: true,
      }),
      format,
      artifactName,
    ],
    outputs: [],
    example: `- task: UnifiedRoutingExport@1
  inputs:
    serviceConnection: contoso-dev
    channels: voice,record
    outputPath: $(Pipeline.Workspace)/package
    artifactName: routing-package`,
  },
  {
    name: 'plan',
    reports: 'in-output',
    task: 'UnifiedRoutingPlan',
    taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a04',
    major: 1,
    title: 'Unified Routing: Plan',
    summary:
      'Compares a package with the target and saves what would change, row by row and column by column, as plan.json. Sends reads only.',
    reads: 'package, target',
    writes: '`plan.json`, summary',
    instanceName: 'Plan unified routing import',
    connections: [target],
    options: [
      packagePath({ required: true }),
      map,
      writeMap,
      config,
      previous,
      importerApplicationId,
      allowSameEnvironment,
      out(
        'Folder for plan.json and the reports, or the plan file itself: a name that ends in .json. Absent: a new temporary folder, whose name is told.',
        { required: false, newFolder: { name: 'urm-plan', in: 'temporary-folder' } },
      ),
      artifactName,
    ],
    outputs: [
      { name: 'hasChanges', help: 'true when the plan writes anything.' },
      { name: 'hasDeletes', help: 'true when the plan deletes or unlinks.' },
      { name: 'hasBlocking', help: 'true when rows are blocked.' },
      { name: 'planHash', help: 'Hash that binds the import to exactly this plan.' },
      { name: 'planSummary', help: 'One line: what the plan does.' },
      reportPath,
    ],
    detailedExitCode: true,
    example: `- task: UnifiedRoutingPlan@1
  name: plan
  inputs:
    serviceConnection: contoso-test
    packagePath: $(Pipeline.Workspace)/routing-package
    outputPath: $(Pipeline.Workspace)/plan
    artifactName: routing-plan`,
  },
  {
    name: 'import',
    reports: 'in-output',
    task: 'UnifiedRoutingImport',
    taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a05',
    major: 1,
    title: 'Unified Routing: Import',
    summary:
      'Applies a plan, or plans and applies in one go: rows, references, links and states in dependency order, with a journal that makes it safe to run again.',
    reads: 'package (and plan), target',
    writes: 'the target; run folder',
    instanceName: 'Import unified routing configuration',
    connections: [target],
    options: [
      packagePath({ required: true }),
      {
        flag: 'plan',
        kind: 'path',
        hint: 'FILE',
        label: 'Plan',
        help: 'The plan.json to apply. Absent: a plan is made and applied at once.',
      },
      {
        flag: 'plan-hash',
        kind: 'text',
        hint: 'HASH',
        label: 'Plan hash',
        help: "The plan's hash, from the output variable planHash of the plan task: another plan file is refused.",
      },
      map,
      config,
      previous,
      allowSameEnvironment,
      allowBlocked,
      {
        flag: 'resume',
        kind: 'switch',
        label: 'Resume',
        help: 'Continue the run in the run folder, after an import that was interrupted.',
        group: 'advanced',
      },
      {
        flag: 'run',
        kind: 'path',
        hint: 'DIR',
        label: 'Run folder',
        help: 'The run folder to continue.',
        group: 'advanced',
      },
      out(
        'The run folder: journal, snapshot, result and reports. Absent: a new folder urm-run-TIME in the working folder.',
        { required: false, newFolder: { name: 'urm-run', in: 'working-folder' } },
      ),
      artifactName,
    ],
    outputs: [
      { name: 'runPath', help: 'Path of the run folder: journal, snapshot, result and reports.' },
      reportPath,
    ],
    example: `- task: UnifiedRoutingImport@1
  inputs:
    serviceConnection: contoso-test
    packagePath: $(Pipeline.Workspace)/routing-package
    planPath: $(Pipeline.Workspace)/routing-plan/plan.json
    planHash: $(planHash)
    outputPath: $(Pipeline.Workspace)/run`,
  },
  {
    name: 'verify',
    reports: 'in-output',
    task: 'UnifiedRoutingVerify',
    taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a06',
    major: 1,
    title: 'Unified Routing: Verify',
    summary:
      'Reads the target back and checks that it holds what the package says, with results for the Tests tab. Sends reads only.',
    reads: 'package, target',
    writes: 'JUnit, findings',
    instanceName: 'Verify unified routing configuration',
    connections: [target],
    options: [
      packagePath({ required: true }),
      map,
      config,
      out('Folder for the reports and the test results.', { required: false }),
      artifactName,
    ],
    outputs: [reportPath],
    example: `- task: UnifiedRoutingVerify@1
  inputs:
    serviceConnection: contoso-test
    packagePath: $(Pipeline.Workspace)/routing-package
    outputPath: $(Pipeline.Workspace)/verification`,
  },
  {
    name: 'check-drift',
    reports: 'in-output',
    task: 'UnifiedRoutingCheckDrift',
    taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a07',
    major: 1,
    title: 'Unified Routing: Check drift',
    summary:
      'Finds what somebody changed in an environment since configuration was moved there: changed, missing and extra rows, with who and when. Sends reads only.',
    reads: 'package, run folder or environment; environment',
    writes: 'drift report, `drift.json`',
    instanceName: 'Check unified routing drift',
    connections: [
      {
        role: 'source',
        flags: ['source'],
        serviceConnection: 'sourceServiceConnection',
        environmentUrl: 'sourceEnvironmentUrl',
        label: 'Source environment',
        help: 'The environment that says how it should be. Leave it out when a package or a run folder is given.',
        required: false,
      },
      {
        ...target,
        flags: ['environment', 'target'],
        label: 'Environment',
        help: 'The environment to check.',
      },
    ],
    options: [
      packagePath({ required: false }),
      {
        flag: 'run',
        kind: 'path',
        hint: 'DIR',
        label: 'Run folder',
        help: 'The run folder of an import, instead of a package: checks what that run wrote.',
      },
      {
        flag: 'since',
        kind: 'path',
        hint: 'FILE',
        label: 'Earlier check',
        help: 'The drift.json of an earlier check: what it told is known and does not count again.',
      },
      channels,
      workstreams,
      include,
      map,
      {
        ...config,
        help: 'A unified-routing.yml; its ignore rules say which drift is accepted, why, and until when.',
      },
      out(
        'Folder for drift.json, the reports, the test results, and rules that would accept what was found.',
        {
          required: false,
        },
      ),
      artifactName,
    ],
    outputs: [
      { name: 'hasDrift', help: 'true when something drifted that is neither accepted nor known.' },
      reportPath,
    ],
    detailedExitCode: true,
    example: `- task: UnifiedRoutingCheckDrift@1
  name: drift
  inputs:
    serviceConnection: contoso-prod
    packagePath: $(Pipeline.Workspace)/routing-package
    outputPath: $(Pipeline.Workspace)/drift`,
  },
  {
    name: 'roll-back',
    reports: 'in-output',
    task: 'UnifiedRoutingRollBack',
    taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a08',
    major: 1,
    title: 'Unified Routing: Roll back',
    summary:
      'Undoes an import from its run folder: updates are taken back, rows it created are deleted, links and states restored. Shows the plan of it first, and leaves alone what somebody else changed since.',
    reads: 'run folder, target',
    writes: 'the target; run folder',
    instanceName: 'Roll back unified routing import',
    connections: [target],
    options: [
      {
        flag: 'run',
        kind: 'path',
        hint: 'DIR',
        required: true,
        label: 'Run folder',
        help: 'The run folder of the import: plan.json, journal.jsonl and snapshot.',
      },
      {
        flag: 'overwrite-changed',
        kind: 'switch',
        label: 'Roll back changed rows too',
        help: 'Rows that somebody changed since the import are rolled back all the same. Without it they are refused, by name.',
        group: 'advanced',
      },
      {
        flag: 'plan-only',
        kind: 'switch',
        label: 'Only show',
        help: 'Plans the roll-back and shows it, and writes nothing to the target.',
        group: 'advanced',
      },
      {
        ...allowBlocked,
        help: 'Rows that cannot be rolled back are skipped instead of failing the roll-back.',
      },
      out(
        "The roll-back's own run folder: plan, journal, snapshot and reports. Absent: roll-back in the run folder.",
        { required: false },
      ),
      artifactName,
    ],
    outputs: [
      { name: 'hasChanges', help: 'true when the roll-back writes anything.' },
      { name: 'hasDeletes', help: 'true when the roll-back deletes or unlinks.' },
      { name: 'hasBlocking', help: 'true when rows cannot be rolled back.' },
      { name: 'runPath', help: "Path of the roll-back's own run folder." },
      reportPath,
    ],
    example: `- task: UnifiedRoutingRollBack@1
  condition: failed()
  inputs:
    serviceConnection: contoso-test
    runPath: $(Pipeline.Workspace)/run`,
  },
  {
    name: 'migrate-channel-providers',
    reports: 'in-output',
    task: 'ChannelProviderMigrate',
    taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a09',
    major: 1,
    title: 'Channel Providers: Migrate',
    summary:
      'Moves third-party channel providers from Channel Integration Framework 1.0 to 2.0 in one environment: plans, applies, verifies or rolls back. Rows of 1.0 stay as they are unless asked for.',
    reads: 'environment',
    writes: 'plan, then the environment',
    instanceName: 'Channel providers: $(mode)',
    connections: [
      {
        role: 'environment',
        flags: ['environment', 'target'],
        serviceConnection: 'serviceConnection',
        environmentUrl: 'environmentUrl',
        label: 'Environment',
        help: 'The environment whose providers are migrated.',
        required: true,
      },
    ],
    options: [
      {
        flag: 'mode',
        kind: 'choice',
        hint: 'plan|apply|verify|roll-back',
        choices: [
          { value: 'plan', label: 'Plan: show what would change' },
          { value: 'apply', label: 'Apply: carry out a plan, or plan and apply at once' },
          { value: 'verify', label: 'Verify: read back and check' },
          { value: 'roll-back', label: 'Roll back: undo a run' },
        ],
        default: 'plan',
        label: 'Mode',
        help: 'What to do.',
      },
      {
        flag: 'config',
        kind: 'path',
        hint: 'FILE',
        label: 'Configuration',
        help: 'A YAML file with the decisions for this environment: apps, profiles, users, roles, unique names and values. docs/guides/channel-providers.md shows every setting.',
      },
      {
        flag: 'apps',
        kind: 'list',
        hint: 'NAME,…',
        label: 'Apps',
        help: 'Unique names of the apps to migrate for, separated by commas. Absent: Customer Service workspace and Omnichannel for Customer Service, where a provider names them.',
        group: 'scope',
      },
      {
        flag: 'prefix',
        kind: 'text',
        hint: 'TEXT',
        label: 'Prefix of unique names',
        help: 'What stands before the underscore of new unique names: 3 to 8 letters and digits. Absent: cifv2.',
        group: 'advanced',
      },
      {
        flag: 'deactivate',
        kind: 'switch',
        label: 'Deactivate rows of 1.0',
        help: 'Rows of 1.0 are deactivated when every app they name is migrated. Plan and apply with the same setting.',
        group: 'advanced',
      },
      {
        flag: 'reattach',
        kind: 'switch',
        label: 'Detach and attach again',
        help: 'The documented remedy when the app does not load a provider: it is removed from the profile and added again. Mode apply only.',
        group: 'advanced',
        visibleRule: 'mode = apply',
      },
      {
        flag: 'plan',
        kind: 'path',
        hint: 'FILE',
        label: 'Plan',
        help: 'The plan.json to apply. Absent: a plan is made and applied at once.',
        visibleRule: 'mode = apply',
      },
      {
        flag: 'plan-hash',
        kind: 'text',
        hint: 'HASH',
        label: 'Plan hash',
        help: "The plan's hash, from the output variable planHash: another plan file is refused.",
        visibleRule: 'mode = apply',
      },
      {
        flag: 'run',
        kind: 'path',
        hint: 'DIR',
        label: 'Run folder',
        help: 'The run folder to roll back, or to continue with resume.',
        visibleRule: 'mode = roll-back || mode = apply',
      },
      {
        flag: 'resume',
        kind: 'switch',
        label: 'Resume',
        help: 'Continue the run in the run folder, after one that was interrupted.',
        group: 'advanced',
        visibleRule: 'mode = apply',
      },
      {
        flag: 'provider-code',
        kind: 'list',
        hint: 'PLACE,…',
        label: 'Code of the providers',
        help: 'Where to look for the call of setMode(1) when verifying: folders, files, webresource:NAME or URLs, separated by commas.',
        visibleRule: 'mode = verify',
      },
      {
        flag: 'browser',
        kind: 'switch',
        label: 'Check in a browser',
        help: 'Opens each app in a browser and looks for the library, the two keys of session storage and the docked panel. Needs the stored session of a person.',
        only: 'cli',
      },
      {
        flag: 'browser-session',
        kind: 'path',
        hint: 'FILE',
        label: 'Stored session',
        help: 'Session of a person who has the profile, as playwright-core open --save-storage=FILE stores it.',
        only: 'cli',
      },
      {
        flag: 'browser-executable',
        kind: 'path',
        hint: 'FILE',
        label: 'Browser',
        help: "The browser to start. Absent: the machine's Chrome, Edge or Chromium.",
        only: 'cli',
      },
      out(
        'Folder for plan.json, the run or the reports. Absent: a new folder urm-migration-TIME in the working folder.',
        { required: false, newFolder: { name: 'urm-migration', in: 'working-folder' } },
      ),
      artifactName,
    ],
    outputs: [
      { name: 'hasChanges', help: 'true when the plan writes anything.' },
      { name: 'hasDeletes', help: 'true when the plan deletes or unlinks.' },
      { name: 'hasBlocking', help: 'true when rows are blocked.' },
      { name: 'planHash', help: 'Hash that binds mode apply to exactly this plan.' },
      { name: 'planSummary', help: 'One line: what the plan does.' },
      { name: 'runPath', help: 'Path of the run folder: journal, snapshot, result and reports.' },
      reportPath,
    ],
    detailedExitCode: true,
    example: `- task: ChannelProviderMigrate@1
  inputs:
    serviceConnection: contoso-test
    mode: plan
    configPath: channel-providers.yml
    outputPath: $(Pipeline.Workspace)/channel-providers`,
  },
] as const satisfies readonly StageEntry[];

/** The entry of a stage; every stage has one. */
export function stageEntry(name: string): StageEntry | undefined {
  return stageTable.find((entry) => entry.name === name);
}
