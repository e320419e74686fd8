import type { Area, Channel } from './area.ts';

/**
 * What solutions carry, as Microsoft's page on channels names it since 2024; everything else of an
 * area moves as data:
 * learn.microsoft.com/dynamics365/customer-service/administer/migrate-channel-config-using-solutions,
 * for records learn.microsoft.com/dynamics365/customer-service/administer/migrate-record-routing-config-using-solutions
 *
 * Queues and their rules, skills, capacity profiles, quick replies, tags, messages, localizations and
 * accounts of other providers are never part of it. Languages are pulled in for some channels; every
 * environment has its own, so they stay with the data that names them.
 */
const withEveryWorkstream: readonly string[] = [
  'msdyn_liveworkstream',
  'msdyn_liveworkstreamcapacityprofile',
  'msdyn_ocliveworkstreamcontextvariable',
  'msdyn_decisioncontract',
  'msdyn_decisionruleset',
  'msdyn_routingconfiguration',
  'msdyn_routingconfigurationstep',
];

interface SolutionRoute {
  /** The table whose rows one adds to a solution; the others are pulled in. */
  readonly startsWith: string;
  /** What is pulled in beyond a workstream's own tables. */
  readonly brings: readonly string[];
}

const workstreamOnly: SolutionRoute = { startsWith: 'msdyn_liveworkstream', brings: [] };

const routes: Readonly<Record<string, SolutionRoute>> = {
  'live-chat': {
    startsWith: 'msdyn_livechatconfig',
    brings: [
      'msdyn_authenticationsettings',
      'msdyn_chatansweroption',
      'msdyn_surveyquestion',
      'msdyn_questionsequence',
      'msdyn_oc_geolocationprovider',
      'msdyn_operatinghour',
    ],
  },
  voice: {
    startsWith: 'msdyn_ocvoicechannelsetting',
    brings: [
      'msdyn_authenticationsettings',
      'msdyn_ocvoice',
      'msdyn_ocvoicechannellanguagesetting',
      'msdyn_ocphonenumber',
      'msdyn_occommunicationprovidersetting',
      'msdyn_occarrier',
      'msdyn_ocphonemusic',
      'msdyn_operatinghour',
    ],
  },
  sms: {
    startsWith: 'msdyn_ocsmschannelsetting',
    brings: [
      'msdyn_ocphonenumber',
      'msdyn_occommunicationprovidersetting',
      'msdyn_occarrier',
      'msdyn_operatinghour',
    ],
  },
  whatsapp: {
    startsWith: 'msdyn_ocwhatsappchannelnumber',
    brings: ['msdyn_ocwhatsappchannelaccount'],
  },
  wechat: { startsWith: 'msdyn_ocwechatchannelconfig', brings: [] },
  apple: { startsWith: 'msdyn_ocapplebusinessaccount', brings: [] },
  record: { startsWith: 'msdyn_masterentityroutingconfiguration', brings: [] },
};

/** How a solution with a channel's configuration is begun, and what it brings along. */
export function solutionRouteOf(channel: Channel): SolutionRoute {
  return routes[channel] ?? workstreamOnly;
}

/** Whether a solution carries an area's rows of a table. */
export function isCarriedBySolution(area: Area, table: string): boolean {
  if (area.includedBy === 'templates') return true;
  if (area.channels.length === 0) return false;
  return area.channels.every((channel) => {
    const { startsWith, brings } = solutionRouteOf(channel);
    return withEveryWorkstream.includes(table) || table === startsWith || brings.includes(table);
  });
}

/**
 * Columns of a carried row that stays in the data because links lead to it: enough to recognize it,
 * and never written over one that is there. The page has the first; no other row is linked so.
 */
export const anchorColumns: Readonly<Record<string, readonly string[]>> = {
  msdyn_liveworkstream: [
    'msdyn_streamsource',
    'msdyn_mode',
    'msdyn_name',
    'msdyn_liveworkstreamid',
  ],
};
