/** A number, page or account of a messaging channel, and what connects it with its provider. */
export interface ChannelAccount {
  readonly table: string;
  /** For people: `Facebook page`. */
  readonly what: string;
  /** The column that holds its name. */
  readonly name: string;
  /** What only the environment itself has: without it no message arrives. */
  readonly column: string;
  /** For people: `page id`. */
  readonly holds: string;
}

/** Secrets are needed beside these; whether they are set nobody may read. */
export const channelAccounts: readonly ChannelAccount[] = [
  {
    table: 'msdyn_ocsmschannelsetting',
    what: 'SMS number',
    name: 'msdyn_name',
    column: 'msdyn_phonenumberid',
    holds: 'phone number',
  },
  {
    table: 'msdyn_ocwhatsappchannelaccount',
    what: 'WhatsApp account',
    name: 'msdyn_name',
    column: 'msdyn_provideraccountid',
    holds: 'account id of the provider',
  },
  {
    table: 'msdyn_ocwhatsappchannelnumber',
    what: 'WhatsApp number',
    name: 'msdyn_name',
    column: 'msdyn_organizationphonenumber',
    holds: 'phone number',
  },
  {
    table: 'msdyn_ocbotchannelregistration',
    what: 'bot registration',
    name: 'msdyn_name',
    column: 'msdyn_msappid',
    holds: 'application id',
  },
  {
    table: 'msdyn_ocfbapplication',
    what: 'Facebook application',
    name: 'msdyn_name',
    column: 'msdyn_fbapplicationid',
    holds: 'application id',
  },
  {
    table: 'msdyn_ocfbpage',
    what: 'Facebook page',
    name: 'msdyn_fbpagename',
    column: 'msdyn_fbpageid',
    holds: 'page id',
  },
  {
    table: 'msdyn_oclinechannelconfig',
    what: 'LINE account',
    name: 'msdyn_name',
    column: 'msdyn_channelid',
    holds: 'channel id',
  },
  {
    table: 'msdyn_octeamschannelconfig',
    what: 'Microsoft Teams account',
    name: 'msdyn_teamsappname',
    column: 'msdyn_botid',
    holds: 'bot id',
  },
  {
    table: 'msdyn_ocapplebusinessaccount',
    what: 'Apple account',
    name: 'msdyn_name',
    column: 'msdyn_businessid',
    holds: 'business id',
  },
  {
    table: 'msdyn_ocgooglebusinessmessagespartneraccount',
    what: 'Google partner account',
    name: 'msdyn_name',
    column: 'msdyn_partneraccountid',
    holds: 'account id',
  },
  {
    table: 'msdyn_ocgooglebusinessmessagesagentaccount',
    what: 'Google agent account',
    name: 'msdyn_name',
    column: 'msdyn_agentid',
    holds: 'agent id',
  },
  {
    table: 'msdyn_ocwechatchannelconfig',
    what: 'WeChat account',
    name: 'msdyn_name',
    column: 'msdyn_applicationid',
    holds: 'application id',
  },
];
