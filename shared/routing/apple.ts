import { lookup } from './belonging.ts';
import type { Area, Scope } from './area.ts';
import {
  authenticationColumns,
  channelRules,
  languageTable,
  messageTables,
  messagingLeftOut,
  stateColumns,
  surveyColumns,
} from './channel-tables.ts';
import { anyOf, fetchText, join, type FetchNode } from './fetch-filter.ts';
import { byWorkstream, workstreamsOf } from './workstream-filter.ts';
import { messagingWorkstreams } from './workstream-tables.ts';

const page =
  'learn.microsoft.com/dynamics365/customer-service/administer/migrate-channel-config-using-solutions';

export const appleWorkstreams: Area = messagingWorkstreams('apple', {
  title: 'Apple Messages for Business workstreams',
  step: '24-apple-workstreams',
  source: `${page}, workstreams`,
});

/** Authentication settings that an account looks up by either of its two columns. */
function authenticationFilter(scope: Scope): string {
  const accounts = (column: string, alias: string): FetchNode =>
    join(
      'msdyn_ocapplebusinessaccount',
      { from: column, to: 'msdyn_authenticationsettingsid', type: 'outer', alias },
      join('msdyn_liveworkstream', {
        from: 'msdyn_liveworkstreamid',
        to: 'msdyn_liveworkstreamid',
        type: 'outer',
        alias: `${alias}w`,
      }),
    );
  return fetchText(
    'msdyn_authenticationsettings',
    { distinct: true },
    anyOf(workstreamsOf('apple', scope, 'abw'), workstreamsOf('apple', scope, 'acw')),
    accounts('msdyn_businessauthsettingsid', 'ab'),
    accounts('msdyn_v2businessauthsettingsid', 'ac'),
  );
}

/**
 * Apple Messages for Business accounts. The page moves them by solution and lists no attributes: the
 * columns are those that the table has.
 */
export const appleAccounts: Area = {
  area: 'apple-accounts',
  title: 'Apple Messages for Business accounts',
  channels: ['apple'],
  source: `${page}, solution components (msdyn_ocapplebusinessaccount)`,
  steps: [
    {
      step: '25-apple-accounts',
      title: 'Apple Messages for Business accounts, authentication and messages',
      needs: 'msdyn_ocapplebusinessaccount',
      tables: [
        languageTable('apple', [
          {
            table: 'msdyn_ocapplebusinessaccount',
            idColumn: 'msdyn_ocapplebusinessaccountid',
            column: 'msdyn_ocwidgetlanguage',
          },
        ]),
        {
          table: 'msdyn_authenticationsettings',
          why: 'How customers of these accounts sign in, without the secret.',
          columns: authenticationColumns,
          optionalColumns: stateColumns,
          filter: authenticationFilter,
        },
        {
          table: 'msdyn_ocapplebusinessaccount',
          why: 'The Apple accounts of these workstreams.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            'msdyn_businessauthsettingsid',
            'msdyn_businessid',
            'msdyn_enableapplepay',
            'msdyn_enablefileattachmentsforagents',
            'msdyn_enablefileattachmentsforcustomers',
            'msdyn_enableoauth',
            'msdyn_liveworkstreamid',
            'msdyn_name',
            'msdyn_ocapplebusinessaccountid',
            'msdyn_ocwidgetlanguage',
            'msdyn_v2businessauthsettingsid',
            ...surveyColumns,
          ],
          optionalColumns: stateColumns,
          filter: byWorkstream('msdyn_ocapplebusinessaccount', 'msdyn_liveworkstreamid', 'apple'),
        },
        ...messageTables('apple'),
      ],
    },
  ],
  rules: channelRules,
  leftOut: [
    ...messagingLeftOut('msdyn_ocapplebusinessaccount'),
    {
      what: 'Payment profiles and certificates of Apple Pay',
      known: [
        'msdyn_ocpaymentprofile',
        'msdyn_ocapplepay',
        'msdyn_ocapplebusinessaccount.msdyn_ocpaymentprofileid',
      ],
      reason: 'They hold the certificates of a merchant.',
      instead: 'Set Apple Pay up in the target.',
    },
  ],
  manual: [
    'Set the business id of each Apple account in the target, and register the target at Apple.',
    'Set the client secret of the authentication settings of Apple accounts in the target.',
    'Set Apple Pay up in the target where an account uses it.',
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
