import type { AreaTable } from './area.ts';
import type { TableRules } from '../model/rules.ts';
import { contextVariableNames, rulesetText } from './ruleset-text.ts';
import { optionalSystemContracts, systemContracts } from './system-contracts.ts';

/**
 * Contracts and rulesets appear in every area that routes: queues, intake rules, workstreams. What is
 * known of the two tables stands here once; each area adds its filter.
 */

/** `skipupdate` ("do not update existing records") is asked for by every procedure that names the table. */
export const contractTable = {
  table: 'msdyn_decisioncontract',
  why: 'Contracts say what rules may read and set; the rulesets, queues and workstreams of this step refer to them.',
  columns: [
    'msdyn_contractdefinition',
    'msdyn_decisioncontractid',
    'msdyn_name',
    'msdyn_uniquename',
  ],
  skipUpdate: true,
} as const satisfies AreaTable;

export const rulesetTable = {
  table: 'msdyn_decisionruleset',
  why: 'The rules of the queues or workstreams of this step.',
  columns: [
    'msdyn_aibmodelid',
    'msdyn_authoringmode',
    'msdyn_decisionrulesetid',
    'msdyn_description',
    'msdyn_inputcontractid',
    'msdyn_isinputcollection',
    'msdyn_mlmodeltype',
    'msdyn_name',
    'msdyn_outputcontractid',
    'msdyn_rulesetdefinition',
    'msdyn_rulesettype',
    'msdyn_uniquename',
  ],
  optionalColumns: [
    'msdyn_fetchxml',
    'msdyn_disabledrules',
    'msdyn_persistoutputdata',
    'msdyn_refreshinputdata',
    'msdyn_dataversecomponenttype',
  ],
} as const satisfies AreaTable;

export const decisionRules: Readonly<Record<string, Partial<TableRules>>> = {
  msdyn_decisioncontract: {
    identities: [{ by: 'unique-name', column: 'msdyn_uniquename' }, { by: 'id' }],
    systemRows: {
      column: 'msdyn_uniquename',
      values: systemContracts,
      optional: optionalSystemContracts,
    },
  },
  msdyn_decisionruleset: {
    identities: [{ by: 'id' }],
    textReferences: new Map([['msdyn_rulesetdefinition', rulesetText]]),
    textNames: new Map([['msdyn_rulesetdefinition', contextVariableNames]]),
    liveColumns: new Set([
      'msdyn_disabledrules',
      'msdyn_inputcontractid',
      'msdyn_outputcontractid',
      'msdyn_rulesetdefinition',
    ]),
    leadsToLine: [
      { of: 'msdyn_routingconfigurationstep', column: 'msdyn_rulesetid' },
      { of: 'msdyn_assignmentconfigurationstep', column: 'msdyn_rulesetid' },
      { of: 'msdyn_masterentityroutingconfiguration', column: 'msdyn_rulesetid' },
      { of: 'queue', column: 'msdyn_prequeueoverflowrulesetid' },
      { of: 'queue', column: 'msdyn_inqueueoverflowrulesetid' },
    ],
    derivedRows: {
      from: 'msdyn_rulesetdefinition',
      table: 'msdyn_rulesetdependencymapping',
      lookup: 'msdyn_referencingrulesetid',
    },
  },
};
