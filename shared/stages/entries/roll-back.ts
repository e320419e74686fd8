import type { StageEntry } from '../stage-entry.ts';
import { additional, reportPath, target } from '../stage-entry-parts.ts';
import { allowBlocked, artifactName, deadline, out } from '../stage-options.ts';

/** `roll-back` in the table of stages. */
export const rollBackEntry = {
  name: 'roll-back',
  reports: 'in-output',
  task: 'UnifiedRoutingRollBack',
  taskId: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a08',
  major: 1,
  title: 'Unified Routing: Roll back',
  summary:
    'Undoes an import from its run folder: updates are taken back, rows it created are deleted, links and states restored. Shows the plan of it first, and leaves alone what somebody else changed since.',
  reads: 'run folder, target',
  writes: 'the target; run folder',
  instanceName: 'Roll back unified routing import',
  connections: [{ ...target, additional }],
  options: [
    {
      flag: 'run',
      kind: 'path',
      hint: 'DIR',
      required: true,
      label: 'Run folder',
      help: 'The run folder of the import: plan.json, journal.jsonl and snapshot.',
    },
    {
      flag: 'overwrite-changed',
      kind: 'switch',
      label: 'Roll back changed rows too',
      help: 'Rows that somebody changed since the import are rolled back all the same. Without it they are refused, by name.',
      group: 'advanced',
    },
    {
      flag: 'plan-only',
      kind: 'switch',
      label: 'Only show',
      help: 'Plans the roll-back and shows it, and writes nothing to the target.',
      group: 'advanced',
    },
    {
      ...allowBlocked,
      help: 'Rows that cannot be rolled back are skipped instead of failing the roll-back.',
    },
    out(
      "The roll-back's own run folder: plan, journal, snapshot and reports. Absent: roll-back in the run folder.",
      { required: false },
    ),
    deadline,
    artifactName,
  ],
  outputs: [
    { name: 'hasChanges', help: 'true when the roll-back writes anything.' },
    { name: 'hasDeletes', help: 'true when the roll-back deletes or unlinks.' },
    { name: 'hasBlocking', help: 'true when rows cannot be rolled back.' },
    { name: 'runPath', help: "Path of the roll-back's own run folder." },
    reportPath,
  ],
  example: `- task: UnifiedRoutingRollBack@1
  condition: failed()
  inputs:
    serviceConnection: contoso-test
    runPath: $(Pipeline.Workspace)/run`,
} as const satisfies StageEntry;
