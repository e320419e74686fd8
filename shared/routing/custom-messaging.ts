import { lookup } from './belonging.ts';
import type { Area } from './area.ts';
import { botRegistrationColumns } from './bot-registration-table.ts';
import {
  accountFilter,
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
  'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-custom-channel';

export const customWorkstreams: Area = messagingWorkstreams('custom', {
  title: 'Custom messaging workstreams',
  step: '16-custom-workstreams',
  source: `${page}, workstreams`,
});

/**
 * Custom messaging channels with the accounts they need. The page lists attributes of chat widgets under
 * these tables and gives the widget's query; the published schema is right, and is what stands here.
 */
export const customChannels: Area = {
  area: 'custom-channels',
  title: 'Custom messaging channels',
  channels: ['custom'],
  source: `${page}, channels (by the published schema)`,
  steps: [
    {
      step: '17-custom-channels',
      title: 'Custom messaging accounts, channels and messages',
      needs: 'msdyn_occustommessagingchannel',
      tables: [
        languageTable('custom', [
          {
            table: 'msdyn_occustommessagingchannel',
            idColumn: 'msdyn_occustommessagingchannelid',
            column: 'msdyn_ocwidgetlanguage',
          },
        ]),
        {
          table: 'msdyn_ocbotchannelregistration',
          why: 'The accounts that these channels look up, without their secrets.',
          columns: botRegistrationColumns,
          filter: accountFilter(
            'msdyn_ocbotchannelregistration',
            {
              table: 'msdyn_occustommessagingchannel',
              column: 'msdyn_custombotchannelregistration',
            },
            'custom',
          ),
        },
        {
          table: 'msdyn_occustommessagingchannel',
          why: 'The custom messaging channels of these workstreams.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            'msdyn_occustomchannelid',
            'msdyn_custombotchannelregistration',
            'msdyn_occustommessagingchannelid',
            'msdyn_ocwidgetlanguage',
            'msdyn_enablefileattachmentsforagents',
            'msdyn_enablefileattachmentsforcustomers',
            'msdyn_name',
            'msdyn_liveworkstreamid',
            ...surveyColumns,
          ],
          optionalColumns: stateColumns,
          filter: byWorkstream(
            'msdyn_occustommessagingchannel',
            'msdyn_liveworkstreamid',
            'custom',
          ),
        },
        ...messageTables('custom'),
      ],
    },
  ],
  rules: channelRules,
  leftOut: messagingLeftOut('msdyn_occustommessagingchannel'),
  manual: [
    'Set application id and secret of each custom messaging account in the target, and validate it there.',
    "Enter the target's messaging endpoint in the bot or service that sends the messages.",
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
