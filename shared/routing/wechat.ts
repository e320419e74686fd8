import { lookup } from './belonging.ts';
import type { Area } from './area.ts';
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

export const weChatWorkstreams: Area = messagingWorkstreams('wechat', {
  title: 'WeChat workstreams',
  step: '28-wechat-workstreams',
  source: `${page}, workstreams`,
});

/**
 * WeChat accounts. The page moves them by solution and lists no attributes: the columns are those that
 * the table has.
 */
export const weChatAccounts: Area = {
  area: 'wechat-accounts',
  title: 'WeChat accounts',
  channels: ['wechat'],
  source: `${page}, solution components (msdyn_ocwechatchannelconfig)`,
  steps: [
    {
      step: '29-wechat-accounts',
      title: 'WeChat accounts and messages',
      needs: 'msdyn_ocwechatchannelconfig',
      tables: [
        languageTable('wechat', [
          {
            table: 'msdyn_ocwechatchannelconfig',
            idColumn: 'msdyn_ocwechatchannelconfigid',
            column: 'msdyn_ocwidgetlanguage',
          },
        ]),
        {
          table: 'msdyn_ocwechatchannelconfig',
          why: 'The WeChat accounts of these workstreams, without their secrets.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            'msdyn_applicationid',
            'msdyn_applicationsecret',
            'msdyn_callbackurl',
            'msdyn_enablefileattachmentsforagents',
            'msdyn_enablefileattachmentsforcustomers',
            'msdyn_encodingaeskey',
            'msdyn_ipaddresses',
            'msdyn_liveworkstreamid',
            'msdyn_name',
            'msdyn_ocwechatchannelconfigid',
            'msdyn_ocwidgetlanguage',
            'msdyn_secureapplicationsecret',
            'msdyn_secureencodingaeskey',
            'msdyn_securetoken',
            'msdyn_serviceaccount',
            'msdyn_token',
            ...surveyColumns,
          ],
          optionalColumns: stateColumns,
          filter: byWorkstream('msdyn_ocwechatchannelconfig', 'msdyn_liveworkstreamid', 'wechat'),
        },
        ...messageTables('wechat'),
      ],
    },
  ],
  rules: channelRules,
  leftOut: messagingLeftOut('msdyn_ocwechatchannelconfig'),
  manual: [
    'Set application id, secret, token and encoding key of each WeChat account in the target.',
    'Set the service account and the addresses that may call of each WeChat account in the target.',
    "Enter the target's callback address at WeChat.",
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
