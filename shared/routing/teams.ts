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

export const teamsWorkstreams: Area = messagingWorkstreams('teams', {
  title: 'Microsoft Teams workstreams',
  step: '22-teams-workstreams',
  source: `${page}, workstreams`,
});

/** Microsoft Teams accounts. */
export const teamsAccounts: Area = {
  area: 'teams-accounts',
  title: 'Microsoft Teams accounts',
  channels: ['teams'],
  source: `${page}, Microsoft Teams account`,
  steps: [
    {
      step: '23-teams-accounts',
      title: 'Microsoft Teams accounts and messages',
      needs: 'msdyn_octeamschannelconfig',
      tables: [
        languageTable('teams', [
          {
            table: 'msdyn_octeamschannelconfig',
            idColumn: 'msdyn_octeamschannelconfigid',
            column: 'msdyn_ocwidgetlanguage',
          },
        ]),
        {
          table: 'msdyn_octeamschannelconfig',
          why: 'The Microsoft Teams accounts of these workstreams.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            'msdyn_botid',
            'msdyn_callingoptions',
            'msdyn_enablefileattachmentsforagents',
            'msdyn_enablefileattachmentsforcustomers',
            'msdyn_name',
            'msdyn_ocwidgetlanguage',
            // The page says msdyn_octeamsappname; the service has no such column.
            'msdyn_teamsappname',
            'msdyn_octeamschannelconfigid',
            'msdyn_liveworkstreamid',
            ...surveyColumns,
          ],
          optionalColumns: stateColumns,
          filter: byWorkstream('msdyn_octeamschannelconfig', 'msdyn_liveworkstreamid', 'teams'),
        },
        botRegistrationTable('teams', {
          column: 'msdyn_octeamschannelconfigid',
          table: 'msdyn_octeamschannelconfig',
        }),
        ...messageTables('teams'),
      ],
    },
  ],
  rules: channelRules,
  leftOut: messagingLeftOut('msdyn_octeamschannelconfig'),
  manual: [
    'Connect each Microsoft Teams account in the target: its bot is made there.',
    "Publish the Teams app again with the target's bot id.",
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
