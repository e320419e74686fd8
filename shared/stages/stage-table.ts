import type { ConnectionRole } from '../host/host.ts';
import {
  allowBlocked,
  allowSameEnvironment,
  artifactName,
  channels,
  config,
  format,
  map,
  out,
  packagePath,
  workstreams,
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

export type StageName = 'validate' | 'generate-schema' | 'export' | 'plan' | 'import' | 'verify';

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
      config,
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
] as const satisfies readonly StageEntry[];

/** The entry of a stage; every stage has one. */
export function stageEntry(name: string): StageEntry | undefined {
  return stageTable.find((entry) => entry.name === name);
}
