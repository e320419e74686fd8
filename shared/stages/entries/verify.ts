import type { StageEntry } from '../stage-entry.ts';
import { target, reportPath } from '../stage-entry-parts.ts';
import { artifactName, config, deadline, map, out, packagePath } from '../stage-options.ts';

/** `verify` in the table of stages. */
export const verifyEntry = {
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
    deadline,
    artifactName,
  ],
  outputs: [reportPath],
  example: `- task: UnifiedRoutingVerify@1
  inputs:
    serviceConnection: contoso-test
    packagePath: $(Pipeline.Workspace)/routing-package
    outputPath: $(Pipeline.Workspace)/verification`,
} as const satisfies StageEntry;
