import type { CodeEntry } from './code-entry.ts';

/** 15xx: verification. */
export const verifyCodes = {
  URM1501: {
    title: 'A row of the package is missing in the target',
    cause: 'It was not imported, or was deleted since.',
    remedy: 'Import the package, then verify again.',
  },
  URM1502: {
    title: 'A row differs from the package',
    cause: 'The target holds other values than the package.',
    remedy: 'Import the package again, or accept the change in the source.',
  },
  URM1503: {
    title: 'A lookup was lost',
    cause: 'The row refers to something in the package and to nothing in the target.',
    remedy: 'Import the package again, or set the lookup in the target.',
  },
  URM1504: {
    title: 'A ruleset cannot be read',
    cause: 'The definition in the target is not well formed.',
    remedy: 'Open the ruleset in the target and save it again.',
  },
  URM1505: {
    title: 'A ruleset names what is not there',
    cause: 'A row named in the definition does not exist in the target.',
    remedy: 'Create or import the row, or change the rule.',
  },
  URM1506: {
    title: 'An id of the source is left in the target',
    cause: 'A text of the target names a row by the id it has in the source.',
    remedy: 'Import the package again so that the id is rewritten.',
  },
  URM1507: {
    title: 'Assignment steps are not in order',
    cause: 'Two steps share a place, or a step has no ruleset.',
    remedy: 'Open the queue in the target and save its assignment method again.',
  },
  URM1508: {
    title: 'A queue routes differently',
    cause: 'Type, strategy, operating hours or overflow differ from the package.',
    remedy: 'Import the package again, or correct the queue in the target.',
  },
  URM1509: {
    title: 'A link is missing',
    cause: 'Two rows that the package links are not linked in the target.',
    remedy: 'Import the package again.',
  },
} as const satisfies Record<`URM15${number}`, CodeEntry>;
