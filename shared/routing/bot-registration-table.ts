import type { AreaTable, Channel } from './area.ts';
import { fetchText, join } from './fetch-filter.ts';
import { workstreamJoin, workstreamsOf } from './workstream-filter.ts';

/** The bot registrations that connect accounts of messaging channels; the page calls them custom messaging accounts. */
export const botRegistrationColumns: readonly string[] = [
  'msdyn_ocbotchannelregistrationid',
  'msdyn_msappsecret',
  'msdyn_iscustommessagingbcr',
  'msdyn_lastvalidateddate',
  'msdyn_msappid',
  'msdyn_name',
  'msdyn_securemsappsecret',
  'msdyn_validationstatus',
];

/**
 * The registrations of one channel. A custom channel looks its registration up; the registrations of
 * Facebook, Google, LINE and Teams look up the application or account (`by` names that lookup).
 *
 * The page's query joins the latter by the key of the registration itself, which selects nothing.
 */
export function botRegistrationTable(
  channel: Channel,
  by: { readonly column: string; readonly table: string; readonly through?: string },
): AreaTable {
  return {
    table: 'msdyn_ocbotchannelregistration',
    why: 'The bot registrations behind these accounts, without their secrets.',
    belongsTo: [{ by: 'lookup', column: by.column }],
    columns: [...botRegistrationColumns, by.column],
    filter: (scope) => {
      const workstream = workstreamJoin(
        'msdyn_liveworkstreamid',
        'ad',
        workstreamsOf(channel, scope),
      );
      const key = `${by.table}id`;
      return fetchText(
        'msdyn_ocbotchannelregistration',
        { distinct: true },
        join(
          by.table,
          { from: key, to: by.column, type: 'inner', alias: 'ab' },
          by.through === undefined
            ? workstream
            : join(by.through, { from: key, to: key, type: 'inner', alias: 'ac' }, workstream),
        ),
      );
    },
  };
}
