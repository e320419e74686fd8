import type { Finding } from '../errors/finding.ts';
import type { Decisions, ProfileDecision } from './decisions.ts';
import { shippedProfiles, tables, upgradedProfileName } from './framework.ts';
import type { App, Inventory, Profile } from './inventory.ts';
import type { ChosenProfile } from './mapping.ts';
import { placeOfRow, sameText } from './names.ts';
import { isUniqueName, stableRowId, uniqueNameFor } from './unique-name.ts';

/** Whether a profile came with the product: it can be neither changed nor deleted. */
export function isShipped(profile: Pick<Profile, 'name'>): boolean {
  return shippedProfiles.has(profile.name.toLowerCase());
}

/**
 * The one profile of an app that providers are attached to: the one that was named, else the one of
 * the upgrade, else one of our own, made as a copy of the shipped one.
 */
export function chooseProfile(
  app: App,
  inventory: Inventory,
  decisions: Decisions,
): { readonly profile: ChosenProfile | undefined; readonly findings: readonly Finding[] } {
  const decision = decisions.profiles.find((each) => sameText(each.app, app.uniqueName));
  const own = inventory.profiles.filter((profile) => sameText(profile.app, app.uniqueName));
  const uniqueName =
    decision?.uniqueName ??
    uniqueNameFor(decisions.prefix, `${decision?.name ?? app.name} channel providers`);
  const existing = findExisting(own, decision, uniqueName);
  if (existing !== undefined) {
    const problem = problemWith(existing);
    if (problem !== undefined) return { profile: undefined, findings: [problem] };
    const { id, name } = existing;
    return {
      profile: {
        app: app.uniqueName,
        id,
        name,
        uniqueName: existing.uniqueName,
        existing,
        inherits: undefined,
      },
      findings: [],
    };
  }
  if (!isUniqueName(uniqueName)) return { profile: undefined, findings: [badName(uniqueName)] };
  const inherited = findInherited(own, decision);
  return {
    profile: {
      app: app.uniqueName,
      id: stableRowId(inventory.organizationId, tables.profile, uniqueName),
      name: decision?.name ?? `${app.name} - channel providers`.slice(0, 100),
      uniqueName,
      existing: undefined,
      inherits: inherited.profile,
    },
    findings: inherited.findings,
  };
}

function findExisting(
  own: readonly Profile[],
  decision: ProfileDecision | undefined,
  uniqueName: string,
): Profile | undefined {
  const named = decision?.name;
  if (named !== undefined)
    return own.find(
      (profile) =>
        sameText(profile.name, named) ||
        sameText(profile.uniqueName, named) ||
        sameText(profile.uniqueName, uniqueName),
    );
  return (
    own.find(
      (profile) =>
        decision?.uniqueName !== undefined && sameText(profile.uniqueName, decision.uniqueName),
    ) ??
    (decision?.uniqueName === undefined
      ? (own.find((profile) => sameText(profile.name, upgradedProfileName)) ??
        own.find((profile) => sameText(profile.uniqueName, uniqueName)))
      : undefined)
  );
}

function problemWith(profile: Profile): Finding | undefined {
  const where = placeOfRow(tables.profile, profile);
  if (isShipped(profile))
    return {
      severity: 'error',
      code: 'URM1814',
      where,
      summary: 'This profile came with the product: it can be neither changed nor deleted',
      detail: '',
      remedy:
        'Name another profile of the app, or none: then a copy of the shipped one is created.',
    };
  if (!profile.active)
    return {
      severity: 'error',
      code: 'URM1818',
      where,
      summary: 'The profile is inactive: a provider on it shows nowhere',
      detail: '',
      remedy: 'Activate the profile, or name another one in the configuration.',
    };
  return undefined;
}

function findInherited(
  own: readonly Profile[],
  decision: ProfileDecision | undefined,
): { readonly profile: Profile | undefined; readonly findings: readonly Finding[] } {
  const named = decision?.copyFrom;
  if (named === 'none') return { profile: undefined, findings: [] };
  if (named === undefined) {
    // The one with channels holds more: it comes later in the list of shipped profiles.
    const order = [...shippedProfiles.keys()];
    const shipped = own
      .filter((profile) => isShipped(profile))
      .sort(
        (one, other) =>
          order.indexOf(other.name.toLowerCase()) - order.indexOf(one.name.toLowerCase()),
      );
    return { profile: shipped[0], findings: [] };
  }
  const found = own.find(
    (profile) => sameText(profile.name, named) || sameText(profile.uniqueName, named),
  );
  if (found !== undefined) return { profile: found, findings: [] };
  return {
    profile: undefined,
    findings: [
      {
        severity: 'error',
        code: 'URM1818',
        where: `configuration, profile ${named}`,
        summary: 'The app has no such profile to copy from',
        detail: '',
        remedy: 'Correct its name in the configuration, or write copyFrom: none.',
      },
    ],
  };
}

function badName(uniqueName: string): Finding {
  return {
    severity: 'error',
    code: 'URM1806',
    where: 'configuration, profiles',
    summary: `'${uniqueName}' cannot be a unique name`,
    detail: '',
    remedy: 'Use 3 to 8 letters and digits, an underscore, and a name: contoso_workspace.',
  };
}
