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

export const facebookWorkstreams: Area = messagingWorkstreams('facebook', {
  title: 'Facebook workstreams',
  step: '18-facebook-workstreams',
  source: `${page}, workstreams`,
});

/** Facebook pages and the applications they belong to. */
export const facebookPages: Area = {
  area: 'facebook-pages',
  title: 'Facebook pages',
  channels: ['facebook'],
  source: `${page}, Facebook application and Facebook page`,
  steps: [
    {
      step: '19-facebook-pages',
      title: 'Facebook applications, pages and messages',
      needs: 'msdyn_ocfbpage',
      tables: [
        languageTable('facebook', [
          {
            table: 'msdyn_ocfbpage',
            idColumn: 'msdyn_ocfbpageid',
            column: 'msdyn_ocwidgetlanguage',
          },
        ]),
        {
          table: 'msdyn_ocfbapplication',
          why: 'The Facebook applications of these pages, without their secrets.',
          columns: [
            'msdyn_fbapplicationid',
            'msdyn_fbapplicationsecret',
            'msdyn_fbcallbackuri',
            'msdyn_ocfbapplicationid',
            'msdyn_name',
            'msdyn_fbverifytoken',
          ],
          optionalColumns: stateColumns,
          filter: accountFilter(
            'msdyn_ocfbapplication',
            { table: 'msdyn_ocfbpage', column: 'msdyn_ocfbapplicationid' },
            'facebook',
          ),
        },
        {
          table: 'msdyn_ocfbpage',
          why: 'The Facebook pages of these workstreams.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            // The page says msdyn_enablefileattachmentforagents; the service has the plural.
            'msdyn_enablefileattachmentsforagents',
            'msdyn_enablefileattachmentsforcustomers',
            'msdyn_ocfbapplicationid',
            'msdyn_ocfbpageid',
            'msdyn_ocwidgetlanguage',
            'msdyn_fbpagename',
            'msdyn_fbpageaccesstoken',
            'msdyn_fbpageid',
            'msdyn_enablehumanagenttag',
            'msdyn_liveworkstreamid',
            ...surveyColumns,
          ],
          optionalColumns: stateColumns,
          filter: byWorkstream('msdyn_ocfbpage', 'msdyn_liveworkstreamid', 'facebook'),
        },
        botRegistrationTable('facebook', {
          column: 'msdyn_ocfbapplicationid',
          table: 'msdyn_ocfbapplication',
          through: 'msdyn_ocfbpage',
        }),
        ...messageTables('facebook'),
      ],
    },
  ],
  rules: channelRules,
  leftOut: messagingLeftOut('msdyn_ocfbpage'),
  manual: [
    'Set application id, secret and verify token of each Facebook application in the target.',
    'Set page id and access token of each Facebook page in the target.',
    'Enter the callback address of the target in the Facebook application.',
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
