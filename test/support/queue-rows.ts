import assert from 'node:assert/strict';
import type { TestEmulator } from './emulator.ts';

const entity = 192350001;
const messaging = 192350000;
const voice = 192350002;

/** A readable id: `id(7)` ends in 7. */
export function id(number: number): string {
  return `0e000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Ids of what `plantQueues` makes. */
export const planted = {
  ownContract: id(1),
  hour: id(2),
  recordRuleset: id(10),
  selectionRuleset: id(11),
  overflowRuleset: id(12),
  voiceRuleset: id(13),
  strayRuleset: id(14),
  transfer: id(20),
  strayAction: id(21),
  recordQueue: id(30),
  messagingQueue: id(31),
  voiceQueue: id(32),
  plainQueue: id(33),
  defaultMessagingQueue: id(34),
  configuration: id(40),
  voiceConfiguration: id(41),
  assignmentStep: id(50),
  selectionStep: id(51),
  voiceStep: id(52),
} as const;

/** A ruleset with one rule that sets one output. */
export function definitionOf(path: string, value: string): string {
  return `<decision hit-policy="first"><rules><rule id="${id(99)}" name="First"><action><setattribute><lhs type="attribute">${path}</lhs><rhs type="staticvalue">${value}</rhs></setattribute></action></rule></rules></decision>`;
}

/**
 * Queues of every type with their rules, and rows that no filter of the catalogue may select: a plain
 * queue, a default queue, a ruleset and an overflow action that nobody uses.
 */
export async function plantQueues(emulator: TestEmulator): Promise<void> {
  const contracts = await contractIds(emulator);
  const output = contracts.get('msdyn_assignmentoutput') ?? '';
  const selection = contracts.get('msdyn_selectionruleoutput') ?? '';
  const overflowIn = contracts.get('msdyn_queueoverflowrulesetinput') ?? '';
  const overflowOut = contracts.get('msdyn_queueoverflowrulesetoutput') ?? '';
  const put = (set: string, key: string, body: object): Promise<void> =>
    create(emulator, set, { ...idOf(set, key), ...body });
  await put('msdyn_decisioncontracts', planted.ownContract, {
    msdyn_name: 'Case input',
    msdyn_uniquename: 'contoso_caseinput',
    msdyn_contractdefinition:
      '<contract version="1"><complex key="incident"><variable name="prioritycode" data-type="optionset" /></complex></contract>',
  });
  await put('msdyn_operatinghours', planted.hour, { msdyn_name: 'Weekdays' });
  const ruleset = (
    key: string,
    msdyn_name: string,
    definition: string,
    to: string,
    from?: string,
  ): Promise<void> =>
    put('msdyn_decisionrulesets', key, {
      msdyn_name,
      msdyn_rulesetdefinition: definition,
      ...bind('msdyn_outputcontractid', 'msdyn_decisioncontracts', to),
      ...(from === undefined ? {} : bind('msdyn_inputcontractid', 'msdyn_decisioncontracts', from)),
    });
  const braced = `{${planted.messagingQueue.toUpperCase()}}`;
  const action = 'overflowaction.msdyn_overflowactionconfig.msdyn_overflowactionconfigid';
  await ruleset(
    planted.recordRuleset,
    'Record assignment',
    definitionOf('assign_to.queue', braced),
    output,
    planted.ownContract,
  );
  await ruleset(planted.selectionRuleset, 'Record selection', '', selection);
  await ruleset(
    planted.overflowRuleset,
    'Record overflow',
    definitionOf(action, planted.transfer),
    overflowOut,
    overflowIn,
  );
  await ruleset(planted.voiceRuleset, 'Voice assignment', '', output);
  await ruleset(planted.strayRuleset, 'Stray', '', output);
  await put('msdyn_overflowactionconfigs', planted.transfer, {
    msdyn_name: `QueueTransfer_${planted.messagingQueue}`,
    msdyn_overflowactiontype: 192350005,
    msdyn_overflowactiondata: planted.messagingQueue,
    msdyn_stoptranscriptionandrecordingaftercalltransfer: false,
  });
  await put('msdyn_overflowactionconfigs', planted.strayAction, {
    msdyn_name: 'Unused',
    msdyn_overflowactiontype: 192350001,
    msdyn_overflowactiondata: '{}',
    msdyn_stoptranscriptionandrecordingaftercalltransfer: false,
  });
  const queue = (
    key: string,
    name: string,
    msdyn_queuetype: number,
    more: object = {},
  ): Promise<void> =>
    put('queues', key, {
      name,
      msdyn_queuetype,
      msdyn_isomnichannelqueue: true,
      msdyn_isdefaultqueue: false,
      msdyn_priority: 1,
      queueviewtype: 0,
      ...more,
    });
  await queue(planted.recordQueue, 'Record billing', entity, {
    ...bind('msdyn_operatinghourid', 'msdyn_operatinghours', planted.hour),
    // The navigation properties of these two lookups are not named like their columns.
    ...bind('msdyn_routingcontractid', 'msdyn_decisioncontracts', planted.ownContract),
    ...bind('msdyn_decisionrulesetid', 'msdyn_decisionrulesets', planted.overflowRuleset),
  });
  await queue(planted.messagingQueue, 'Chat billing', messaging);
  await queue(planted.voiceQueue, 'Voice billing', voice, {
    ...bind('msdyn_operatinghourid', 'msdyn_operatinghours', planted.hour),
  });
  await queue(planted.plainQueue, 'Plain', entity, { msdyn_isomnichannelqueue: false });
  await queue(planted.defaultMessagingQueue, 'Default chat', messaging, {
    msdyn_isdefaultqueue: true,
  });
  const configuration = (key: string, msdyn_name: string, of: string): Promise<void> =>
    put('msdyn_assignmentconfigurations', key, {
      msdyn_name,
      msdyn_isactiveconfiguration: true,
      ...bind('msdyn_queueid', 'queues', of),
    });
  await configuration(planted.configuration, 'Record billing', planted.recordQueue);
  await configuration(planted.voiceConfiguration, 'Voice billing', planted.voiceQueue);
  const step = (key: string, msdyn_type: number, of: string, withRuleset: string): Promise<void> =>
    put('msdyn_assignmentconfigurationsteps', key, {
      msdyn_name: `Step ${key.slice(-2)}`,
      msdyn_type,
      msdyn_steporder: 1,
      ...bind('msdyn_assignmentconfigurationid', 'msdyn_assignmentconfigurations', of),
      ...bind('msdyn_rulesetid', 'msdyn_decisionrulesets', withRuleset),
    });
  await step(planted.assignmentStep, 192350002, planted.configuration, planted.recordRuleset);
  await step(planted.selectionStep, 192350001, planted.configuration, planted.selectionRuleset);
  await step(planted.voiceStep, 192350002, planted.voiceConfiguration, planted.voiceRuleset);
}

/** Ids of the environment's own contracts by unique name. */
export async function contractIds(emulator: TestEmulator): Promise<ReadonlyMap<string, string>> {
  const { body } = await emulator.send(
    'GET',
    'msdyn_decisioncontracts?$select=msdyn_uniquename,msdyn_decisioncontractid',
  );
  const rows = body.value as { msdyn_uniquename: string; msdyn_decisioncontractid: string }[];
  return new Map(rows.map((row) => [row.msdyn_uniquename, row.msdyn_decisioncontractid]));
}

/** Creates a row, and shows the service's answer when it refuses. */
export async function create(emulator: TestEmulator, set: string, body: object): Promise<void> {
  const answer = await emulator.send('POST', set, { body });
  assert.ok(answer.status < 300, `${set} ${answer.status} ${answer.text}`);
}

function idOf(set: string, key: string): object {
  return { [`${set.replace(/s$/, '')}id`]: key };
}

function bind(navigation: string, set: string, key: string): object {
  return { [`${navigation}@odata.bind`]: `/${set}(${key})` };
}
