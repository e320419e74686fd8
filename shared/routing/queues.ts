import { lookup } from './belonging.ts';
import type { Area } from './area.ts';
import { operatingHourColumns } from './channel-tables.ts';
import { contractTable, decisionRules, rulesetTable } from './decision-tables.ts';
import { overflowText } from './overflow-text.ts';
import {
  assignmentConfigurationFilter,
  assignmentRulesetFilter,
  assignmentStepFilter,
  contractFilter,
  operatingHourFilter,
  queueFilter,
  selectionRulesetFilter,
} from './queue-filter.ts';

const assignmentStepColumns = [
  'msdyn_assignmentconfigurationid',
  'msdyn_assignmentconfigurationstepid',
  'msdyn_isdefaultruleset',
  'msdyn_name',
  'msdyn_rulesetid',
  'msdyn_steporder',
  'msdyn_type',
  'msdyn_uniquename',
] as const;

/**
 * Messaging, voice and record queues. Two steps, because assignment rulesets must be there before the
 * selection criteria that choose among them.
 *
 * The published schema is older than the page's table and lacks operating hours, overflow actions and
 * the overflow rulesets; all three are here.
 */
export const queues: Area = {
  area: 'queues',
  title: 'Queues',
  channels: [],
  source:
    'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-records, record queues (the channel pages refer to it)',
  steps: [
    {
      step: '03-queues',
      title: 'Queues and their assignment rules',
      tables: [
        {
          table: 'queue',
          why: 'Queues of the channels that routing uses, without the default queues that every environment has.',
          columns: [
            'msdyn_assignmentinputcontractid',
            'msdyn_assignmentstrategy',
            'description',
            'msdyn_isdefaultqueue',
            'msdyn_isomnichannelqueue',
            'name',
            'msdyn_priority',
            'queueid',
            'msdyn_queuetype',
            'queueviewtype',
            'msdyn_operatinghourid',
            'msdyn_prequeueoverflowrulesetid',
          ],
          optionalColumns: [
            'msdyn_inqueueoverflowrulesetid',
            'msdyn_maxqueuesize',
            'msdyn_operatinghoursbasedassignment',
            'msdyn_processqueueperiodically',
          ],
          filter: queueFilter,
        },
        { ...contractTable, filter: contractFilter },
        { ...rulesetTable, filter: assignmentRulesetFilter },
        {
          table: 'msdyn_assignmentconfiguration',
          why: 'How each queue of the step assigns work.',
          belongsTo: [lookup('msdyn_queueid')],
          columns: [
            'msdyn_assignmentconfigurationid',
            'msdyn_description',
            'msdyn_isactiveconfiguration',
            'msdyn_name',
            'msdyn_queueid',
            'msdyn_uniquename',
          ],
          filter: assignmentConfigurationFilter,
        },
        {
          table: 'msdyn_assignmentconfigurationstep',
          why: 'The steps of these assignment configurations.',
          belongsTo: [lookup('msdyn_assignmentconfigurationid')],
          columns: assignmentStepColumns,
          filter: (scope) => assignmentStepFilter(scope, 'others'),
        },
        {
          table: 'msdyn_operatinghour',
          why: 'Operating hours that rows of this step look up.',
          columns: operatingHourColumns,
          filter: operatingHourFilter,
        },
        {
          table: 'msdyn_overflowactionconfig',
          why: 'Overflow actions that overflow rulesets name in their rules.',
          columns: [
            'msdyn_name',
            'msdyn_overflowactionconfigid',
            'msdyn_overflowactiondata',
            'msdyn_overflowactiontype',
            'statecode',
            'statuscode',
          ],
          optionalColumns: [
            'msdyn_stoptranscriptionandrecordingaftercalltransfer',
            'msdyn_directcallbackaction',
            'msdyn_directcallbackdedupsetting',
            'msdyn_directcallbackqueuesetting',
          ],
          // Only overflow rulesets know their actions, and only in their text; the page filters by id.
          namedIn: [{ table: 'msdyn_decisionruleset', column: 'msdyn_rulesetdefinition' }],
        },
      ],
    },
    {
      step: '04-queues-selection',
      title: 'Selection criteria of the queues',
      tables: [
        { ...rulesetTable, filter: selectionRulesetFilter },
        {
          table: 'msdyn_assignmentconfigurationstep',
          why: 'The steps of these assignment configurations.',
          belongsTo: [lookup('msdyn_assignmentconfigurationid')],
          columns: assignmentStepColumns,
          filter: (scope) => assignmentStepFilter(scope, 'selecting'),
        },
      ],
    },
  ],
  rules: {
    ...decisionRules,
    // The service takes the type on create only: an import that updates must not send it.
    queue: {
      identities: [{ by: 'id' }],
      toldApartBy: ['msdyn_queuetype'],
      createOnly: new Set(['msdyn_queuetype']),
      isLine: true,
    },
    msdyn_assignmentconfiguration: {
      identities: [{ by: 'id' }],
      liveColumns: new Set(['msdyn_isactiveconfiguration']),
      leadsToLine: [{ column: 'msdyn_queueid' }],
    },
    msdyn_assignmentconfigurationstep: {
      identities: [{ by: 'id' }],
      liveColumns: new Set(['msdyn_rulesetid', 'msdyn_steporder', 'msdyn_type']),
      leadsToLine: [{ column: 'msdyn_assignmentconfigurationid' }],
    },
    msdyn_operatinghour: { identities: [{ by: 'id' }] },
    msdyn_overflowactionconfig: {
      identities: [{ by: 'id' }],
      textReferences: new Map([['msdyn_overflowactiondata', overflowText]]),
    },
  },
  manual: [
    'Add the members of each queue in the target.',
    'Set the calendar of each operating hour in the target: the row moves, its calendar does not.',
  ],
};
