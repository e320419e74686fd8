import { lookup } from './belonging.ts';
import type { Area } from './area.ts';
import {
  channelRules,
  languageTable,
  messageTables,
  messagingLeftOut,
  operatingHourTable,
  stateColumns,
  surveyColumns,
} from './channel-tables.ts';
import { byWorkstream } from './workstream-filter.ts';
import { messagingWorkstreams } from './workstream-tables.ts';

const page =
  'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-sms-channel';

/** The page's table lacks quick replies and tags, which its prerequisites and the published schema have. */
export const smsWorkstreams: Area = messagingWorkstreams('sms', {
  title: 'SMS workstreams',
  step: '12-sms-workstreams',
  source: `${page}, workstreams`,
});

/**
 * SMS numbers with their settings. The page moves the lookup to the phone number although the number is
 * not there, "even though invalid"; here it stays behind, and a map file (smsNumbers) names the target's own.
 */
export const smsNumbers: Area = {
  area: 'sms-numbers',
  title: 'SMS numbers',
  channels: ['sms'],
  source: `${page}, SMS channels`,
  steps: [
    {
      step: '13-sms-numbers',
      title: 'SMS numbers and messages',
      needs: 'msdyn_ocsmschannelsetting',
      tables: [
        languageTable('sms', [
          {
            table: 'msdyn_ocsmschannelsetting',
            idColumn: 'msdyn_ocsmschannelsettingid',
            column: 'msdyn_language',
          },
        ]),
        // The page says msdyn_operatinghoursid; the published schema and the service say operatinghourid.
        operatingHourTable('msdyn_ocsmschannelsetting', 'msdyn_operatinghourid', 'sms'),
        {
          table: 'msdyn_ocsmschannelsetting',
          why: 'The SMS numbers of these workstreams.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            // Singular here, plural in the tables of all other channels.
            'msdyn_enablefileattachmentforagents',
            'msdyn_enablefileattachmentforcustomers',
            'msdyn_name',
            'msdyn_ocsmschannelsettingid',
            'msdyn_operatinghourid',
            'msdyn_language',
            'msdyn_liveworkstreamid',
            'msdyn_phonenumberid',
            ...surveyColumns,
          ],
          optionalColumns: stateColumns,
          filter: byWorkstream('msdyn_ocsmschannelsetting', 'msdyn_liveworkstreamid', 'sms'),
        },
        ...messageTables('sms'),
      ],
    },
  ],
  rules: channelRules,
  leftOut: [
    ...messagingLeftOut('msdyn_ocsmschannelsetting'),
    {
      what: 'Phone numbers of SMS and their providers',
      known: [
        'msdyn_smsnumber',
        'msdyn_ocsmssettingsecret',
        'msdyn_ocsmschannelsetting.msdyn_phonenumberid',
      ],
      reason: 'Numbers are acquired for one environment, and providers hold secrets.',
      instead: 'Set the provider up in the target, acquire the numbers and assign them.',
    },
  ],
  manual: [
    'Set the SMS provider of each SMS workstream up in the target: its account and keys are its own.',
    'Assign the phone number of each SMS number in the target.',
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
