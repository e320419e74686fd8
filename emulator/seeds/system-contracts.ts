import type { SeedRow } from './seed-rows.ts';

/**
 * The decision contracts every environment has. They are managed, cannot be deleted, and their ids are
 * not the same in two environments: learn.microsoft.com/…/migrate-config-data-for-records.
 */
export const systemContracts: readonly SeedRow[] = [
  contract('msdyn_assignmentoutput', 'Assignment output', [['assign_to.agent', 'entityreference']]),
  contract('msdyn_selectionruleoutput', 'Selection rule output', [
    ['selectionrule.rulesetid', 'entityreference'],
  ]),
  contract('msdyn_queueoverflowrulesetinput', 'Queue overflow ruleset input', [
    ['queue_prequeue.estimatedwaittimeinminutes', 'integer'],
    ['queue_prequeue.numberofconversationswaiting', 'integer'],
    ['queue_prequeue.isoutofoperatinghours', 'boolean'],
    ['queue_inqueue.waittimeinminutes', 'integer'],
  ]),
  contract('msdyn_queueoverflowrulesetoutput', 'Queue overflow ruleset output', [
    ['overflowaction.msdyn_overflowactionconfig', 'entityreference'],
  ]),
  contract(
    'msdyn_baseoutputcontractmasterentityroutingconfiguration',
    'Base output contract for record routing',
    [['assign_to.workstream', 'entityreference']],
  ),
  contract(
    'msdyn_baseoutputcontractmasterentityroutingconfigurationunifiedrouting',
    'Base output contract for record routing (unified routing)',
    [['assign_to.workstream', 'entityreference']],
  ),
  contract('msdyn_demandqueueidentificationoutput', 'Route to queue output', [
    ['assign_to.queue', 'entityreference'],
  ]),
];

function contract(
  uniqueName: string,
  name: string,
  variables: readonly (readonly [path: string, dataType: string])[],
): SeedRow {
  return {
    key: uniqueName,
    msdyn_name: name,
    msdyn_uniquename: uniqueName,
    msdyn_contractdefinition: contractDefinition(variables),
    ismanaged: true,
  };
}

/** The text of a contract: variables by complex key. */
export function contractDefinition(
  variables: readonly (readonly [path: string, dataType: string])[],
): string {
  const keys = new Map<string, string[]>();
  for (const [path, dataType] of variables) {
    const [complex = '', name = ''] = path.split('.');
    const lines = keys.get(complex) ?? [];
    lines.push(`    <variable name="${name}" data-type="${dataType}" />`);
    keys.set(complex, lines);
  }
  const parts = [...keys].map(
    ([complex, lines]) => `  <complex key="${complex}">\n${lines.join('\n')}\n  </complex>`,
  );
  return `<contract version="1">\n${parts.join('\n')}\n</contract>`;
}
