import { lookup, idIn } from './belonging.ts';
import type { AreaTable, Channel, Scope } from './area.ts';
import { idText } from './id-text.ts';
import type { TableRules } from '../model/rules.ts';
import { allOf, anyOf, fetchText, join, oneOf, where, type FetchNode } from './fetch-filter.ts';
import { streamSources, workstreamJoin, workstreamsOf } from './workstream-filter.ts';

/**
 * Tables that the settings of several channels share: automated messages, their translations, and the
 * languages, which every environment has of its own.
 */

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
    filter: () => {
      const messages = oneOf('msdyn_streamsource', [streamSources[channel]], 'ma');
      const localized = oneOf('msdyn_streamsource', [streamSources[channel]], 'mc');
      return fetchText(
        'msdyn_oclanguage',
        { distinct: true },
        anyOf(
          messages,
          localized,
          ...usedBy.map(({ idColumn }, at) =>
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
        ...usedBy.map(({ table, column }, at) => usesLanguage(table, column, `u${at}`)),
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
      belongsTo: [
        lookup('msdyn_widgetid'),
        idIn('msdyn_instanceid', ['msdyn_livechatconfig', 'msdyn_ocvoicechannelsetting']),
      ],
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
    textReferences: new Map([
      [
        'msdyn_instanceid',
        idText(['msdyn_livechatconfig', 'msdyn_ocvoicechannelsetting'], 'instance'),
      ],
    ]),
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
