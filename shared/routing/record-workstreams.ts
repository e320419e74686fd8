import type { Area } from './area.ts';
import { ofRecordType } from './intake-rules.ts';
import { workstreamFilter } from './workstream-filter.ts';
import {
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
          columns: [
            'msdyn_enableautomatedmessages',
            'msdyn_allowedpresences',
            'msdyn_assignworkitemafterdecline',
            'msdyn_autocloseafterinactivity',
            'msdyn_blockcapacityforwrapup',
            'msdyn_bot_queue',
            'msdyn_bot_rule',
            'msdyn_bot_user',
            'msdyn_capacityrequired',
            'msdyn_capacityformat',
            'msdyn_streamsource',
            'msdyn_routingcontractid',
            'msdyn_sessiontemplate_default',
            'msdyn_defaultqueue',
            'msdyn_direction',
            'msdyn_enableselectingfrompushbasedworkstreams',
            'msdyn_masterentityroutingconfigurationid',
            'msdyn_fallbacklanguage',
            'msdyn_followupafterwaiting',
            'msdyn_handlingtimethreshold',
            'msdyn_notificationtemplate_incoming_auth',
            'msdyn_isdefault',
            'msdyn_enableagentaffinity',
            'msdyn_matchinglogic',
            'msdyn_maxconcurrentconnection',
            'msdyn_mode',
            'msdyn_name',
            'msdyn_notification',
            'msdyn_outboundqueueid',
            'msdyn_recordidentificationrule',
            'msdyn_recordidentificationvalidationrule',
            'msdyn_screenpoptimeout',
            'msdyn_screenpoptimeout_optionSet',
            'msdyn_skillattachmentrulescount',
            'msdyn_skillattachmentrulescount_date',
            'msdyn_skillattachmentrulescount_state',
            'msdyn_waitingtimethreshold',
            'msdyn_workdistributionmode',
            'msdyn_liveworkstreamid',
          ],
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
