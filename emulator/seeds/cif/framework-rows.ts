import type { SeedRow, SeedTables } from '../seed-rows.ts';

/** Apps as an environment with Customer Service has them. */
export const seededApps = {
  workspace: 'msdyn_CustomerServiceWorkspace',
  omnichannel: 'OmniChannelEngagementHub',
  hub: 'Customerservicehub',
  sales: 'msdynce_saleshub',
} as const;

/** What the solutions of the Channel Integration Framework and its apps bring along. */
export const frameworkRows = {
  appmodule: [
    app('workspace', 'Customer Service workspace'),
    app('omnichannel', 'Omnichannel for Customer Service'),
    app('hub', 'Customer Service Hub'),
    app('sales', 'Sales Hub'),
  ],
  webresource: [
    {
      key: 'library',
      name: 'msdyn_channelintegrationframework.js',
      displayname: 'Channel Integration Framework',
      webresourcetype: 3,
      ismanaged: true,
    },
  ],
  msdyn_applicationextension: [
    {
      key: 'loader',
      msdyn_name: 'msdyn_CIFV2Loader',
      msdyn_uniquename: 'msdyn_cifv2loader',
      msdyn_webresource_url: '/webresources/msdyn_channelintegrationframework.js',
      msdyn_type: 387_300_000,
      msdyn_appconfig_relationshipname: 'msdyn_appconfig_msdyn_channelprovider',
      msdyn_relationship_cardinality: 387_300_001,
      ismanaged: true,
    },
  ],
  savedquery: [
    {
      key: 'active providers',
      name: 'Active Channel Providers',
      returnedtypecode: 'msdyn_channelprovider',
      querytype: 0,
      isdefault: true,
      ismanaged: true,
    },
  ],
  msdyn_channelprovider: [
    {
      key: 'omnichannel',
      msdyn_name: 'omnichannel',
      msdyn_uniquename: 'msdyn_omnichannel',
      msdyn_label: 'Omnichannel',
      msdyn_channelurl: 'https://oc-cdn.example/panel',
      msdyn_sortorder: 0,
      msdyn_enableoutbound: true,
      msdyn_apiversion: 162_450_000,
      ismanaged: true,
    },
  ],
  msdyn_appconfiguration: [
    shipped('omnichannel', 'Omnichannel for Customer Service - default profile'),
    shipped('workspace', 'Customer Service workspace - default profile'),
  ],
  msdyn_appconfig_msdyn_channelprovider: [
    profileLink('omnichannel', 'msdyn_channelprovider', 'omnichannel'),
  ],
} as const satisfies SeedTables;

/** A row of an app profile. */
export function profileRow(
  key: string,
  name: string,
  of: keyof typeof seededApps,
): SeedRow & { readonly key: string } {
  return {
    key,
    msdyn_name: name,
    msdyn_uniquename: `msdyn_profile_${key}`,
    msdyn_appmoduleuniquename: seededApps[of],
  };
}

/** A pair of a profile and something that hangs on it. */
export function profileLink(of: string, table: string, to: string): SeedRow {
  return {
    key: `${of} ${to}`,
    msdyn_appconfigurationid: `msdyn_appconfiguration#${of}`,
    [`${table}id`]: `${table}#${to}`,
  };
}

function app(key: keyof typeof seededApps, name: string): SeedRow {
  return { key, name, uniquename: seededApps[key], ismanaged: true, clienttype: 4 };
}

function shipped(key: 'omnichannel' | 'workspace', name: string): SeedRow {
  return {
    ...profileRow(key, name, key),
    ismanaged: true,
    msdyn_productivitypaneuniquename: 'msdyn_pane',
  };
}
