/**
 * What configuration leans on and what does not move with it: rows that setup brings to every
 * environment, rows that each environment has of its own, and what the procedures leave to hands.
 *
 * Sources: the pages of
 * learn.microsoft.com/dynamics365/customer-service/administer/migrate-record-routing-configuration and
 * of each channel (out of scope, manual steps), and the table references.
 */

import type { Channel } from './area.ts';

/** Rows that the product installs: configuration looks them up, and administrators may not make them. */
export interface InstalledRows {
  readonly table: string;
  /** The same in every environment. */
  readonly key: string;
  /** For people: `language`. */
  readonly what: string;
}

export const installedRows: readonly InstalledRows[] = [
  { table: 'msdyn_oclanguage', key: 'msdyn_localeid', what: 'language' },
];

/** A lookup whose value is withheld, because only the source has the row it leads to. */
export interface BoundLookup {
  readonly table: string;
  readonly column: string;
  readonly to: string;
  /** For people: `phone number`. */
  readonly what: string;
  /**
   * The column by which the target's own row of the same meaning is recognized; absent where no two
   * environments share a value, so that any row will do.
   */
  readonly sameBy?: string;
  readonly remedy: string;
}

const numbers = {
  to: 'msdyn_ocphonenumber',
  what: 'phone number',
  remedy: 'Acquire or port phone numbers in the target, and assign them after the import.',
} as const;

const music = {
  table: 'msdyn_ocvoicechannellanguagesetting',
  to: 'msdyn_ocphonemusic',
  what: 'piece of music',
  sameBy: 'msdyn_name',
  remedy: 'Upload the music in the target under the same name, and choose it after the import.',
} as const;

const bots = {
  to: 'systemuser',
  what: 'bot',
  sameBy: 'msdyn_bothandle',
  remedy: 'Connect the bot to the target, and link it after the import (a map file can).',
} as const;

export const boundLookups: readonly BoundLookup[] = [
  { ...numbers, table: 'msdyn_ocvoicechannelsetting', column: 'msdyn_phonenumberid' },
  { ...numbers, table: 'msdyn_ocsmschannelsetting', column: 'msdyn_phonenumberid' },
  { ...music, column: 'msdyn_waitmusicid' },
  { ...music, column: 'msdyn_holdmusicid' },
  { ...bots, table: 'msdyn_liveworkstream', column: 'msdyn_bot_user' },
  {
    ...bots,
    table: 'msdyn_ocvoicechannellanguagesetting',
    column: 'msdyn_surveybotsystemuserid',
    what: 'survey bot',
  },
];

/** Columns of rows that name a table of the environment. */
export const tableNameColumns: Readonly<Record<string, readonly string[]>> = {
  msdyn_masterentityroutingconfiguration: ['msdyn_entitylogicalname'],
  msdyn_ocliveworkstreamcontextvariable: ['msdyn_entitylogicalname'],
  msdyn_sessiontemplate: ['msdyn_entity'],
};

/** Columns of rows that name a relationship of the environment. */
export const relationshipNameColumns: Readonly<Record<string, readonly string[]>> = {
  msdyn_ocliveworkstreamcontextvariable: ['msdyn_relationshipname'],
};

/** Something that the procedures call out of scope, and how to see whether the source has it. */
export interface LeftToHands {
  /** For people: `Phone numbers`. */
  readonly what: string;
  readonly table: string;
  /** OData filter; absent: any row counts. */
  readonly filter?: string;
  /** Columns that the filter uses; where one is not there, there is nothing to look for. */
  readonly columns?: readonly string[];
  /** Absent: every channel. */
  readonly channels?: readonly Channel[];
  /** The areas that need it say so themselves, whether the source has some or not. */
  readonly isSaidByAreas?: true;
  readonly remedy: string;
}

/**
 * Settings of accounts, sentiment analysis and effort estimation have no table that a page names:
 * rulesets with a model are what can be seen of them.
 */
export const leftToHands: readonly LeftToHands[] = [
  {
    what: 'Phone numbers',
    table: 'msdyn_ocphonenumber',
    channels: ['voice', 'sms'],
    remedy: 'Acquire or port numbers in the target, configure and assign them there.',
  },
  {
    what: 'Communication providers and their accounts',
    table: 'msdyn_occommunicationprovidersetting',
    channels: ['voice', 'sms', 'whatsapp'],
    remedy: 'Connect the provider in the target.',
  },
  {
    what: 'Pieces of hold and wait music',
    table: 'msdyn_ocphonemusic',
    channels: ['voice'],
    remedy: 'Upload the music in the target.',
  },
  {
    what: 'Bots',
    table: 'systemuser',
    filter: 'msdyn_bothandle ne null',
    columns: ['msdyn_bothandle'],
    remedy: 'Connect the bots to the target and link them to their workstreams.',
  },
  {
    what: 'Models of rulesets (skill finder, sentiment, effort)',
    table: 'msdyn_decisionruleset',
    filter: 'msdyn_mlmodeltype ne null',
    columns: ['msdyn_mlmodeltype'],
    remedy: 'Train the models in the target and choose them there.',
  },
  {
    what: 'Custom presences',
    table: 'msdyn_presence',
    filter: 'ismanaged eq false',
    columns: ['ismanaged'],
    remedy: 'Make the presences in the target, before workstreams allow them.',
  },
  {
    what: 'Members of queues',
    table: 'queuemembership',
    isSaidByAreas: true,
    remedy: 'Add the members of each queue in the target (a map file can).',
  },
  {
    what: "People's skills",
    table: 'bookableresourcecharacteristic',
    isSaidByAreas: true,
    remedy: 'Give the resources of the target their skills (a map file can).',
  },
  {
    what: "People's capacity profiles",
    table: 'msdyn_bookableresourcecapacityprofile',
    isSaidByAreas: true,
    remedy: 'Give the resources of the target their capacity profiles (a map file can).',
  },
  {
    what: 'Calendars of operating hours',
    table: 'msdyn_operatinghour',
    filter: 'msdyn_calendarid ne null',
    columns: ['msdyn_calendarid'],
    isSaidByAreas: true,
    remedy: 'Set the times of each operating hour in the target (a map file can).',
  },
  {
    what: 'Links of chat widgets to Customer Voice surveys',
    table: 'msdyn_livechatconfig',
    filter: '_msdyn_postconversationsurvey_value ne null',
    columns: ['msdyn_postconversationsurvey'],
    channels: ['live-chat'],
    isSaidByAreas: true,
    remedy: 'Link the surveys in the target: they are synchronized per environment.',
  },
  {
    what: 'Survey agents of Copilot Studio',
    table: 'msdyn_surveyconfig',
    channels: ['voice'],
    remedy:
      'Move them by their own solution procedure, after the voice channel settings of the target were cleared.',
  },
  {
    what: 'Intraday insights',
    table: 'msdyn_analytics',
    remedy: 'Set analytics up in the target: the rows belong to their organization.',
  },
  {
    what: 'Personas mapped to roles',
    table: 'msdyn_omnichannelconfiguration',
    filter: 'msdyn_ispersonasecurityrolemappingenabled eq true',
    columns: ['msdyn_ispersonasecurityrolemappingenabled'],
    remedy: 'Map the personas in the target.',
  },
];
