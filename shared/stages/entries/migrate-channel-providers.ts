import type { StageEntry } from '../stage-entry.ts';
import { reportPath } from '../stage-entry-parts.ts';
import { artifactName, deadline, out } from '../stage-options.ts';

/** `migrate-channel-providers` in the table of stages. */
export const migrateChannelProvidersEntry = {
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
    deadline,
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
} as const satisfies StageEntry;
