import type { Environment } from '../../environment.ts';
import { plantRows } from '../plant-rows.ts';
import type { SeedRow, SeedTables, SeedValue } from '../seed-rows.ts';

/** Apps as an environment with Customer Service has them. */
export const seededApps = {
  workspace: 'msdyn_CustomerServiceWorkspace',
  omnichannel: 'OmniChannelEngagementHub',
  hub: 'Customerservicehub',
  sales: 'msdynce_saleshub',
} as const;

/** A provider of the first generation, as a test wants it. */
export interface SeededProvider {
  readonly key: string;
  readonly name: string;
  readonly apps: readonly (keyof typeof seededApps)[];
  readonly users?: readonly string[];
  readonly inactive?: true;
  readonly api2?: true;
  readonly more?: Readonly<Record<string, SeedValue>>;
}

/** What differs between the environments that the procedure may meet. */
export interface ProviderSeed {
  readonly providers: readonly SeededProvider[];
  /** The profile that an upgrade from the first generation leaves. */
  readonly upgradedProfile?: true;
  /** Users that have a profile of the workspace of their own, with a session template on it. */
  readonly usersWithProfile?: readonly string[];
  readonly usersDisabled?: readonly string[];
  /** Things that a broken environment lacks. */
  readonly without?: readonly ('loader' | 'library' | 'view' | 'shipped-provider')[];
}

export const seededUsers = ['ann', 'luis', 'mei'] as const;

/**
 * Plants both generations of the framework: apps, shipped profiles, the loader, the view, users, and
 * the given providers of the first generation.
 */
export function plantProviders(environment: Environment, seed: ProviderSeed): void {
  plantRows(environment, providerRows(environment, seed), {
    ids: new Map(),
    salt: 'channel providers',
  });
}

function providerRows(environment: Environment, seed: ProviderSeed): SeedTables {
  const { without = [], usersWithProfile = [] } = seed;
  const shippedProvider = !without.includes('shipped-provider');
  return {
    appmodule: [
      app('workspace', 'Customer Service workspace'),
      app('omnichannel', 'Omnichannel for Customer Service'),
      app('hub', 'Customer Service Hub'),
      app('sales', 'Sales Hub'),
    ],
    systemuser: seededUsers.map((key) => user(environment, key, seed)),
    role: [
      {
        key: 'agent',
        name: 'Contact centre agent',
        businessunitid: { table: 'businessunit', id: environment.rootBusinessUnitId },
      },
    ],
    systemuserroles: [{ key: 'mei agent', systemuserid: 'systemuser#mei', roleid: 'role#agent' }],
    webresource: without.includes('library')
      ? []
      : [
          {
            key: 'library',
            name: 'msdyn_channelintegrationframework.js',
            displayname: 'Channel Integration Framework',
            webresourcetype: 3,
            ismanaged: true,
          },
        ],
    msdyn_applicationextension: without.includes('loader')
      ? []
      : [
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
    savedquery: without.includes('view')
      ? []
      : [
          {
            key: 'active',
            name: 'Active Channel Providers',
            returnedtypecode: 'msdyn_channelprovider',
            querytype: 0,
            isdefault: true,
            ismanaged: true,
          },
        ],
    msdyn_channelprovider: shippedProvider
      ? [
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
        ]
      : [],
    msdyn_sessiontemplate: [template('chat'), template('voice')],
    msdyn_appconfiguration: [
      shipped('omnichannel', 'Omnichannel for Customer Service - default profile', 'omnichannel'),
      shipped('workspace', 'Customer Service workspace - default profile', 'workspace'),
      ...(seed.upgradedProfile === true
        ? [profile('upgraded', 'Omnichannel upgraded app profile', 'omnichannel')]
        : []),
      ...(usersWithProfile.length === 0
        ? []
        : [profile('own', 'Contoso back office', 'workspace')]),
    ],
    msdyn_appconfiguration_sessiontemplate: [
      link('workspace', 'msdyn_sessiontemplate', 'chat'),
      ...(usersWithProfile.length === 0 ? [] : [link('own', 'msdyn_sessiontemplate', 'voice')]),
    ],
    msdyn_appconfig_msdyn_channelprovider: shippedProvider
      ? [
          link('omnichannel', 'msdyn_channelprovider', 'omnichannel'),
          ...(seed.upgradedProfile === true
            ? [link('upgraded', 'msdyn_channelprovider', 'omnichannel')]
            : []),
        ]
      : [],
    msdyn_appconfiguration_systemuser: usersWithProfile.map((key) =>
      link('own', 'systemuser', key),
    ),
    msdyn_ciprovider: seed.providers.map(oldProvider),
    msdyn_ciprovider_systemuser: seed.providers.flatMap(({ key, users = [] }) =>
      users.map((person) => ({
        key: `${key} ${person}`,
        msdyn_ciproviderid: `msdyn_ciprovider#${key}`,
        systemuserid: `systemuser#${person}`,
      })),
    ),
  };
}

function oldProvider(provider: SeededProvider): SeedRow {
  const { key, name, apps, inactive, api2, more = {} } = provider;
  return {
    key,
    msdyn_name: name,
    msdyn_label: name,
    msdyn_landingurl: `https://${key}.partner.example/panel`,
    msdyn_trusteddomain: `https://${key}.partner.example`,
    msdyn_clicktoact: true,
    msdyn_sortorder: 1,
    msdyn_customparams: `{"token":"secret-of-${key}"}`,
    msdyn_enableanalytics: false,
    msdyn_sandboxconfiguration: 'allow-forms allow-popups allow-scripts allow-same-origin',
    msdyn_appselector: JSON.stringify(apps.map((each) => seededApps[each])),
    msdyn_roleselector: '["Contact centre agent"]',
    msdyn_ciproviderapiversion: api2 === true ? 1 : 0,
    ...(inactive === true ? { statecode: 1, statuscode: 2 } : {}),
    ...more,
  };
}

function app(key: keyof typeof seededApps, name: string): SeedRow {
  return { key, name, uniquename: seededApps[key], ismanaged: true, clienttype: 4 };
}

function user(
  environment: Environment,
  key: string,
  { usersDisabled = [] }: ProviderSeed,
): SeedRow {
  const name = key.slice(0, 1).toUpperCase() + key.slice(1);
  return {
    key,
    firstname: name,
    lastname: 'Example',
    fullname: `${name} Example`,
    domainname: `${key}@contoso.example`,
    internalemailaddress: `${key}@contoso.example`,
    businessunitid: { table: 'businessunit', id: environment.rootBusinessUnitId },
    isdisabled: usersDisabled.includes(key),
    accessmode: 0,
  };
}

function shipped(key: string, name: string, of: keyof typeof seededApps): SeedRow {
  return {
    ...profile(key, name, of),
    ismanaged: true,
    msdyn_productivitypaneuniquename: 'msdyn_pane',
  };
}

function profile(key: string, name: string, of: keyof typeof seededApps): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_uniquename: `msdyn_profile_${key}`,
    msdyn_appmoduleuniquename: seededApps[of],
  };
}

function template(key: string): SeedRow {
  return {
    key,
    msdyn_name: `Contoso ${key}`,
    msdyn_uniquename: `contoso_session_${key}`,
    msdyn_sessiontype: 0,
    msdyn_panelstate: 162_450_002,
  };
}

function link(of: string, table: string, to: string): SeedRow {
  return {
    key: `${of} ${to}`,
    msdyn_appconfigurationid: `msdyn_appconfiguration#${of}`,
    [`${table}id`]: `${table}#${to}`,
  };
}
