import { lookup } from './belonging.ts';
import type { Area } from './area.ts';
import { botRegistrationTable } from './bot-registration-table.ts';
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
  'learn.microsoft.com/dynamics365/customer-service/administer/migrate-channel-config-using-solutions';

export const googleWorkstreams: Area = messagingWorkstreams('google', {
  title: "Google's Business Messages workstreams",
  step: '26-google-workstreams',
  source: `${page}, workstreams`,
});

/** Agent accounts and the partner accounts they belong to. */
export const googleAccounts: Area = {
  area: 'google-accounts',
  title: "Google's Business Messages accounts",
  channels: ['google'],
  source: `${page}, Google's Business Messages partner account and agent account`,
  steps: [
    {
      step: '27-google-accounts',
      title: "Google's Business Messages accounts and messages",
      needs: 'msdyn_ocgooglebusinessmessagesagentaccount',
      tables: [
        languageTable('google', [
          {
            table: 'msdyn_ocgooglebusinessmessagesagentaccount',
            idColumn: 'msdyn_ocgooglebusinessmessagesagentaccountid',
            column: 'msdyn_ocwidgetlanguage',
          },
        ]),
        {
          table: 'msdyn_ocgooglebusinessmessagespartneraccount',
          why: 'The partner accounts of these agent accounts, without their secrets.',
          columns: [
            'msdyn_base64credentialfilestring',
            'msdyn_base64credentialfilestringcontd',
            'msdyn_credentialfilename',
            'msdyn_googlebusinessmessagescallbackurl',
            'msdyn_name',
            'msdyn_ocgooglebusinessmessagespartneraccountid',
            'msdyn_partneraccountclienttoken',
            'msdyn_partneraccountid',
          ],
          optionalColumns: stateColumns,
          filter: accountFilter(
            'msdyn_ocgooglebusinessmessagespartneraccount',
            {
              table: 'msdyn_ocgooglebusinessmessagesagentaccount',
              column: 'msdyn_ocgbmpartneraccount',
            },
            'google',
          ),
        },
        {
          table: 'msdyn_ocgooglebusinessmessagesagentaccount',
          why: 'The agent accounts of these workstreams, without their secrets.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            'msdyn_agentaccountclienttoken',
            'msdyn_agentid',
            'msdyn_brandid',
            'msdyn_enableagentoverride',
            'msdyn_enablefileattachmentsforagents',
            'msdyn_enablefileattachmentsforcustomers',
            'msdyn_googlebusinessmessagescallbackurl',
            'msdyn_liveworkstreamid',
            'msdyn_name',
            'msdyn_ocgbmpartneraccount',
            // The page's list drops "oc" from the key, its query has it.
            'msdyn_ocgooglebusinessmessagesagentaccountid',
            'msdyn_ocwidgetlanguage',
            ...surveyColumns,
          ],
          optionalColumns: stateColumns,
          filter: byWorkstream(
            'msdyn_ocgooglebusinessmessagesagentaccount',
            'msdyn_liveworkstreamid',
            'google',
          ),
        },
        botRegistrationTable('google', {
          column: 'msdyn_ocgbmagentaccount',
          table: 'msdyn_ocgooglebusinessmessagesagentaccount',
        }),
        ...messageTables('google'),
      ],
    },
  ],
  rules: channelRules,
  leftOut: messagingLeftOut('msdyn_ocgooglebusinessmessagesagentaccount'),
  manual: [
    'Set partner account id, client token and credential file of each Google partner account in the target.',
    'Set agent id, brand id and client token of each Google agent account in the target.',
    "Enter the target's callback address at Google.",
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
