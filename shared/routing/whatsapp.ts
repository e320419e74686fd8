import { lookup } from './belonging.ts';
import type { Area } from './area.ts';
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
  'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-whatsapp-through-twilio';

export const whatsAppWorkstreams: Area = messagingWorkstreams('whatsapp', {
  title: 'WhatsApp workstreams',
  step: '14-whatsapp-workstreams',
  source: `${page}, workstreams`,
});

/**
 * WhatsApp numbers and the provider accounts behind them. The page's own section is the text of live
 * chat with its tables and its stream source; the published schema is right, and is what stands here.
 */
export const whatsAppNumbers: Area = {
  area: 'whatsapp-numbers',
  title: 'WhatsApp numbers',
  channels: ['whatsapp'],
  source: `${page}, WhatsApp channels (by the published schema)`,
  steps: [
    {
      step: '15-whatsapp-numbers',
      title: 'WhatsApp accounts, numbers and messages',
      needs: 'msdyn_ocwhatsappchannelnumber',
      tables: [
        languageTable('whatsapp', [
          {
            table: 'msdyn_ocwhatsappchannelnumber',
            idColumn: 'msdyn_ocwhatsappchannelnumberid',
            column: 'msdyn_ocwidgetlanguage',
          },
        ]),
        {
          table: 'msdyn_ocwhatsappchannelaccount',
          why: 'The provider accounts of these numbers, without their keys.',
          columns: [
            'msdyn_provideraccountid',
            'msdyn_authenticationtoken',
            'msdyn_name',
            'msdyn_secureauthenticationtoken',
            'msdyn_twilioinboundurl',
            'msdyn_ocwhatsappchannelaccountid',
          ],
          optionalColumns: ['msdyn_providertype', ...stateColumns],
          filter: accountFilter(
            'msdyn_ocwhatsappchannelaccount',
            { table: 'msdyn_ocwhatsappchannelnumber', column: 'msdyn_ocwhatsappaccountid' },
            'whatsapp',
          ),
        },
        {
          table: 'msdyn_ocwhatsappchannelnumber',
          why: 'The WhatsApp numbers of these workstreams.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            'msdyn_enablefileattachmentsforagents',
            'msdyn_enablefileattachmentsforcustomers',
            'msdyn_name',
            'msdyn_organizationphonenumber',
            'msdyn_ocwhatsappaccountid',
            'msdyn_ocwhatsappchannelnumberid',
            'msdyn_ocwidgetlanguage',
            'msdyn_liveworkstreamid',
            ...surveyColumns,
          ],
          optionalColumns: stateColumns,
          filter: byWorkstream(
            'msdyn_ocwhatsappchannelnumber',
            'msdyn_liveworkstreamid',
            'whatsapp',
          ),
        },
        ...messageTables('whatsapp'),
      ],
    },
  ],
  rules: channelRules,
  leftOut: messagingLeftOut('msdyn_ocwhatsappchannelnumber'),
  manual: [
    'Set account id and authentication token of each WhatsApp account in the target.',
    'Set the phone number of each WhatsApp number in the target.',
    'Enter the inbound address of each WhatsApp account of the target at its provider.',
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
