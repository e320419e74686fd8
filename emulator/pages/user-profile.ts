import type { Environment } from '../environment.ts';
import type { StoredRow } from '../store/store.ts';

/** A provider as the app keeps it in session storage. */
export interface ShownProvider {
  readonly uniqueName: string;
  readonly label: string;
  readonly url: string;
  readonly order: number;
}

/** What a person gets to see of an app. */
export interface ShownProfile {
  readonly name: string;
  readonly providers: readonly ShownProvider[];
  /** Scripts that the app loads for this profile. */
  readonly extensions: readonly { readonly name: string; readonly webResource: string }[];
}

const apiVersion2 = 162_450_000;

/**
 * The profile that a person resolves to: the one assigned by name, else by role in the order of profiles,
 * else the shipped one: learn.microsoft.com/dynamics365/customer-service/administer/add-profile-default
 */
export function shownProfile(
  environment: Environment,
  app: string,
  userId: string,
): ShownProfile | undefined {
  const { store } = environment;
  const profiles = [...store.rows('msdyn_appconfiguration')].filter(
    (row) => isActive(row) && sameText(row.cells.get('msdyn_appmoduleuniquename'), app),
  );
  const linked = (relationship: string, column: string, profile: StoredRow): readonly string[] =>
    [...store.rows(relationship)]
      .filter(({ cells }) => cells.get('msdyn_appconfigurationid') === profile.id)
      .map((row) => textOf(row, column));
  const byName = profiles.find((profile) =>
    linked('msdyn_appconfiguration_systemuser', 'systemuserid', profile).includes(userId),
  );
  const profile =
    byName ??
    byRole(environment, profiles, userId) ??
    profiles.find(({ cells }) => cells.get('ismanaged') === true);
  if (profile === undefined) return undefined;
  const providers = linked(
    'msdyn_appconfig_msdyn_channelprovider',
    'msdyn_channelproviderid',
    profile,
  ).flatMap((id) => providerOf(store.get('msdyn_channelprovider', id)));
  const own = linked(
    'msdyn_appconfiguration_applicationextension',
    'msdyn_applicationextensionid',
    profile,
  );
  const extensions = [...store.rows('msdyn_applicationextension')]
    .filter(isActive)
    .filter(
      (row) =>
        own.includes(row.id) ||
        (providers.length > 0 &&
          row.cells.get('msdyn_appconfig_relationshipname') ===
            'msdyn_appconfig_msdyn_channelprovider'),
    );
  return {
    name: textOf(profile, 'msdyn_name'),
    providers: providers.sort((one, other) => one.order - other.order),
    extensions: extensions.map((row) => ({
      name: textOf(row, 'msdyn_name'),
      webResource: textOf(row, 'msdyn_webresource_url'),
    })),
  };
}

function byRole(
  { store }: Environment,
  profiles: readonly StoredRow[],
  userId: string,
): StoredRow | undefined {
  const roles = new Set(
    [...store.rows('systemuserroles')]
      .filter(({ cells }) => cells.get('systemuserid') === userId)
      .map((row) => textOf(row, 'roleid')),
  );
  const mapped = new Set(
    [...store.rows('msdyn_appprofilerolemapping')]
      .filter((row) => isActive(row) && roles.has(idOf(row, 'msdyn_securityroleid')))
      .map((row) => idOf(row, 'msdyn_appprofileid')),
  );
  const orderOf = ({ cells }: StoredRow): number => Number(cells.get('msdyn_profileorder') ?? 0);
  return profiles
    .filter(({ id }) => mapped.has(id))
    .sort((one, other) => orderOf(one) - orderOf(other))[0];
}

function providerOf(row: StoredRow | undefined): ShownProvider[] {
  if (row === undefined || !isActive(row) || row.cells.get('msdyn_apiversion') !== apiVersion2)
    return [];
  return [
    {
      uniqueName: textOf(row, 'msdyn_uniquename'),
      label: textOf(row, 'msdyn_label'),
      url: textOf(row, 'msdyn_channelurl'),
      order: Number(row.cells.get('msdyn_sortorder') ?? 0),
    },
  ];
}

function isActive({ cells }: StoredRow): boolean {
  return (cells.get('statecode') ?? 0) === 0;
}

/** A text cell; empty where it is none. */
export function textOf({ cells }: StoredRow, column: string): string {
  const cell = cells.get(column);
  return typeof cell === 'string' ? cell : '';
}

function idOf({ cells }: StoredRow, column: string): string {
  const cell = cells.get(column);
  return typeof cell === 'object' && cell !== null && 'id' in cell ? cell.id : '';
}

/** Texts compare without case. */
export function sameText(cell: unknown, text: string): boolean {
  return typeof cell === 'string' && cell.toLowerCase() === text.toLowerCase();
}
