import type { StageEntry } from '../stage-entry.ts';
import { target, reportPath } from '../stage-entry-parts.ts';
import {
  artifactName,
  channels,
  config,
  deadline,
  importerApplicationId,
  include,
  out,
  packagePath,
  recordTypes,
  workstreams,
} from '../stage-options.ts';

/** `validate` in the table of stages. */
export const validateEntry = {
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
    recordTypes,
    include,
    config,
    importerApplicationId,
    out('Folder for the report.', { required: false }),
    deadline,
    artifactName,
  ],
  outputs: [reportPath],
  example: `- task: UnifiedRoutingValidate@1
  inputs:
    sourceServiceConnection: contoso-dev
    serviceConnection: contoso-test`,
} as const satisfies StageEntry;
