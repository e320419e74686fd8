import type { Environment } from '../../environment.ts';
import { plantRows } from '../plant-rows.ts';
import type { SeedRow, SeedTables, SeedValue } from '../seed-rows.ts';
import { frameworkRows, profileLink, profileRow, seededApps } from './framework-rows.ts';

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
  const unless = (
    part: NonNullable<ProviderSeed['without']>[number],
    rows: readonly SeedRow[],
  ): readonly SeedRow[] => (without.includes(part) ? [] : rows);
  return {
    ...frameworkRows,
    webresource: unless('library', frameworkRows.webresource),
    msdyn_applicationextension: unless('loader', frameworkRows.msdyn_applicationextension),
    savedquery: unless('view', frameworkRows.savedquery),
    msdyn_channelprovider: unless('shipped-provider', frameworkRows.msdyn_channelprovider),
    systemuser: seededUsers.map((key) => user(environment, key, seed)),
    role: [
      {
        key: 'agent',
        name: 'Contact centre agent',
        businessunitid: { table: 'businessunit', id: environment.rootBusinessUnitId },
      },
    ],
    systemuserroles: [{ key: 'mei agent', systemuserid: 'systemuser#mei', roleid: 'role#agent' }],
    msdyn_sessiontemplate: [template('chat'), template('voice')],
    msdyn_appconfiguration: [
      ...frameworkRows.msdyn_appconfiguration,
      ...(seed.upgradedProfile === true
        ? [profileRow('upgraded', 'Omnichannel upgraded app profile', 'omnichannel')]
        : []),
      ...(usersWithProfile.length === 0
        ? []
        : [profileRow('own', 'Contoso back office', 'workspace')]),
    ],
    msdyn_appconfiguration_sessiontemplate: [
      profileLink('workspace', 'msdyn_sessiontemplate', 'chat'),
      ...(usersWithProfile.length === 0
        ? []
        : [profileLink('own', 'msdyn_sessiontemplate', 'voice')]),
    ],
    msdyn_appconfig_msdyn_channelprovider: shippedProvider
      ? [
          ...frameworkRows.msdyn_appconfig_msdyn_channelprovider,
          ...(seed.upgradedProfile === true
            ? [profileLink('upgraded', 'msdyn_channelprovider', 'omnichannel')]
            : []),
        ]
      : [],
    msdyn_appconfiguration_systemuser: usersWithProfile.map((key) =>
      profileLink('own', 'systemuser', key),
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

function template(key: string): SeedRow {
  return {
    key,
    msdyn_name: `Contoso ${key}`,
    msdyn_uniquename: `contoso_session_${key}`,
    msdyn_sessiontype: 0,
    msdyn_panelstate: 162_450_002,
  };
}
