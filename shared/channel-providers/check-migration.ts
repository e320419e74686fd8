import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Value } from '../model/row.ts';
import { usersOf } from './assign-users.ts';
import { shippedProvider } from './choose-providers.ts';
import { isShipped } from './choose-profile.ts';
import type { Decisions } from './decisions.ts';
import { activeProvidersView, loader, omnichannelApp, relationships, tables } from './framework.ts';
import type { Inventory, Profile, User } from './inventory.ts';
import type { MappedProvider, Mapping } from './mapping.ts';
import { placeOfProvider, placeOfRow, sameText } from './names.ts';

/** One question of the verification: with a finding it failed, `skipped` says why it was not asked. */
export interface MigrationCheck {
  readonly group: string;
  readonly name: string;
  readonly finding?: Finding;
  readonly skipped?: string;
}

/** Everything about a migration that the environment's rows can prove. */
export function checkMigration(
  inventory: Inventory,
  mapping: Mapping,
  decisions: Decisions,
): readonly MigrationCheck[] {
  const apps = [...new Set(mapping.providers.flatMap((provider) => provider.apps))];
  return [
    ...mapping.findings
      .filter(({ severity, code }) => severity === 'error' || code === 'URM1827')
      .map((finding) => ({ group: 'decisions', name: finding.where, finding })),
    ...mapping.providers.map((provider) => rowCheck(provider, inventory)),
    ...mapping.providers.flatMap((provider) =>
      provider.apps.map((app) => profileCheck(provider, app, inventory)),
    ),
    ...apps.flatMap((app) => userChecks(app, { inventory, mapping, decisions })),
    ...(apps.length === 0 ? [] : frameworkChecks(inventory)),
    ...apps
      .filter((app) => sameText(app, omnichannelApp))
      .flatMap((app) => omnichannelChecks(app, inventory)),
  ];
}

function rowCheck(provider: MappedProvider, inventory: Inventory): MigrationCheck {
  const check = {
    group: 'providers',
    name: provider.isBuiltIn
      ? `${provider.old.name}: the shipped provider is active`
      : `${provider.old.name}: is an active provider of the second generation with the same values`,
  };
  const row = inventory.providers.find(({ id }) => id === provider.id);
  if (row === undefined)
    return withFinding(check, {
      code: 'URM1830',
      where: placeOfProvider(provider.old),
      summary: 'The provider has no row in the second generation',
    });
  const wanted = provider.isBuiltIn ? new Map<string, Value>([['statecode', 0]]) : provider.values;
  const differing = [...wanted].filter(
    ([column, value]) =>
      row.values.has(column) && !sameValue(row.values.get(column) ?? null, value),
  );
  if (differing.length === 0) return check;
  return withFinding(check, {
    code: 'URM1830',
    where: placeOfRow(tables.provider, row),
    summary: `The provider differs in ${differing.map(([column]) => column).join(', ')}`,
  });
}

function sameValue(held: Value, wanted: Value): boolean {
  if (typeof held === 'string' && typeof wanted === 'string')
    return held.replaceAll('\r\n', '\n') === wanted.replaceAll('\r\n', '\n');
  return (held === '' ? null : held) === (wanted === '' ? null : wanted);
}

function profileCheck(provider: MappedProvider, app: string, inventory: Inventory): MigrationCheck {
  const check = {
    group: 'profiles',
    name: `${provider.old.name}: is on an active profile of ${app}`,
  };
  const installed = inventory.apps.some(({ uniqueName }) => sameText(uniqueName, app));
  const profiles = inventory.profiles.filter(
    (profile) =>
      profile.active &&
      sameText(profile.app, app) &&
      !isShipped(profile) &&
      holds(profile, provider.id),
  );
  return installed && profiles.length > 0
    ? check
    : withFinding(check, {
        code: 'URM1831',
        where: placeOfProvider(provider.old),
        summary: `The provider is on no active profile of ${app}`,
      });
}

function userChecks(
  app: string,
  frame: {
    readonly inventory: Inventory;
    readonly mapping: Mapping;
    readonly decisions: Decisions;
  },
): readonly MigrationCheck[] {
  const { inventory, mapping, decisions } = frame;
  const providers = mapping.providers.filter((provider) => provider.apps.includes(app));
  const profiles = inventory.profiles.filter((profile) => sameText(profile.app, app));
  const users = new Set(providers.flatMap((provider) => provider.users));
  return [...users].flatMap((id) => {
    const user = inventory.users.get(id);
    if (user === undefined || user.disabled) return [];
    const own = providers.filter((provider) => provider.users.includes(id)).map((each) => each.id);
    return [userCheck(user, own, { app, profiles, decisions })];
  });
}

function userCheck(
  user: User,
  providers: readonly Guid[],
  frame: {
    readonly app: string;
    readonly profiles: readonly Profile[];
    readonly decisions: Decisions;
  },
): MigrationCheck {
  const { app, profiles, decisions } = frame;
  const check = {
    group: 'users',
    name: `${user.name}: has a profile of ${app} with the providers`,
  };
  const where = placeOfRow(tables.user, user);
  const direct = profiles.filter((profile) => usersOf(profile).includes(user.id));
  if (direct.length > 1)
    return withFinding(check, {
      code: 'URM1833',
      where,
      summary: `The user has ${direct.length} profiles of ${app}: ${direct.map(({ name }) => name).join(', ')}`,
    });
  const byRole = profiles.filter(
    (profile) => profile.active && profile.roles.some((role) => user.roles.includes(role)),
  );
  // By name comes before by role.
  const resolved = direct.length > 0 ? direct : byRole;
  if (resolved.some((profile) => providers.every((provider) => holds(profile, provider))))
    return check;
  if (direct.length > 0 && decisions.usersWithProfile === 'leave')
    return { ...check, skipped: `keeps the profile ${direct[0]?.name ?? ''} as decided` };
  return withFinding(check, {
    code: 'URM1832',
    where,
    summary: `The user has no profile of ${app} with the providers`,
  });
}

function frameworkChecks(inventory: Inventory): readonly MigrationCheck[] {
  const registered = inventory.extensions.some(
    (extension) =>
      extension.active &&
      sameText(extension.name, loader.name) &&
      extension.webResource.toLowerCase().endsWith(loader.library) &&
      (extension.relationship === '' ||
        sameText(extension.relationship, relationships.profileProviders)),
  );
  const loaderCheck = {
    group: 'framework',
    name: `the application extension ${loader.name} leads to the library`,
  };
  const libraryCheck = { group: 'framework', name: `the web resource ${loader.library} is there` };
  return [
    skippedIfUnread(loaderCheck, 'application extensions', inventory) ??
      (registered
        ? loaderCheck
        : withFinding(loaderCheck, {
            severity: 'warning',
            code: 'URM1834',
            where: `${tables.extension} ${loader.name}`,
            summary: 'No active application extension of this name leads to the library',
          })),
    skippedIfUnread(libraryCheck, 'web resources', inventory) ??
      (inventory.libraries.length > 0
        ? libraryCheck
        : withFinding(libraryCheck, {
            severity: 'warning',
            code: 'URM1835',
            where: tables.webResource,
            summary: `No web resource ends in ${loader.library}`,
          })),
  ];
}

// Two readings of one sentence of the procedure; both are checked, the second as a warning only.
function omnichannelChecks(app: string, inventory: Inventory): readonly MigrationCheck[] {
  const view = inventory.views.find(({ name }) => sameText(name, activeProvidersView));
  const viewCheck = { group: 'views', name: `the view ${activeProvidersView} is enabled` };
  const shipped = shippedProvider(inventory);
  const shippedCheck = {
    group: 'profiles',
    name: `the built-in channels are on a profile of ${app} that the providers are on`,
  };
  const used = inventory.profiles.filter(
    (profile) => profile.active && sameText(profile.app, app) && !isShipped(profile),
  );
  return [
    skippedIfUnread(viewCheck, 'views', inventory) ??
      (view?.active === true
        ? viewCheck
        : withFinding(viewCheck, {
            code: 'URM1836',
            where: `${tables.view} ${activeProvidersView}`,
            summary: `The view is ${view === undefined ? 'not there' : 'inactive'}`,
          })),
    shipped !== undefined && used.some((profile) => holds(profile, shipped.id))
      ? shippedCheck
      : withFinding(shippedCheck, {
          severity: 'warning',
          code: 'URM1837',
          where: `app ${app}`,
          summary: 'No active profile of the app holds the shipped Omnichannel provider',
        }),
  ];
}

function skippedIfUnread(
  check: MigrationCheck,
  what: string,
  { unread }: Inventory,
): MigrationCheck | undefined {
  return unread.includes(what) ? { ...check, skipped: `${what} could not be read` } : undefined;
}

function holds(profile: Profile, provider: Guid): boolean {
  return profile.links.get(relationships.profileProviders)?.includes(provider) === true;
}

const remedies = {
  URM1830: 'Plan and apply the migration again.',
  URM1831: 'Apply the migration again.',
  URM1832: 'Apply the migration again, or assign the user by hand.',
  URM1833: 'Take all assignments but one away.',
  URM1834:
    'Update or repair the Channel Integration Framework solution; never write the row by hand.',
  URM1835: 'Update or repair the Channel Integration Framework solution.',
  URM1836: 'Activate the view in the table of channel providers.',
  URM1837: 'Switch on all active channels in the profile, if its users work with them.',
} as const;

function withFinding(
  check: MigrationCheck,
  found: {
    readonly severity?: Finding['severity'];
    readonly code: keyof typeof remedies;
    readonly where: string;
    readonly summary: string;
  },
): MigrationCheck {
  const { severity = 'error', code, where, summary } = found;
  return {
    ...check,
    finding: { severity, code, where, summary, detail: '', remedy: remedies[code] },
  };
}
