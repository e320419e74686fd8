import { lookup } from './belonging.ts';
import type { Area } from './area.ts';
import { botRegistrationTable } from './bot-registration-table.ts';
import {
  channelRules,
  languageTable,
  messageTables,
  messagingLeftOut,
  stateColumns,
  surveyColumns,
} from './channel-tables.ts';
import { byWorkstream } from './workstream-filter.ts';
import { messagingWorkstreams } from './workstream-tables.ts';

const page =
  'learn.microsoft.com/dynamics365/customer-service/administer/migrate-channel-config-using-solutions';

export const lineWorkstreams: Area = messagingWorkstreams('line', {
  title: 'LINE workstreams',
  step: '20-line-workstreams',
  source: `${page}, workstreams`,
});

/** LINE accounts. */
export const lineAccounts: Area = {
  area: 'line-accounts',
  title: 'LINE accounts',
  channels: ['line'],
  source: `${page}, LINE account`,
  steps: [
    {
      step: '21-line-accounts',
      title: 'LINE accounts and messages',
      needs: 'msdyn_oclinechannelconfig',
      tables: [
        languageTable('line', [
          {
            table: 'msdyn_oclinechannelconfig',
            idColumn: 'msdyn_oclinechannelconfigid',
            column: 'msdyn_ocwidgetlanguage',
          },
        ]),
        {
          table: 'msdyn_oclinechannelconfig',
          why: 'The LINE accounts of these workstreams, without their secrets.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            'msdyn_channelaccesstoken',
            'msdyn_channelid',
            'msdyn_channelsecret',
            'msdyn_enablefileattachmentsforagents',
            'msdyn_enablefileattachmentsforcustomers',
            'msdyn_name',
            'msdyn_oclinechannelconfigid',
            'msdyn_ocwidgetlanguage',
            'msdyn_webhookurl',
            'msdyn_liveworkstreamid',
            ...surveyColumns,
          ],
          optionalColumns: stateColumns,
          filter: byWorkstream('msdyn_oclinechannelconfig', 'msdyn_liveworkstreamid', 'line'),
        },
        botRegistrationTable('line', {
          column: 'msdyn_oclinechannelconfigid',
          table: 'msdyn_oclinechannelconfig',
        }),
        ...messageTables('line'),
      ],
    },
  ],
  rules: channelRules,
  leftOut: messagingLeftOut('msdyn_oclinechannelconfig'),
  manual: [
    'Set channel id, channel secret and access token of each LINE account in the target.',
    "Enter the target's webhook address in the LINE console.",
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
