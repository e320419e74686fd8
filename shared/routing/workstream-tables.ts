import { lookup, link } from './belonging.ts';
import type { Area, AreaTable, Channel, LeftOut } from './area.ts';
import type { ServerMade, TableRules, TextNames } from '../model/rules.ts';
import { contractTable, decisionRules, rulesetTable } from './decision-tables.ts';
import {
  byWorkstream,
  quickReplyFilter,
  routingContractFilter,
  routingRulesetFilter,
  routingStepFilter,
  tagFilter,
  workstreamFilter,
} from './workstream-filter.ts';

/** The 39 columns that the published schemas of record and of channel workstreams share. */
export const commonWorkstreamColumns = [
  'msdyn_enableautomatedmessages',
  'msdyn_allowedpresences',
  'msdyn_assignworkitemafterdecline',
  'msdyn_autocloseafterinactivity',
  'msdyn_blockcapacityforwrapup',
  'msdyn_bot_queue',
  'msdyn_bot_rule',
  'msdyn_bot_user',
  'msdyn_capacityrequired',
  'msdyn_capacityformat',
  'msdyn_streamsource',
  'msdyn_routingcontractid',
  'msdyn_sessiontemplate_default',
  'msdyn_defaultqueue',
  'msdyn_direction',
  'msdyn_enableselectingfrompushbasedworkstreams',
  'msdyn_masterentityroutingconfigurationid',
  'msdyn_fallbacklanguage',
  'msdyn_followupafterwaiting',
  'msdyn_handlingtimethreshold',
  'msdyn_notificationtemplate_incoming_auth',
  'msdyn_isdefault',
  'msdyn_enableagentaffinity',
  'msdyn_matchinglogic',
  'msdyn_maxconcurrentconnection',
  'msdyn_mode',
  'msdyn_name',
  'msdyn_notification',
  'msdyn_outboundqueueid',
  'msdyn_recordidentificationrule',
  'msdyn_recordidentificationvalidationrule',
  'msdyn_screenpoptimeout',
  'msdyn_screenpoptimeout_optionSet',
  'msdyn_skillattachmentrulescount',
  'msdyn_skillattachmentrulescount_date',
  'msdyn_skillattachmentrulescount_state',
  'msdyn_waitingtimethreshold',
  'msdyn_workdistributionmode',
  'msdyn_liveworkstreamid',
];

/** The 65 columns of the published schemas of channel workstreams. */
const workstreamColumns = [
  ...commonWorkstreamColumns,
  'msdyn_apikey',
  'msdyn_apikeyversionnumber',
  'msdyn_notificationtemplate_callback_previewdialing',
  'msdyn_connectorsurl',
  'msdyn_notificationtemplate_consult',
  'msdyn_conversationmode',
  'msdyn_customerdisconnectholddurationforopenconversation',
  'msdyn_customerid',
  'msdyn_entityroutingconfigurationid',
  'importsequencenumber',
  'msdyn_notificationtemplate_incoming_unauth',
  'msdyn_lastvalidationon',
  'msdyn_lastvalidationstatus',
  'msdyn_notificationscenarioplaceholder',
  'msdyn_restrictdownloadrecording',
  'msdyn_restrictdownloadtranscript',
  'msdyn_secureapikey',
  'msdyn_sessionscenarioplaceholder',
  'msdyn_smsprovider',
  'statecode',
  'statuscode',
  'msdyn_notificationtemplate_supervisorassign',
  'msdyn_telesigninboundurl',
  'timezoneruleversionnumber',
  'msdyn_notificationtemplate_transfer',
  'msdyn_twilioinboundurl',
] as const;

/** The seven tables that every channel's workstreams have, in the published order. */
export function workstreamTables(channel: Channel): readonly AreaTable[] {
  return [
    {
      table: 'msdyn_liveworkstream',
      why: 'Workstreams of the channel, in simplified mode.',
      columns: workstreamColumns,
      optionalColumns: ['msdyn_enablevoicev2'],
      filter: workstreamFilter(channel),
    },
    workstreamCapacityTable(channel),
    {
      table: 'msdyn_ocliveworkstreamcontextvariable',
      why: 'Context variables of these workstreams, which their rules read.',
      belongsTo: [lookup('msdyn_liveworkstreamid')],
      columns: [
        'msdyn_name',
        'msdyn_relationshipname',
        'msdyn_datatype',
        'msdyn_liveworkstreamid',
        'msdyn_islist',
        'msdyn_ismodifiable',
        'msdyn_displayname',
        'msdyn_isdisplayable',
        'msdyn_entitylogicalname',
        'msdyn_ocliveworkstreamcontextvariableid',
        'statecode',
        'statuscode',
        'msdyn_issystemdefined',
      ],
      filter: byWorkstream(
        'msdyn_ocliveworkstreamcontextvariable',
        'msdyn_liveworkstreamid',
        channel,
      ),
    },
    ...ruleTables(channel),
  ];
}

/** Which capacity profiles workstreams use. */
export function workstreamCapacityTable(channel: Channel): AreaTable {
  return {
    table: 'msdyn_liveworkstreamcapacityprofile',
    why: 'Which capacity profiles these workstreams use.',
    belongsTo: [lookup('msdyn_workstream_id')],
    columns: [
      'msdyn_capacityprofile_id',
      'msdyn_name',
      'msdyn_workstream_id',
      'msdyn_liveworkstreamcapacityprofileid',
    ],
    filter: byWorkstream('msdyn_liveworkstreamcapacityprofile', 'msdyn_workstream_id', channel),
  };
}

/** Contracts, rulesets, routing configurations and their steps, in the published order. */
export function ruleTables(channel: Channel): readonly AreaTable[] {
  return [
    { ...contractTable, filter: routingContractFilter(channel) },
    { ...rulesetTable, filter: routingRulesetFilter(channel) },
    {
      table: 'msdyn_routingconfiguration',
      why: 'How these workstreams route.',
      belongsTo: [lookup('msdyn_liveworkstreamid')],
      columns: [
        'msdyn_name',
        'msdyn_routingconfigurationid',
        'msdyn_liveworkstreamid',
        'msdyn_uniquename',
        'msdyn_isactiveconfiguration',
      ],
      filter: byWorkstream('msdyn_routingconfiguration', 'msdyn_liveworkstreamid', channel),
    },
    {
      table: 'msdyn_routingconfigurationstep',
      why: 'The steps of these routing configurations, each with a ruleset.',
      belongsTo: [lookup('msdyn_routingconfigurationid')],
      columns: [
        'msdyn_name',
        'msdyn_routingconfigurationid',
        'msdyn_routingconfigurationstepid',
        'msdyn_rulesetid',
        'msdyn_steporder',
        'msdyn_type',
        'msdyn_uniquename',
      ],
      filter: routingStepFilter(channel),
    },
  ];
}

/** Quick replies and tags: messaging channels have them, voice has not. */
export function replyTables(channel: Channel): readonly AreaTable[] {
  return [
    {
      table: 'msdyn_cannedmessage',
      why: 'Quick replies that representatives of the channel use; the procedure moves all of them.',
      belongsTo: [link('msdyn_msdyn_cannedmessage_liveworkstream')],
      columns: [
        'msdyn_locale_field',
        'msdyn_message',
        'organizationid',
        'msdyn_cannedmessageid',
        'statecode',
        'statuscode',
        'msdyn_tagscontrolfield',
        'msdyn_title',
      ],
      relationships: [
        'msdyn_msdyn_cannedmessage_msdyn_octag',
        'msdyn_msdyn_cannedmessage_liveworkstream',
      ],
      filter: quickReplyFilter(channel),
    },
    {
      table: 'msdyn_octag',
      why: 'Tags of quick replies; the procedure moves all of them.',
      belongsTo: [link('msdyn_msdyn_cannedmessage_msdyn_octag')],
      columns: ['msdyn_name', 'msdyn_octagid'],
      filter: tagFilter(channel),
    },
  ];
}

/** The area of a messaging channel's workstreams: their tables are the same for each of these channels. */
export function messagingWorkstreams(
  channel: Channel,
  {
    title,
    step,
    source,
  }: { readonly title: string; readonly step: string; readonly source: string },
): Area {
  return {
    area: `${channel}-workstreams`,
    title,
    channels: [channel],
    source,
    steps: [
      {
        step,
        title: `${title}, their rules, quick replies and tags`,
        tables: [...workstreamTables(channel), ...replyTables(channel)],
      },
    ],
    rules: workstreamRules,
    leftOut: workstreamLeftOut,
    manual: workstreamManual,
  };
}

/**
 * A question of a chat widget's survey makes a context variable of its name when it is put into the
 * widget; made before, the variable would stand in its way. Which questions do, no page says:
 * learn.microsoft.com/dynamics365/customer-service/administer/export-import-omnichannel-data
 */
const surveyVariables: ServerMade = {
  by: 'msdyn_questionsequence',
  through: 'msdyn_surveyquestion',
  key: new Map([
    ['msdyn_liveworkstreamid', 'msdyn_liveworkstreamtochatquestion'],
    ['msdyn_name', 'msdyn_name'],
  ]),
};

const notificationColumns = [
  'msdyn_notificationtemplate_callback_previewdialing',
  'msdyn_notificationtemplate_consult',
  'msdyn_notificationtemplate_incoming_auth',
  'msdyn_notificationtemplate_incoming_unauth',
  'msdyn_notificationtemplate_supervisorassign',
  'msdyn_notificationtemplate_transfer',
] as const;

/** A text that is nothing but the unique name of a row. */
function uniqueNameOf(table: string): TextNames {
  return {
    table,
    column: 'msdyn_uniquename',
    isUnique: true,
    find: (text) => (text.trim() === '' ? [] : [text.trim()]),
  };
}

export const workstreamRules: Readonly<Record<string, Partial<TableRules>>> = {
  ...decisionRules,
  msdyn_routingconfiguration: {
    identities: [{ by: 'id' }],
    liveColumns: new Set(['msdyn_isactiveconfiguration']),
    leadsToLine: [{ column: 'msdyn_liveworkstreamid' }],
  },
  msdyn_routingconfigurationstep: {
    identities: [{ by: 'id' }],
    liveColumns: new Set(['msdyn_rulesetid', 'msdyn_steporder', 'msdyn_type']),
    leadsToLine: [{ column: 'msdyn_routingconfigurationid' }],
  },
  msdyn_liveworkstream: {
    identities: [{ by: 'id' }],
    toldApartBy: ['msdyn_streamsource'],
    isLine: true,
    liveColumns: new Set([
      'msdyn_bot_queue',
      'msdyn_defaultqueue',
      'msdyn_outboundqueueid',
      'msdyn_routingcontractid',
    ]),
    textNames: new Map([
      ['msdyn_sessiontemplate_default', uniqueNameOf('msdyn_sessiontemplate')],
      ...notificationColumns.map((column): [string, TextNames] => [
        column,
        uniqueNameOf('msdyn_notificationtemplate'),
      ]),
    ]),
  },
  msdyn_ocliveworkstreamcontextvariable: {
    identities: [{ by: 'id' }, { by: 'key', columns: ['msdyn_liveworkstreamid', 'msdyn_name'] }],
    serverMade: surveyVariables,
  },
};

/** Says the same of every channel's workstreams. */
export const workstreamLeftOut: readonly LeftOut[] = [
  {
    what: 'Bots of workstreams',
    known: ['msdyn_liveworkstream.msdyn_bot_user'],
    reason: "A bot's user exists only where the bot does.",
    instead: 'Link the bot in the target, or map its user in a map file and set the lookup there.',
  },
  {
    what: 'Dependency mappings of rulesets',
    known: ['msdyn_rulesetdependencymapping'],
    reason: 'The server writes them whenever a ruleset is saved.',
    instead: 'Nothing: the import saves rulesets again where they are missing.',
  },
];

export const workstreamManual: readonly string[] = [
  'Link the bot of each workstream in the target: bots and their users belong to an environment.',
  'Check that the session and notification templates that workstreams name were moved by solution.',
];
