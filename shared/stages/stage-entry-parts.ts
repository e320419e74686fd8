import type { StageConnection, StageOutput } from './stage-entry.ts';

/** The environment that a stage reads its configuration from. */
export const source: StageConnection = {
  role: 'source',
  flags: ['environment', 'source'],
  serviceConnection: 'serviceConnection',
  environmentUrl: 'environmentUrl',
  label: 'Source environment',
  help: 'The environment to read from.',
  required: true,
};

/** The environment that a package is for. */
export const target: StageConnection = {
  role: 'target',
  flags: ['environment', 'target'],
  serviceConnection: 'serviceConnection',
  environmentUrl: 'environmentUrl',
  label: 'Target environment',
  help: 'The environment the package is for.',
  required: true,
};

/** The task's input for principals that write beside the first. */
export const additional = 'additionalServiceConnections';

/** What it is for. */
export const additionalHelp =
  'Service connections of other application users of the same environment, separated by commas: they write side by side with the first, because the limits of the service hold for each user. All need the same security roles; new rows belong to the first.';

/** What every stage with a report tells. */
export const reportPath: StageOutput = {
  name: 'reportPath',
  help: 'Path of the HTML report.',
};
