import type { Area } from './area.ts';
import { ofRecordType } from './intake-rules.ts';
import { workstreamFilter } from './workstream-filter.ts';
import {
  commonWorkstreamColumns,
  ruleTables,
  workstreamCapacityTable,
  workstreamLeftOut,
  workstreamManual,
  workstreamRules,
} from './workstream-tables.ts';

/**
 * Workstreams of records. The published filters of contracts and rulesets also take those of the intake
 * rules, which have a step of their own. Context variables, quick replies and tags are of conversations
 * with people: records have none.
 */
export const recordWorkstreams: Area = {
  area: 'record-workstreams',
  title: 'Record workstreams',
  channels: ['record'],
  source:
    'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-records, workstreams',
  steps: [
    {
      step: '11-record-workstreams',
      title: 'Record workstreams and their rules',
      tables: [
        {
          table: 'msdyn_liveworkstream',
          why: 'Workstreams of the channel, in simplified mode.',
          belongsTo: [ofRecordType],
          columns: commonWorkstreamColumns,
          // The page's list is that of the first record workstreams; these have the same meaning for records.
          optionalColumns: [
            'msdyn_enablevoicev2',
            'msdyn_notificationtemplate_consult',
            'msdyn_notificationtemplate_incoming_unauth',
            'msdyn_notificationtemplate_supervisorassign',
            'msdyn_notificationtemplate_transfer',
            'msdyn_restrictdownloadrecording',
            'msdyn_restrictdownloadtranscript',
            'statecode',
            'statuscode',
          ],
          filter: workstreamFilter('record'),
        },
        ...ruleTables('record'),
        workstreamCapacityTable('record'),
      ],
    },
  ],
  rules: workstreamRules,
  leftOut: workstreamLeftOut,
  manual: workstreamManual,
};
