import type { StageEntry } from '../stage-entry.ts';
import { reportPath, target } from '../stage-entry-parts.ts';
import {
  artifactName,
  channels,
  config,
  deadline,
  include,
  map,
  out,
  packagePath,
  recordTypes,
  workstreams,
} from '../stage-options.ts';

/** `check-drift` in the table of stages. */
export const checkDriftEntry = {
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
    recordTypes,
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
    deadline,
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
} as const satisfies StageEntry;
