import type { AreaTable, Channel } from './area.ts';
import type { TableRules } from '../model/rules.ts';
import { fetchText, join, oneOf, allOf } from './fetch-filter.ts';
import { streamSources } from './workstream-filter.ts';

/**
 * Tables that the settings of several channels share: automated messages, their translations, and the
 * languages, which every environment has of its own.
 */

/** Installed with the solutions; found by locale in the target, left alone where it is there. */
export const languageTable = {
  table: 'msdyn_oclanguage',
  columns: ['msdyn_languagename', 'msdyn_localecode', 'msdyn_localeid', 'msdyn_oclanguageid'],
  skipUpdate: true,
} as const satisfies AreaTable;

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
