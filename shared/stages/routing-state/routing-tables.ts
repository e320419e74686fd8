import { channelAccounts } from '../../routing/channel-accounts.ts';

/** Tables that route, with the columns that say how. Columns an environment does not have are left out. */
export const routingTables: Readonly<Record<string, readonly string[]>> = {
  msdyn_liveworkstream: [
    'msdyn_name',
    'msdyn_streamsource',
    'msdyn_mode',
    'msdyn_defaultqueue',
    'msdyn_bot_queue',
    'msdyn_bot_user',
    'msdyn_outboundqueueid',
    'msdyn_masterentityroutingconfigurationid',
    'msdyn_botfailureactionconfig',
    'msdyn_sessiontemplate_default',
    'msdyn_notificationtemplate_incoming_auth',
    'msdyn_notificationtemplate_incoming_unauth',
    'msdyn_notificationtemplate_consult',
    'msdyn_notificationtemplate_transfer',
    'msdyn_notificationtemplate_supervisorassign',
    'statecode',
  ],
  msdyn_routingconfiguration: [
    'msdyn_name',
    'msdyn_liveworkstreamid',
    'msdyn_isactiveconfiguration',
    'statecode',
  ],
  msdyn_routingconfigurationstep: [
    'msdyn_name',
    'msdyn_routingconfigurationid',
    'msdyn_rulesetid',
    'msdyn_steporder',
    'msdyn_type',
    'statecode',
  ],
  msdyn_ocliveworkstreamcontextvariable: ['msdyn_name', 'msdyn_liveworkstreamid', 'statecode'],
  msdyn_masterentityroutingconfiguration: [
    'msdyn_name',
    'msdyn_entitylogicalname',
    'msdyn_rulesetid',
  ],
  msdyn_decisionruleset: [
    'msdyn_name',
    'msdyn_rulesetdefinition',
    'msdyn_rulesettype',
    'msdyn_disabledrules',
    'msdyn_inputcontractid',
    'msdyn_outputcontractid',
    'statecode',
  ],
  msdyn_decisioncontract: ['msdyn_name', 'msdyn_uniquename', 'msdyn_contractdefinition'],
  msdyn_rulesetdependencymapping: [
    'msdyn_referencingrulesetid',
    'msdyn_referencedpolymorphicentityid',
    'msdyn_referencedpolymorphiclogicalname',
  ],
  queue: [
    'name',
    'msdyn_queuetype',
    'msdyn_assignmentstrategy',
    'msdyn_operatinghourid',
    'msdyn_prequeueoverflowrulesetid',
    'msdyn_inqueueoverflowrulesetid',
    'msdyn_isdefaultqueue',
    'statecode',
  ],
  msdyn_assignmentconfiguration: [
    'msdyn_name',
    'msdyn_queueid',
    'msdyn_isactiveconfiguration',
    'statecode',
  ],
  msdyn_assignmentconfigurationstep: [
    'msdyn_name',
    'msdyn_assignmentconfigurationid',
    'msdyn_rulesetid',
    'msdyn_steporder',
    'msdyn_type',
    'statecode',
  ],
  msdyn_overflowactionconfig: [
    'msdyn_name',
    'msdyn_overflowactiontype',
    'msdyn_overflowactiondata',
    'statecode',
  ],
  msdyn_operatinghour: ['msdyn_name', 'msdyn_calendarid', 'msdyn_enablealldays', 'statecode'],
  characteristic: ['name', 'statecode'],
  ratingvalue: ['name'],
  bookableresourcecharacteristic: ['characteristic', 'resource', 'statecode'],
  msdyn_capacityprofile: ['msdyn_name', 'statecode'],
  msdyn_ocvoicechannelsetting: [
    'msdyn_name',
    'msdyn_liveworkstreamid',
    'msdyn_phonenumberid',
    'msdyn_operatinghoursid',
    'statecode',
  ],
  msdyn_ocprovisioningstate: [
    'msdyn_name',
    'msdyn_voicechannelsettingid',
    'msdyn_exceptiondetails',
    'statuscode',
  ],
  msdyn_ocphonenumber: ['msdyn_name', 'msdyn_phonenumber'],
  msdyn_livechatconfig: [
    'msdyn_name',
    'msdyn_liveworkstreamid',
    'msdyn_operatinghourid',
    'msdyn_widgetappid',
    'msdyn_widgetsnippet',
    'statecode',
  ],
  ...Object.fromEntries(
    channelAccounts.map(({ table, name, column }) => [
      table,
      [name, column, 'msdyn_liveworkstreamid', 'statecode'],
    ]),
  ),
};

/** A lookup that is followed to the row it leads to. */
export interface FollowedLookup {
  readonly from: string;
  readonly column: string;
  readonly to: string;
}

/** Lookups from a row to what it needs: read by id. */
export const neededRows: readonly FollowedLookup[] = [
  ...['msdyn_defaultqueue', 'msdyn_bot_queue', 'msdyn_outboundqueueid'].map((column) => ({
    from: 'msdyn_liveworkstream',
    column,
    to: 'queue',
  })),
  {
    from: 'msdyn_liveworkstream',
    column: 'msdyn_masterentityroutingconfigurationid',
    to: 'msdyn_masterentityroutingconfiguration',
  },
  {
    from: 'msdyn_liveworkstream',
    column: 'msdyn_botfailureactionconfig',
    to: 'msdyn_overflowactionconfig',
  },
  ...[
    'msdyn_routingconfigurationstep',
    'msdyn_assignmentconfigurationstep',
    'msdyn_masterentityroutingconfiguration',
  ].map((from) => ({ from, column: 'msdyn_rulesetid', to: 'msdyn_decisionruleset' })),
  ...['msdyn_prequeueoverflowrulesetid', 'msdyn_inqueueoverflowrulesetid'].map((column) => ({
    from: 'queue',
    column,
    to: 'msdyn_decisionruleset',
  })),
  { from: 'queue', column: 'msdyn_operatinghourid', to: 'msdyn_operatinghour' },
  {
    from: 'msdyn_ocvoicechannelsetting',
    column: 'msdyn_operatinghoursid',
    to: 'msdyn_operatinghour',
  },
  { from: 'msdyn_ocvoicechannelsetting', column: 'msdyn_phonenumberid', to: 'msdyn_ocphonenumber' },
  { from: 'msdyn_livechatconfig', column: 'msdyn_operatinghourid', to: 'msdyn_operatinghour' },
  {
    from: 'msdyn_decisionruleset',
    column: 'msdyn_inputcontractid',
    to: 'msdyn_decisioncontract',
  },
];

/** Lookups from rows that belong to a row: all of them are read, also those nobody brought. */
export const owningRows: readonly FollowedLookup[] = [
  ...[
    'msdyn_routingconfiguration',
    'msdyn_ocliveworkstreamcontextvariable',
    'msdyn_ocvoicechannelsetting',
    'msdyn_livechatconfig',
  ].map((from) => ({ from, column: 'msdyn_liveworkstreamid', to: 'msdyn_liveworkstream' })),
  {
    from: 'msdyn_routingconfigurationstep',
    column: 'msdyn_routingconfigurationid',
    to: 'msdyn_routingconfiguration',
  },
  {
    from: 'msdyn_ocprovisioningstate',
    column: 'msdyn_voicechannelsettingid',
    to: 'msdyn_ocvoicechannelsetting',
  },
  { from: 'msdyn_assignmentconfiguration', column: 'msdyn_queueid', to: 'queue' },
  {
    from: 'msdyn_assignmentconfigurationstep',
    column: 'msdyn_assignmentconfigurationid',
    to: 'msdyn_assignmentconfiguration',
  },
  {
    from: 'msdyn_rulesetdependencymapping',
    column: 'msdyn_referencingrulesetid',
    to: 'msdyn_decisionruleset',
  },
  { from: 'bookableresourcecharacteristic', column: 'characteristic', to: 'characteristic' },
];
