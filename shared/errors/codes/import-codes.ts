import type { CodeEntry } from './code-entry.ts';

/** 14xx: import. */
export const importCodes = {
  URM1401: {
    title: 'The environment refused a row',
    cause: 'The service answered a write with an error; its text is in the finding.',
    remedy: 'Correct the cause and import again: only what is missing is written.',
    seenAs: [
      'Yellow warning signs while the Configuration Migration tool imports',
      'EXIT IMPORT PROCESS COMPLETE, although rows failed',
    ],
  },
  URM1402: {
    title: 'A row was held back',
    cause: 'A row it needs could not be written.',
    remedy: 'Resolve the finding of the row it needs and import again.',
  },
  URM1403: {
    title: 'It is not known whether a row was written',
    cause: 'No answer came, and the row could not be read afterwards.',
    remedy: 'Import again: rows that are there are recognized.',
  },
  URM1404: {
    title: 'The plan no longer holds',
    cause: 'Rows of the plan changed in the target since it was made. Nothing was written.',
    remedy: 'Plan again and have the new plan approved.',
  },
  URM1405: {
    title: 'Somebody changed a row meanwhile',
    cause: 'The row has another version than the one that was compared.',
    remedy: 'Plan again and look at what changed.',
  },
  URM1406: {
    title: 'The environment keeps another value',
    cause: 'Its own logic changed a value back after it had been written twice.',
    remedy: 'Find the server logic that sets the value, or leave the column out of the package.',
  },
  URM1407: {
    title: 'The import was cancelled',
    cause: 'The run was stopped from outside; what was written is in its journal.',
    remedy: 'Import again: only what is missing is written.',
  },
  URM1408: {
    title: 'The run folder cannot be used',
    cause: 'The folder holds another run.',
    remedy: 'Give an empty folder, or resume the run that is there.',
  },
  URM1409: {
    title: 'The plan must not be applied',
    cause: 'The plan has an error that no single row explains.',
    remedy: 'Resolve the findings of the plan and plan again.',
  },
  URM1410: {
    title: 'The import stopped early',
    cause: 'An error that concerns the whole run, not one row, ended it.',
    remedy: 'Resolve the cause and import again: only what is missing is written.',
  },
  URM1411: {
    title: 'A ruleset names a context variable that is not there',
    cause:
      'When a ruleset is saved, the platform notes which context variables it uses, and refuses it where one is missing: a workstream arrived without its variables, or a survey that makes one did not.',
    remedy:
      'Import again: variables come before rulesets. Where the survey makes the variable, import the chat widget with its survey.',
    seenAs: [
      'Insert Record - Result: False - Entity: msdyn_decisionruleset',
      'ReferencingEntity=msdyn_rulesetdependencymapping has attribute msdyn_referencedpolymorphicentityid value=Guid.Empty',
    ],
  },
  URM1415: {
    title: 'A journal that is not as the run left it',
    cause:
      'Each line of a journal has a sum over itself and the line before it. One does not fit: a line was changed, put in or taken out.',
    remedy:
      'Use the run folder as the run left it, from the artifact for example. Without its journal a run cannot be resumed: plan again, and what is there already is recognized.',
  },
  URM1416: {
    title: 'A snapshot that is not as the run left it',
    cause:
      'The journal of a run names the snapshot that was taken before its first write, by the hash of its content. The one that is there was changed, cut or replaced, or it is missing.',
    remedy:
      'Use the run folder as the run left it, from the artifact for example. Without its snapshot a run can be neither rolled back nor resumed: plan again, and what is there already is recognized.',
  },
} as const satisfies Record<`URM14${number}`, CodeEntry>;
