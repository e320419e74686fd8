import { lookup, idIn } from './belonging.ts';
import type { AreaTable, Channel, LeftOut, Scope } from './area.ts';
import { idText } from './id-text.ts';
import type { TableRules } from '../model/rules.ts';
import { allOf, anyOf, fetchText, join, oneOf, where, type FetchNode } from './fetch-filter.ts';
import { streamSources, workstreamJoin, workstreamsOf } from './workstream-filter.ts';

/**
 * Tables that the settings of several channels share: automated messages, their translations, and the
 * languages, which every environment has of its own.
 */

/** What a message can be meant for alone, by its id in `msdyn_instanceid`: one widget, number, page or account. */
const instanceTables: readonly string[] = [
  'msdyn_livechatconfig',
  'msdyn_ocvoicechannelsetting',
  'msdyn_ocsmschannelsetting',
  'msdyn_ocwhatsappchannelnumber',
  'msdyn_occustommessagingchannel',
  'msdyn_ocfbpage',
  'msdyn_oclinechannelconfig',
  'msdyn_octeamschannelconfig',
  'msdyn_ocapplebusinessaccount',
  'msdyn_ocgooglebusinessmessagesagentaccount',
  'msdyn_ocwechatchannelconfig',
];

/**
 * The languages that settings and messages of the channel use. They are installed with the solutions:
 * found by locale in the target, left alone where they are there.
 */
export function languageTable(channel: Channel, usedBy: readonly LanguageUse[]): AreaTable {
  return {
    table: 'msdyn_oclanguage',
    why: 'Languages that settings and messages of the channel use.',
    columns: ['msdyn_languagename', 'msdyn_localecode', 'msdyn_localeid', 'msdyn_oclanguageid'],
    skipUpdate: true,
    filter: (_scope, has) => {
      const uses = usedBy.filter(({ table, column }) => has(table, column));
      const messages = oneOf('msdyn_streamsource', [streamSources[channel]], 'ma');
      const localized = oneOf('msdyn_streamsource', [streamSources[channel]], 'mc');
      return fetchText(
        'msdyn_oclanguage',
        { distinct: true },
        anyOf(
          messages,
          localized,
          ...uses.map(({ idColumn }, at) =>
            where({ column: idColumn, operator: 'not-null', on: `u${at}` }),
          ),
        ),
        usesLanguage('msdyn_ocsystemmessage', 'msdyn_defaultlanguage', 'ma'),
        usesLanguage(
          'msdyn_oclocalizationdata',
          'msdyn_customerlanguageid',
          'mb',
          join('msdyn_ocsystemmessage', {
            from: 'msdyn_ocsystemmessageid',
            to: 'msdyn_systemmessageid',
            type: 'outer',
            alias: 'mc',
          }),
        ),
        ...uses.map(({ table, column }, at) => usesLanguage(table, column, `u${at}`)),
      );
    },
  };
}

/** A table with a lookup to languages. */
interface LanguageUse {
  readonly table: string;
  readonly idColumn: string;
  readonly column: string;
}

function usesLanguage(
  table: string,
  column: string,
  alias: string,
  ...children: readonly FetchNode[]
): FetchNode {
  return join(table, { from: column, to: 'msdyn_oclanguageid', type: 'outer', alias }, ...children);
}

const messageColumns = [
  'msdyn_streamsource',
  'msdyn_defaultlanguage',
  'msdyn_instanceid',
  'msdyn_ocsystemmessageid',
  'msdyn_messagedescription',
  'msdyn_messagereceiver',
  'msdyn_messagetemplatetrigger',
  'msdyn_messagetext',
  'msdyn_systemmessageeventtype',
  'msdyn_messagetype',
  'msdyn_name',
  'organizationid',
  'statecode',
  'statuscode',
  'msdyn_widgetid',
] as const;

const localizationColumns = [
  'msdyn_systemmessageid',
  'msdyn_defaultlocalizedtext',
  'msdyn_entitycolumnname',
  'msdyn_entityname',
  'msdyn_entityrecordid',
  'importsequencenumber',
  'msdyn_isdefault',
  'msdyn_customerlanguageid',
  'msdyn_languagecode',
  'msdyn_oclocalizationdataid',
  'msdyn_localizedtext',
  'organizationid',
  'statecode',
  'statuscode',
] as const;

/**
 * Automated messages of the channel and their translations. The voice page filters translations by
 * `uiname` without a value, which selects nothing; the published schema has the value. Messages of
 * widgets that do not move stay with them.
 */
export function messageTables(channel: Channel): readonly AreaTable[] {
  const ofChannel = (scope: Scope, on?: string): FetchNode =>
    allOf(
      oneOf('msdyn_streamsource', [streamSources[channel]], on),
      ...(channel === 'live-chat'
        ? [
            anyOf(
              where({ column: 'msdyn_widgetid', operator: 'null', on }),
              workstreamsOf(channel, scope, 'wb'),
            ),
          ]
        : []),
    );
  const widgets =
    channel === 'live-chat'
      ? [
          join(
            'msdyn_livechatconfig',
            { from: 'msdyn_livechatconfigid', to: 'msdyn_widgetid', type: 'outer', alias: 'wa' },
            join('msdyn_liveworkstream', {
              from: 'msdyn_liveworkstreamid',
              to: 'msdyn_liveworkstreamid',
              type: 'outer',
              alias: 'wb',
            }),
          ),
        ]
      : [];
  return [
    {
      table: 'msdyn_ocsystemmessage',
      why: 'Automated messages of the channel.',
      belongsTo: [lookup('msdyn_widgetid'), idIn('msdyn_instanceid', instanceTables)],
      columns: messageColumns,
      filter: (scope) => fetchText('msdyn_ocsystemmessage', {}, ofChannel(scope), ...widgets),
    },
    {
      table: 'msdyn_oclocalizationdata',
      why: 'Translations of these messages.',
      belongsTo: [lookup('msdyn_systemmessageid')],
      columns: localizationColumns,
      filter: (scope) =>
        fetchText(
          'msdyn_oclocalizationdata',
          {},
          ofChannel(scope, 'ah'),
          join(
            'msdyn_ocsystemmessage',
            {
              from: 'msdyn_ocsystemmessageid',
              to: 'msdyn_systemmessageid',
              type: 'inner',
              alias: 'ah',
            },
            ...widgets,
          ),
        ),
    },
  ];
}

export const channelRules: Readonly<Record<string, Partial<TableRules>>> = {
  msdyn_oclanguage: {
    identities: [{ by: 'id' }, { by: 'key', columns: ['msdyn_localeid'] }],
  },
  msdyn_ocsystemmessage: {
    // Each channel has messages of the same names.
    toldApartBy: ['msdyn_streamsource'],
    textReferences: new Map([['msdyn_instanceid', idText(instanceTables, 'instance')]]),
  },
  msdyn_oclocalizationdata: {
    textReferences: new Map([
      ['msdyn_entityrecordid', idText(['msdyn_ocsystemmessage'], 'translated row')],
    ]),
  },
};

/** Operating hours that channel settings look up and that may be no queue's. */
export function operatingHourTable(table: string, column: string, channel: Channel): AreaTable {
  return {
    table: 'msdyn_operatinghour',
    why: 'Operating hours that rows of this step look up.',
    columns: operatingHourColumns,
    filter: (scope) =>
      fetchText(
        'msdyn_operatinghour',
        { distinct: true },
        join(
          table,
          { from: column, to: 'msdyn_operatinghourid', type: 'inner', alias: 'ac' },
          workstreamJoin('msdyn_liveworkstreamid', 'ad', workstreamsOf(channel, scope)),
        ),
      ),
  };
}

export const operatingHourColumns: readonly string[] = [
  'msdyn_description',
  'msdyn_name',
  'msdyn_operatinghourid',
  'statecode',
  'statuscode',
];

/** How customers sign in, of chat widgets and of Apple accounts. */
export const authenticationColumns: readonly string[] = [
  'msdyn_actionname',
  'msdyn_additionalparams',
  'msdyn_accesstokenurl',
  'msdyn_authenticationclientid',
  'msdyn_authenticationclientsecret',
  'msdyn_authenticationscopes',
  'msdyn_authenticationsettingsid',
  'msdyn_authenticationtype',
  'msdyn_ocauthchanneltype',
  'msdyn_authserviceconfigsetid',
  'msdyn_decryptedtokenurl',
  'msdyn_endpointregion',
  'msdyn_javascriptclientfunction',
  'msdyn_name',
  'msdyn_publickeyurl',
  'msdyn_redirecturi',
  'msdyn_authservicescopeid',
  'msdyn_useauthcodeflow',
];

/** What every messaging channel asks its customers after a conversation; the survey itself is another lookup. */
export const surveyColumns: readonly string[] = [
  'msdyn_postconversationsurveybotsurvey',
  'msdyn_postconversationsurveyenable',
  'msdyn_postconversationsurveybotsurveymessagetext',
  'msdyn_postconversationsurveymessagetext',
  'msdyn_postconversationsurveybotsurveymode',
  'msdyn_postconversationsurveymode',
];

/** Taken along, so that what was switched off stays off; the pages name them for some tables only. */
export const stateColumns: readonly string[] = ['statecode', 'statuscode'];

/** What the accounts, pages and numbers of a messaging channel leave behind. */
export function messagingLeftOut(table: string): readonly LeftOut[] {
  return [
    {
      what: 'Customer Voice surveys of channels',
      known: [
        `${table}.msdyn_postconversationsurvey`,
        `${table}.msdyn_postconversationsurveyseparatebotsurvey`,
      ],
      reason: 'Surveys are synchronized per environment.',
      instead: 'Link them in the target.',
    },
  ];
}

/** Rows that settings of the channel's workstreams look up, such as the account of a page. */
export function accountFilter(
  account: string,
  settings: { readonly table: string; readonly column: string },
  channel: Channel,
): NonNullable<AreaTable['filter']> {
  return (scope) =>
    fetchText(
      account,
      { distinct: true },
      join(
        settings.table,
        { from: settings.column, to: `${account}id`, type: 'inner', alias: 'ab' },
        workstreamJoin('msdyn_liveworkstreamid', 'ac', workstreamsOf(channel, scope)),
      ),
    );
}
