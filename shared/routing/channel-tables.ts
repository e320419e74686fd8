import type { AreaTable, Channel } from './area.ts';
import type { TableRules } from '../model/rules.ts';
import { allOf, anyOf, fetchText, join, oneOf, where, type FetchNode } from './fetch-filter.ts';
import { streamSources } from './workstream-filter.ts';

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
 * `uiname` without a value, which selects nothing; the published schema has the value.
 */
export function messageTables(channel: Channel): readonly AreaTable[] {
  const ofChannel = allOf(oneOf('msdyn_streamsource', [streamSources[channel]]));
  return [
    {
      table: 'msdyn_ocsystemmessage',
      columns: messageColumns,
      filter: () => fetchText('msdyn_ocsystemmessage', {}, ofChannel),
    },
    {
      table: 'msdyn_oclocalizationdata',
      columns: localizationColumns,
      filter: () =>
        fetchText(
          'msdyn_oclocalizationdata',
          {},
          join(
            'msdyn_ocsystemmessage',
            {
              from: 'msdyn_ocsystemmessageid',
              to: 'msdyn_systemmessageid',
              type: 'inner',
              alias: 'ah',
            },
            ofChannel,
          ),
        ),
    },
  ];
}

export const channelRules: Readonly<Record<string, Partial<TableRules>>> = {
  msdyn_oclanguage: {
    identities: [{ by: 'id' }, { by: 'key', columns: ['msdyn_localeid'] }],
  },
};
