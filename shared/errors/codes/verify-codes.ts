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
  URM1510: {
    title: 'The filter of the export finds fewer rows in the target',
    cause: 'Rows of the package are there, but what the filter asks for is not true of them.',
    remedy: 'Look at the rows named; import the package again.',
  },
  URM1511: {
    title: 'A rule uses a table, column or choice value that does not exist',
    cause: 'A customization that the rule needs is not in the target.',
    remedy: 'Import the solution that holds it, or change the rule.',
  },
  URM1512: {
    title: 'A rule uses a context variable that does not exist',
    cause: 'The workstream of the ruleset has no variable of that name.',
    remedy: 'Add the context variable to the workstream, or import the package again.',
    seenAs: ['Context variables were imported before the survey that makes them'],
  },
  URM1513: {
    title: 'A dependency mapping is missing',
    cause:
      'The platform has not noted which context variables a ruleset uses, so the rule may not run.',
    remedy: 'Save the ruleset again in the target, or import the package again.',
  },
  URM1514: {
    title: 'A workstream has not exactly one active routing configuration',
    cause: 'None is active, or several are, and it is not certain which routes.',
    remedy: 'Switch on the one that is meant and switch off the others.',
  },
  URM1515: {
    title: 'Routing steps are not in order',
    cause: 'Two steps share a place, a step has no place, or a step has no ruleset.',
    remedy: 'Open the workstream in the target and save its routing rules again.',
  },
  URM1516: {
    title: 'A workstream leads to no queue',
    cause: 'No rule that is switched on names a queue, and there is no default queue.',
    remedy: 'Set a default queue, or add a rule that routes to a queue.',
  },
  URM1517: {
    title: 'Routing leads to a row that is switched off',
    cause: 'A queue, ruleset or other row that routing uses was deactivated.',
    remedy: 'Activate the row, or take it out of the rules.',
  },
  URM1518: {
    title: 'A workstream leads to a queue of another kind of work',
    cause: 'Voice calls, messages and records each need queues of their own type.',
    remedy: 'Route to a queue of the right type.',
  },
  URM1519: {
    title: 'An overflow action leads nowhere',
    cause:
      'It transfers to a queue that does not exist or is its own, or has no phone number to call.',
    remedy: 'Correct the overflow action in the target.',
  },
  URM1520: {
    title: 'A queue has no members',
    cause: 'Users belong to an environment and are added to queues there.',
    remedy: 'Add members to the queue, by hand or by map file.',
  },
  URM1521: {
    title: 'Nobody has a skill that rules ask for',
    cause: 'Bookable resources and their skills belong to an environment.',
    remedy: 'Give the skill to the people who have it, by hand or by map file.',
  },
  URM1522: {
    title: 'A template is missing',
    cause: 'Session and notification templates travel in solutions.',
    remedy: 'Import the solution that holds the template.',
  },
  URM1523: {
    title: 'Operating hours have no calendar',
    cause: 'Calendars do not travel with operating hours.',
    remedy: 'Open the operating hours in the target and set the times.',
  },
  URM1524: {
    title: 'A chat widget is not ready',
    cause: 'The target has not made its app id or its snippet.',
    remedy: 'Open the widget in the target and save it, then verify again.',
  },
  URM1525: {
    title: 'A voice channel has no phone number',
    cause: 'Phone numbers belong to an environment.',
    remedy: 'Assign a phone number to the voice channel in the target.',
  },
  URM1526: {
    title: 'The provisioning of a voice channel failed',
    cause: 'The platform reports an exception for the phone line.',
    remedy: 'Open the voice channel in the target and provision it again.',
  },
  URM1527: {
    title: 'The target has rows that the package does not have',
    cause: 'The filter of the export finds them in the target: somebody made them there.',
    remedy: 'Look whether they are meant; a drift check says who made them.',
  },
  URM1528: {
    title: 'A routing configuration has steps that the package does not have',
    cause:
      'Somebody added a step in the target, so work is routed in another way than in the source.',
    remedy: 'Remove the step, or take it over into the source.',
  },
  URM1529: {
    title: 'An account of a messaging channel is not connected',
    cause: 'Numbers, pages, accounts and bots of providers belong to an environment.',
    remedy: 'Set the number, page or account id and the secrets in the target.',
  },
} as const satisfies Record<`URM15${number}`, CodeEntry>;
