import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { UsersWithProfile } from './decisions.ts';
import { inheritedRelationships, relationships, tables } from './framework.ts';
import { isShipped } from './choose-profile.ts';
import type { Inventory, Profile, User } from './inventory.ts';
import type { ChosenProfile } from './mapping.ts';
import { listed, placeOfRow, sameText } from './names.ts';

/** Who gets the profile, who loses which, and which other profiles get the providers instead. */
export interface Assignment {
  readonly assign: readonly Guid[];
  readonly take: readonly { readonly profile: Profile; readonly user: Guid }[];
  /** Profiles that users keep and that the providers are attached to as well. */
  readonly attach: readonly Profile[];
  readonly findings: readonly Finding[];
}

/** What of a profile its user would miss on another one. */
export type LinkedIds = ReadonlyMap<string, readonly Guid[]>;

/**
 * Assigns users so that each has one profile of the app:
 * learn.microsoft.com/dynamics365/customer-service/administer/create-agent-experience-profile
 */
export function assignUsers(
  chosen: ChosenProfile,
  users: readonly Guid[],
  frame: {
    readonly inventory: Inventory;
    readonly usersWithProfile: UsersWithProfile;
    /** What the chosen profile will be linked to. */
    readonly linked: LinkedIds;
  },
): Assignment {
  const { inventory, usersWithProfile, linked } = frame;
  const others = inventory.profiles.filter(
    (profile) => profile.id !== chosen.id && sameText(profile.app, chosen.app),
  );
  const assign: Guid[] = [];
  const take: { readonly profile: Profile; readonly user: Guid }[] = [];
  const attach = new Set<Profile>();
  const moved = new Map<Profile, User[]>();
  const kept = new Map<Profile, User[]>();
  const disabled: User[] = [];
  const fresh: User[] = [];
  for (const id of users) {
    const user = inventory.users.get(id);
    if (user === undefined) continue;
    if (user.disabled) {
      disabled.push(user);
      continue;
    }
    const direct = others.filter((profile) => usersOf(profile).includes(id));
    const foreign = direct.find((profile) => !isShipped(profile));
    if (foreign !== undefined && usersWithProfile !== 'move') {
      if (usersWithProfile === 'attach') attach.add(foreign);
      push(kept, foreign, user);
      continue;
    }
    assign.push(id);
    for (const profile of direct) take.push({ profile, user: id });
    const present = direct[0] ?? byRole(others, user) ?? shippedOf(others);
    const hasIt = chosen.existing !== undefined && usersOf(chosen.existing).includes(id);
    if (!hasIt) fresh.push(user);
    if (present !== undefined && (!hasIt || direct.length > 0)) push(moved, present, user);
  }
  return {
    assign,
    take,
    attach: [...attach],
    findings: [
      ...(fresh.length === 0 ? [] : [assigned(chosen, fresh)]),
      ...[...moved].flatMap(([from, who]) => moves(chosen, { from, who, linked, inventory })),
      ...[...kept].map(([profile, who]) => keeps(chosen, profile, { who, usersWithProfile })),
      ...(disabled.length === 0 ? [] : [notAssigned(chosen, disabled)]),
    ],
  };
}

/** Users that a profile is assigned to by name. */
export function usersOf(profile: Profile): readonly Guid[] {
  return profile.links.get(relationships.profileUsers) ?? [];
}

function byRole(profiles: readonly Profile[], user: User): Profile | undefined {
  return profiles.find(
    (profile) => profile.active && profile.roles.some((role) => user.roles.includes(role)),
  );
}

function shippedOf(profiles: readonly Profile[]): Profile | undefined {
  return profiles.find((profile) => isShipped(profile));
}

function moves(
  chosen: ChosenProfile,
  change: {
    readonly from: Profile;
    readonly who: readonly User[];
    readonly linked: LinkedIds;
    readonly inventory: Inventory;
  },
): readonly Finding[] {
  const { from, who, inventory } = change;
  const lost = lostOn(chosen, change.from, change.linked, inventory);
  // The shipped profile is a fallback, nobody's own: giving it up for a copy of it is no change.
  if (lost.length === 0 && isShipped(from)) return [];
  return [
    {
      severity: lost.length === 0 ? 'info' : 'warning',
      code: 'URM1819',
      where: placeOfRow(tables.profile, chosen),
      summary: `${who.length} ${who.length === 1 ? 'user changes' : 'users change'} from the profile ${from.name} to ${chosen.name}${lost.length === 0 ? '' : `, and ${who.length === 1 ? 'loses' : 'lose'} ${lost.join(', ')}`}`,
      detail: listed(who.map(({ name }) => name)),
      remedy:
        'Add what is missing to the new profile, or set usersWithProfile to attach or leave in the configuration. Inboxes and copilot settings of a profile are not compared.',
    },
  ];
}

function lostOn(
  chosen: ChosenProfile,
  from: Profile,
  linked: LinkedIds,
  { names }: Inventory,
): readonly string[] {
  const lost = inheritedRelationships.flatMap(({ relationship, what }) => {
    const held = linked.get(relationship) ?? [];
    return (from.links.get(relationship) ?? [])
      .filter((id) => !held.includes(id))
      .map((id) => `${what} ${names.get(id) ?? id}`);
  });
  const pane = (chosen.existing ?? chosen.inherits)?.productivityPane;
  return from.productivityPane !== undefined && from.productivityPane !== pane
    ? [...lost, `productivity pane ${from.productivityPane}`]
    : lost;
}

function keeps(
  chosen: ChosenProfile,
  profile: Profile,
  kept: { readonly who: readonly User[]; readonly usersWithProfile: UsersWithProfile },
): Finding {
  const isAttached = kept.usersWithProfile === 'attach';
  return {
    severity: 'warning',
    code: 'URM1820',
    where: placeOfRow(tables.profile, profile),
    summary: isAttached
      ? `The providers are attached to this profile too, because ${kept.who.length} of their users keep it: whoever has it sees them`
      : `${kept.who.length} users keep this profile and will not see the providers`,
    detail: listed(kept.who.map(({ name }) => name)),
    remedy: isAttached ? '' : `Assign them to ${chosen.name} by hand when they are ready.`,
  };
}

function assigned(chosen: ChosenProfile, users: readonly User[]): Finding {
  return {
    severity: 'info',
    code: 'URM1826',
    where: placeOfRow(tables.profile, chosen),
    summary: `${users.length} ${users.length === 1 ? 'user gets' : 'users get'} this profile`,
    detail: listed(users.map(({ name }) => name)),
    remedy: '',
  };
}

function notAssigned(chosen: ChosenProfile, users: readonly User[]): Finding {
  return {
    severity: 'info',
    code: 'URM1821',
    where: placeOfRow(tables.profile, chosen),
    summary: `${users.length} disabled ${users.length === 1 ? 'user is' : 'users are'} not assigned`,
    detail: listed(users.map(({ name }) => name)),
    remedy: '',
  };
}

function push<Key, Item>(map: Map<Key, Item[]>, key: Key, item: Item): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
