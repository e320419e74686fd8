import type { StageEntry } from '../stage-entry.ts';
import { target, reportPath } from '../stage-entry-parts.ts';
import {
  allowSameEnvironment,
  artifactName,
  config,
  deadline,
  importerApplicationId,
  map,
  out,
  packagePath,
  previous,
  writeMap,
} from '../stage-options.ts';

/** `plan` in the table of stages. */
export const planEntry = {
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
    deadline,
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
} as const satisfies StageEntry;
