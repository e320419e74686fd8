/** Rows that never leave their environment, whoever asks for them. */
export interface NeverExported {
  /** As `include` might ask for it. */
  readonly name: string;
  /** For people: `Intraday insights`. */
  readonly what: string;
  readonly tables: readonly string[];
  readonly reason: string;
  readonly instead: string;
}

/**
 * What the pages call out of scope and keep in tables of its own, and what happened in an environment.
 * Tables stand here only when nothing else than routing uses them: users, calendars and accounts of
 * other products may be in a schema for reasons of their own.
 *
 * Sources: learn.microsoft.com/dynamics365/customer-service/administer/export-import-omnichannel-data
 * (analytics, users), migrate-config-data-for-records-overview and the pages of the channels (out of
 * scope), and the table references.
 */
export const neverExported: readonly NeverExported[] = [
  {
    name: 'analytics',
    what: 'Intraday insights',
    tables: ['msdyn_analytics'],
    reason: 'The page says not to export them: they are made for one organization.',
    instead: 'Set analytics up in the target.',
  },
  {
    name: 'models',
    what: 'Models of skill finder, effort estimation and sentiment',
    tables: ['msdyn_aimodel'],
    reason: 'A model is trained on the conversations of its environment.',
    instead: 'Train the models in the target and choose them in the rulesets there.',
  },
  {
    name: 'phone-numbers',
    what: 'Phone numbers, carriers and communication providers',
    tables: [
      'msdyn_ocphonenumber',
      'msdyn_occarrier',
      'msdyn_occommunicationprovidersetting',
      'msdyn_occommunicationprovidersettingentry',
    ],
    reason: 'Numbers are acquired for one environment, and providers hold secrets.',
    instead: 'Acquire or port the numbers in the target and assign them there.',
  },
  {
    name: 'music',
    what: 'Hold and wait music',
    tables: ['msdyn_ocphonemusic'],
    reason: 'The music is kept as files of the environment, which no data file holds.',
    instead: 'Upload it in the target and choose it for each language.',
  },
  {
    name: 'surveys',
    what: 'Customer Voice surveys and survey agents',
    tables: ['msfp_survey', 'msdyn_surveyconfig'],
    reason:
      'Surveys are synchronized for each environment by their own product, and survey agents move by a solution procedure of their own.',
    instead: 'Link the surveys in the target.',
  },
  {
    name: 'organization-settings',
    what: 'Settings of the organization, role persona mapping among them',
    tables: ['msdyn_omnichannelconfiguration'],
    reason: 'Every environment has its one row, and administrators may not create another.',
    instead: 'Set them in the admin center of the target.',
  },
  {
    name: 'secrets',
    what: 'Secrets of channel accounts',
    tables: [
      'msdyn_channelinstancesecret',
      'msdyn_ocbotchannelregistrationsecret',
      'msdyn_ocsmssettingsecret',
      'msdyn_octwitterhandlesecret',
    ],
    reason: 'The tables hold nothing but secrets.',
    instead: 'Set them in the target by hand.',
  },
  {
    name: 'conversations',
    what: 'Conversations, sessions, presence of people and answers of customers',
    tables: [
      'msdyn_agentstatus',
      'msdyn_chatquestionnaireresponse',
      'msdyn_copilottranscript',
      'msdyn_livechatengagementctx',
      'msdyn_liveconversation',
      'msdyn_ocliveworkitem',
      'msdyn_ocsession',
      'msdyn_ocvoicemail',
      'msdyn_routingrequest',
    ],
    reason: 'They tell what happened, and hold data of customers.',
    instead: 'Nothing: they are no configuration.',
  },
  {
    name: 'dependency-mappings',
    what: 'Dependency mappings of rulesets',
    tables: ['msdyn_rulesetdependencymapping'],
    reason: 'The server writes them whenever a ruleset is saved.',
    instead: 'Nothing: the import saves rulesets again where they are missing.',
  },
];

/** The rule that keeps a table's rows where they are. */
export function neverExportedTable(table: string): NeverExported | undefined {
  return neverExported.find(({ tables }) => tables.includes(table));
}

/** What to say to somebody who asks for such rows by name; `undefined` for anything else. */
export function neverIncluded(
  name: string,
): { readonly reason: string; readonly instead: string } | undefined {
  return neverExported.find((each) => each.name === name || each.tables.includes(name));
}
