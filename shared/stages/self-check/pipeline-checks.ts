import { byHand, type Check } from './check.ts';

/** What is assumed of Azure Pipelines: no request to an environment tells, so each says what to try. */
export const pipelineChecks: readonly Check[] = [
  byHand(
    'A1',
    'connections of our own type come under the names of their contribution',
    'Run a task with a connection of each scheme and System.Debug.',
  ),
  byHand(
    'A2',
    'a certificate may lose its line ends in the form',
    'Paste a PEM text of several lines into a connection of type Dataverse, run a task.',
  ),
  byHand(
    'A3',
    'our own type may offer workload identity federation',
    'Make a connection of type Dataverse with federation and run a task.',
  ),
  byHand(
    'A4',
    'where id tokens come from',
    'Run a task with federation on a hosted agent, and on an older server.',
  ),
  byHand(
    'A5',
    'a managed identity needs nothing of the connection but its URL',
    'Run a task on a machine with two identities, with managedIdentityClientId.',
  ),
  byHand('A6', 'one input takes several connections', 'Give two in additionalServiceConnections.'),
  byHand('A7', 'how the results tab learns of its run', 'Open the tab on a run with a plan.'),
  byHand('A8', 'the tab is on runs with one of the tasks', 'Open a run without the tasks: no tab.'),
  byHand(
    'A9',
    'names of attachments are taken as they are',
    'Open the tab on a run with two stages that plan.',
  ),
];
