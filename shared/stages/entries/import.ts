import type { StageEntry } from '../stage-entry.ts';
import { additional, reportPath, target } from '../stage-entry-parts.ts';
import {
  allowBlocked,
  allowSameEnvironment,
  artifactName,
  config,
  deadline,
  map,
  out,
  packagePath,
  previous,
} from '../stage-options.ts';

/** `import` in the table of stages. */
export const importEntry = {
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
  connections: [{ ...target, additional }],
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
    {
      flag: 'slice',
      kind: 'text',
      hint: 'K/N',
      label: 'Slice',
      help: 'Imports one of N parts of the plan, so that N jobs import side by side: 2/4 is the second of four. Parts need nothing of each other; rows that many need are first/4, to be imported before, and what waits for all is last/4. Of several service connections each part writes as its own. Needs a plan.',
      group: 'advanced',
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
    deadline,
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
} as const satisfies StageEntry;
