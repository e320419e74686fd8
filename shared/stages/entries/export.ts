import type { StageEntry } from '../stage-entry.ts';
import { source } from '../stage-entry-parts.ts';
import {
  artifactName,
  channels,
  config,
  deadline,
  explain,
  format,
  include,
  out,
  recordTypes,
  workstreams,
} from '../stage-options.ts';

/** `export` in the table of stages. */
export const exportEntry = {
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
    recordTypes,
    include,
    explain,
    config,
    out('Where the package goes: a folder; with a single data_schema.xml, one zip.', {
      required: true,
    }),
    format,
    deadline,
    artifactName,
  ],
  outputs: [],
  example: `- task: UnifiedRoutingExport@1
  inputs:
    serviceConnection: contoso-dev
    channels: voice,record
    outputPath: $(Pipeline.Workspace)/package
    artifactName: routing-package`,
} as const satisfies StageEntry;
