import { createHash } from 'node:crypto';
import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Link, Value } from '../model/row.ts';
import { assignUsers } from './assign-users.ts';
import { chooseProfile } from './choose-profile.ts';
import { chooseProviders, notInstalled } from './choose-providers.ts';
import type { Decisions } from './decisions.ts';
import { inheritedRelationships, panelStates, relationships, tables } from './framework.ts';
import type { Inventory, Profile } from './inventory.ts';
import type { ChosenProfile, MappedProvider, Mapping, UnwantedLink, WantedRow } from './mapping.ts';
import { placeOfProvider, placeOfRow, sameText } from './names.ts';
import { stableRowId, uniqueNameFor } from './unique-name.ts';

/** Both procedures as data: which rows and links the environment should hold, and what the operator should know. */
export function mapProviders(inventory: Inventory, decisions: Decisions): Mapping {
  const missing = decisions.appsAreGiven
    ? decisions.apps
        .filter((name) => !inventory.apps.some((app) => sameText(app.uniqueName, name)))
        .map((name) => notInstalled(name, 'apps'))
    : [];
  const { providers, findings } = chooseProviders(inventory, decisions);
  const work = new AppWork(inventory, decisions);
  for (const app of inventory.apps) {
    const own = providers.filter((provider) => provider.apps.includes(app.uniqueName));
    if (own.length > 0) work.addApp(app.uniqueName, own);
  }
  for (const provider of providers) work.addProvider(provider);
  return {
    hash: inputHash(inventory, decisions, providers),
    providers,
    profiles: work.profiles,
    rows: work.rows,
    links: work.links,
    unlinks: work.unlinks,
    findings: [...missing, ...findings, ...work.findings, ...inventory.unread.map(notRead)],
  };
}

function notRead(what: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1827',
    where: what,
    summary: `The identity may not read ${what}: they count as not there`,
    detail: '',
    remedy: 'Give the identity the privilege to read them.',
  };
}

class AppWork {
  readonly #inventory: Inventory;
  readonly #decisions: Decisions;
  readonly profiles: ChosenProfile[] = [];
  readonly rows: WantedRow[] = [];
  readonly links: Link[] = [];
  readonly unlinks: UnwantedLink[] = [];
  readonly findings: Finding[] = [];

  constructor(inventory: Inventory, decisions: Decisions) {
    this.#inventory = inventory;
    this.#decisions = decisions;
  }

  addApp(appName: string, providers: readonly MappedProvider[]): void {
    const app = this.#inventory.apps.find(({ uniqueName }) => uniqueName === appName);
    if (app === undefined) return;
    const { profile, findings } = chooseProfile(app, this.#inventory, this.#decisions);
    this.findings.push(...findings);
    if (profile === undefined) return;
    this.profiles.push(profile);
    if (profile.existing === undefined) this.rows.push(profileRow(profile));
    else this.#mention(profile.existing);
    const linked = this.#linkProfile(profile, providers);
    this.#assign(profile, providers, linked);
    this.#mapRoles(profile, providers);
    this.#warnOfPanels(profile, linked.get(relationships.profileSessionTemplates) ?? []);
  }

  /** The row of the second generation, and the switch-off of the first where it was asked for. */
  addProvider(provider: MappedProvider): void {
    if (!provider.isBuiltIn)
      this.rows.push({
        table: tables.provider,
        id: provider.id,
        name: provider.old.name,
        cells: providerCells(provider),
      });
    if (provider.users.length === 0 && provider.roles.length === 0)
      this.findings.push({
        severity: 'warning',
        code: 'URM1822',
        where: placeOfProvider(provider.old),
        summary: 'Nobody is assigned: the provider has no users of its own, and no role is mapped',
        detail: '',
        remedy: 'Name roles in the configuration, or assign users to the profile by hand.',
      });
    if (!provider.old.active) return;
    const stays = provider.staysFor.length > 0;
    if (this.#decisions.deactivate && !stays) {
      const cells = new Map<string, Value>([
        ['msdyn_name', provider.old.name],
        ['statecode', 1],
        ['statuscode', 2],
      ]);
      this.rows.push({
        table: tables.oldProvider,
        id: provider.old.id,
        name: provider.old.name,
        cells,
      });
      return;
    }
    this.findings.push({
      severity: 'info',
      code: 'URM1823',
      where: placeOfProvider(provider.old),
      summary: stays
        ? `The row of the first generation stays active for ${provider.staysFor.join(', ')}`
        : 'The row of the first generation stays active',
      detail: stays
        ? ''
        : 'The two generations are separate frameworks: the row does no harm, and is the way back.',
      remedy: stays ? '' : 'Migrate with deactivate when the new panel has proven itself.',
    });
  }

  #linkProfile(
    profile: ChosenProfile,
    providers: readonly MappedProvider[],
  ): ReadonlyMap<string, readonly Guid[]> {
    const linked = new Map<string, readonly Guid[]>();
    for (const { relationship } of inheritedRelationships) {
      const inherited = profile.inherits?.links.get(relationship) ?? [];
      const added =
        relationship === relationships.profileProviders ? providers.map(({ id }) => id) : [];
      const wanted = [...new Set([...inherited, ...added])];
      for (const id of wanted) this.#link(profile, relationship, id);
      const held = profile.existing?.links.get(relationship) ?? [];
      linked.set(relationship, [...new Set([...held, ...wanted])]);
    }
    return linked;
  }

  #assign(
    profile: ChosenProfile,
    providers: readonly MappedProvider[],
    linked: ReadonlyMap<string, readonly Guid[]>,
  ): void {
    const users = [...new Set(providers.flatMap((provider) => provider.users))].sort();
    const assignment = assignUsers(profile, users, {
      inventory: this.#inventory,
      usersWithProfile: this.#decisions.usersWithProfile,
      linked,
    });
    for (const user of assignment.assign) this.#link(profile, relationships.profileUsers, user);
    for (const other of assignment.attach) {
      this.#mention(other);
      for (const { id } of providers) this.#link(other, relationships.profileProviders, id);
    }
    for (const { profile: other, user } of assignment.take)
      this.unlinks.push({
        link: linkOf(other, relationships.profileUsers, user),
        name: other.name,
      });
    this.findings.push(...assignment.findings);
  }

  /** A profile that is only linked: named, so that the plan can say what people call it. */
  #mention({ id, name }: Profile): void {
    const cells = new Map<string, Value>([['msdyn_name', name]]);
    this.rows.push({ table: tables.profile, id, name, cells });
  }

  #mapRoles(profile: ChosenProfile, providers: readonly MappedProvider[]): void {
    const roles = [...new Set(providers.flatMap((provider) => provider.roles))];
    for (const id of roles) {
      if (profile.existing?.roles.includes(id) === true) continue;
      const role = this.#inventory.roles.find((each) => each.id === id);
      if (role === undefined) continue;
      const uniqueName = uniqueNameFor(
        this.#decisions.prefix,
        `${profile.uniqueName} ${role.name}`,
      );
      const { organizationId } = this.#inventory;
      const name = `${profile.name} - ${role.name}`.slice(0, 100);
      this.rows.push({
        table: tables.roleMapping,
        id: stableRowId(organizationId, tables.roleMapping, `${profile.uniqueName} ${id}`),
        name,
        cells: new Map<string, Value>([
          ['msdyn_name', name],
          ['msdyn_uniquename', uniqueName],
          ['msdyn_appprofileid', { table: tables.profile, id: profile.id, name: profile.name }],
          ['msdyn_securityroleid', { table: tables.role, id, name: role.name }],
        ]),
      });
    }
  }

  #warnOfPanels(profile: ChosenProfile, templates: readonly Guid[]): void {
    for (const template of this.#inventory.sessionTemplates) {
      const { panelState } = template;
      if (!templates.includes(template.id) || panelState === undefined) continue;
      const state = panelStates.get(panelState);
      if (state === undefined || state === 'docked') continue;
      this.findings.push({
        severity: 'warning',
        code: 'URM1824',
        where: placeOfRow(tables.sessionTemplate, template),
        summary: `The session template of ${profile.name} opens with the panel ${state}, which may win over the provider's own setMode(1)`,
        detail: '',
        remedy: 'Set the communication panel mode of the template to docked.',
      });
    }
  }

  #link(profile: Pick<Profile, 'id'>, relationship: string, id: Guid): void {
    const link = linkOf(profile, relationship, id);
    const known = this.links.some(
      (each) =>
        each.relationship === relationship && each.from.id === profile.id && each.to.id === id,
    );
    if (!known) this.links.push(link);
  }
}

const otherSide: ReadonlyMap<string, string> = new Map([
  [relationships.profileProviders, tables.provider],
  [relationships.profileUsers, tables.user],
  [relationships.profileSessionTemplates, tables.sessionTemplate],
  [relationships.profileExtensions, tables.extension],
  [relationships.profilePanes, 'msdyn_paneconfiguration'],
  [relationships.profileSmartAssist, 'msdyn_smartassistconfig'],
]);

function linkOf(profile: Pick<Profile, 'id'>, relationship: string, id: Guid): Link {
  return {
    relationship,
    from: { table: tables.profile, id: profile.id },
    to: { table: otherSide.get(relationship) ?? relationship, id },
  };
}

function profileRow(profile: ChosenProfile): WantedRow {
  const pane = profile.inherits?.productivityPane;
  return {
    table: tables.profile,
    id: profile.id,
    name: profile.name,
    cells: new Map<string, Value>([
      ['msdyn_name', profile.name],
      ['msdyn_uniquename', profile.uniqueName],
      ['msdyn_appmoduleuniquename', profile.app],
      ...(pane === undefined ? [] : [['msdyn_productivitypaneuniquename', pane] as const]),
    ]),
  };
}

// The unique name is written once: a row that has none, or another, keeps it.
function providerCells(provider: MappedProvider): ReadonlyMap<string, Value> {
  const { existing, uniqueName } = provider;
  return existing === undefined || existing.uniqueName !== ''
    ? new Map<string, Value>([['msdyn_uniquename', uniqueName], ...provider.values])
    : provider.values;
}

/**
 * Changes only when the first generation or a decision does: what the migration itself writes leaves
 * it as it is, so that a plan can be applied again after it was cut off.
 */
function inputHash(
  inventory: Inventory,
  decisions: Decisions,
  providers: readonly MappedProvider[],
): string {
  const content = {
    organizationId: inventory.organizationId,
    decisions: {
      ...decisions,
      providers: decisions.providers.map((each) => ({
        ...each,
        values: each.values === undefined ? undefined : [...each.values],
      })),
    },
    providers: providers.map(({ old, apps, users, roles }) => ({
      id: old.id,
      values: [...old.values].sort(([one], [other]) => (one < other ? -1 : 1)),
      apps,
      users: [...users].sort(),
      roles: [...roles].sort(),
    })),
  };
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
