import type { StageEntry } from '../stage-entry.ts';
import { source } from '../stage-entry-parts.ts';
import {
  artifactName,
  channels,
  config,
  deadline,
  explain,
  include,
  out,
  recordTypes,
  workstreams,
} from '../stage-options.ts';

/** `generate-schema` in the table of stages. */
export const generateSchemaEntry = {
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
    recordTypes,
    include,
    explain,
    config,
    out('Folder for the schemas, one sub-folder per step.', { required: true }),
    deadline,
    artifactName,
  ],
  outputs: [],
  example: `- task: UnifiedRoutingGenerateSchema@1
  inputs:
    serviceConnection: contoso-dev
    outputPath: $(Pipeline.Workspace)/schema`,
} as const satisfies StageEntry;
