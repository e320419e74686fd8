import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Decisions, ProviderDecision } from './decisions.ts';
import { omnichannelProvider, tables } from './framework.ts';
import type { App, Inventory, NewProvider, OldProvider } from './inventory.ts';
import type { MappedProvider } from './mapping.ts';
import { mapValues } from './map-values.ts';
import { placeOfProvider, sameText } from './names.ts';
import { appsNamedIn, isEmptySelector, rolesNamedIn } from './read-selector.ts';
import { isUniqueName, stableRowId, uniqueNameFor } from './unique-name.ts';

/** Decides which providers move, for which apps and as which row; everything else is told. */
export function chooseProviders(
  inventory: Inventory,
  decisions: Decisions,
): { readonly providers: readonly MappedProvider[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = decisions.providers
    .filter(({ provider }) => !inventory.oldProviders.some((old) => isCalled(old, provider)))
    .map(({ provider }) => unknownProvider(provider));
  const providers: MappedProvider[] = [];
  for (const old of inventory.oldProviders) {
    const decision = decisions.providers.find(({ provider }) => isCalled(old, provider));
    const mapped = new ProviderChoice(old, decision, inventory, decisions).choose(findings);
    if (mapped !== undefined) providers.push(mapped);
  }
  findings.push(...clashes(providers));
  return { providers, findings };
}

class ProviderChoice {
  readonly #old: OldProvider;
  readonly #decision: ProviderDecision | undefined;
  readonly #inventory: Inventory;
  readonly #decisions: Decisions;
  readonly #where: string;

  constructor(
    old: OldProvider,
    decision: ProviderDecision | undefined,
    inventory: Inventory,
    decisions: Decisions,
  ) {
    this.#old = old;
    this.#decision = decision;
    this.#inventory = inventory;
    this.#decisions = decisions;
    this.#where = placeOfProvider(old);
  }

  choose(findings: Finding[]): MappedProvider | undefined {
    const old = this.#old;
    if (this.#decision?.skip === true) {
      findings.push(this.#stays('It is left out by the configuration', ''));
      return undefined;
    }
    const builtIn = this.#builtIn();
    const found = builtIn === undefined ? this.#counterpart(findings) : { existing: builtIn };
    if (found === undefined) return undefined;
    const { existing } = found;
    if (!old.active && existing === undefined) {
      findings.push({
        severity: 'info',
        code: 'URM1802',
        where: this.#where,
        summary: 'The provider is inactive and is not migrated',
        detail: '',
        remedy: 'Activate it first if it should be.',
      });
      return undefined;
    }
    const apps = this.#apps(findings);
    if (apps === undefined) return undefined;
    if (old.apiVersion === '2.0')
      findings.push({
        severity: 'info',
        code: 'URM1803',
        where: this.#where,
        summary:
          'The provider has API version 2.0 in the table of the first generation; it is migrated all the same',
        detail: 'The framework reads its providers from the table of the second generation only.',
        remedy: '',
      });
    const uniqueName = this.#uniqueName(existing, findings);
    const mapped = mapValues(old, { decision: this.#decision, inventory: this.#inventory });
    findings.push(...(builtIn === undefined ? mapped.findings : this.#compareUrl(builtIn)));
    return {
      old,
      id: existing?.id ?? stableRowId(this.#inventory.organizationId, tables.provider, old.id),
      uniqueName,
      existing,
      isBuiltIn: builtIn !== undefined,
      ...apps,
      values: mapped.values,
      users: this.#decision?.users === 'none' ? [] : old.users,
      roles: this.#roles(findings),
    };
  }

  /** The shipped provider, where an organization had registered Omnichannel itself in the first generation. */
  #builtIn(): NewProvider | undefined {
    const shipped = shippedProvider(this.#inventory);
    if (shipped === undefined) return undefined;
    const names = [this.#old.name, this.#text('msdyn_label')];
    const isOwn = names.some((name) =>
      /^omni-?channel( for customer service)?$/i.test(name.trim()),
    );
    return isOwn ? shipped : undefined;
  }

  /** The row it was migrated to, or the one somebody made by hand for the same page. */
  #counterpart(findings: Finding[]): { readonly existing: NewProvider | undefined } | undefined {
    const { organizationId, providers } = this.#inventory;
    const own = stableRowId(organizationId, tables.provider, this.#old.id);
    const uniqueName = this.#decision?.uniqueName ?? this.#generated();
    const known =
      providers.find(({ id }) => id === own) ??
      providers.find((provider) => sameText(provider.uniqueName, uniqueName));
    if (known !== undefined || !this.#old.active) return { existing: known };
    const url =
      this.#decision?.values?.get('msdyn_channelurl') ?? this.#old.values.get('msdyn_landingurl');
    const shipped = shippedProvider(this.#inventory);
    const same = providers.filter(
      (provider) => provider.url !== '' && provider.url === url && provider.id !== shipped?.id,
    );
    if (same.length < 2) return { existing: same[0] };
    findings.push({
      severity: 'error',
      code: 'URM1817',
      where: this.#where,
      summary: `${same.length} providers of the second generation have the URL of this one`,
      detail: same.map(({ name, uniqueName: unique }) => `${name} (${unique})`).join(', '),
      remedy: 'Name the right one by its unique name in the configuration.',
    });
    return undefined;
  }

  #text(column: string): string {
    const value = this.#old.values.get(column);
    return typeof value === 'string' ? value : '';
  }

  #generated(): string {
    return uniqueNameFor(this.#decisions.prefix, this.#old.name);
  }

  #uniqueName(existing: NewProvider | undefined, findings: Finding[]): string {
    const { uniqueName } = this.#decision ?? {};
    if (uniqueName === undefined)
      return existing === undefined || existing.uniqueName === ''
        ? this.#generated()
        : existing.uniqueName;
    if (!isUniqueName(uniqueName))
      findings.push({
        severity: 'error',
        code: 'URM1806',
        where: this.#where,
        summary: `'${uniqueName}' cannot be a unique name`,
        detail: '',
        remedy: 'Use 3 to 8 letters and digits, an underscore, and a name: contoso_dialer.',
      });
    return uniqueName;
  }

  #apps(findings: Finding[]): Pick<MappedProvider, 'apps' | 'staysFor'> | undefined {
    const { apps } = this.#inventory;
    const wanted = this.#decisions.apps;
    const given = this.#decision?.apps;
    const named = appsNamedIn(this.#old.appSelector, apps);
    if (given !== undefined) {
      const missing = given.filter((name) => !apps.some((app) => sameText(app.uniqueName, name)));
      findings.push(...missing.map((name) => notInstalled(name, this.#where)));
      const migrated = apps.filter((app) => isIn(app, given));
      return { apps: uniqueNames(migrated), staysFor: displayNames(named, given) };
    }
    const migrated = named.filter((app) => isIn(app, wanted));
    if (migrated.length > 0)
      return { apps: uniqueNames(migrated), staysFor: displayNames(named, wanted) };
    if (named.length > 0) {
      const names = named.map((app) => app.name).join(', ');
      findings.push(
        this.#stays(
          `It is used in ${names} only, which goes on with the first generation`,
          `App selector: ${this.#old.appSelector}`,
        ),
      );
      return undefined;
    }
    const isTold = this.#decisions.appsAreGiven;
    findings.push({
      severity: isTold ? 'warning' : 'error',
      code: 'URM1804',
      where: this.#where,
      summary: isEmptySelector(this.#old.appSelector)
        ? 'The provider names no app'
        : 'The apps that the provider names are not among the installed ones',
      detail: `App selector: ${this.#old.appSelector === '' ? '(empty)' : this.#old.appSelector}`,
      remedy: isTold
        ? 'It is migrated for the apps that were given; leave it out in the configuration if that is wrong.'
        : 'Say for which apps it moves: with the input apps, or for this provider in the configuration.',
    });
    if (!isTold) return undefined;
    return { apps: uniqueNames(apps.filter((app) => isIn(app, wanted))), staysFor: [] };
  }

  #roles(findings: Finding[]): readonly Guid[] {
    const { roles } = this.#inventory;
    const { roleSelector } = this.#old;
    const given = this.#decision?.roles;
    if (given !== undefined) {
      const missing = given.filter(
        (name) => !roles.some((role) => sameText(role.name, name) || sameText(role.id, name)),
      );
      for (const name of missing)
        findings.push({
          severity: 'error',
          code: 'URM1810',
          where: this.#where,
          summary: `There is no role '${name}'`,
          detail: '',
          remedy: 'Correct the name of the role in the configuration.',
        });
      return roles
        .filter((role) =>
          given.some((name) => sameText(role.name, name) || sameText(role.id, name)),
        )
        .map(({ id }) => id);
    }
    if (isEmptySelector(roleSelector)) return [];
    const named = rolesNamedIn(roleSelector, roles);
    const carried = this.#decisions.copyRoles && named.length > 0;
    findings.push({
      severity: 'info',
      code: 'URM1809',
      where: this.#where,
      summary: carried
        ? `Holders of ${named.map(({ name }) => name).join(', ')} get the profile by their role`
        : 'The roles of the provider are not carried over',
      detail: `Role selector: ${roleSelector}`,
      remedy: carried
        ? 'Compare with the role selector: its form is not documented.'
        : 'Assign users, or set roles: copy in the configuration.',
    });
    return carried ? named.map(({ id }) => id) : [];
  }

  #compareUrl(shipped: NewProvider): readonly Finding[] {
    const url = this.#text('msdyn_landingurl');
    if (url === shipped.url) return [];
    return [
      {
        severity: 'warning',
        code: 'URM1815',
        where: this.#where,
        summary:
          'The URL differs from that of the shipped Omnichannel provider, which keeps its own',
        detail: `First generation: ${url}. Shipped: ${shipped.url}.`,
        remedy: 'Use Restore in the form of the shipped provider if its values were changed.',
      },
    ];
  }

  #stays(why: string, detail: string): Finding {
    return {
      severity: 'info',
      code: 'URM1801',
      where: this.#where,
      summary: `The provider stays with the first generation: ${lowerFirst(why)}`,
      detail,
      remedy: '',
    };
  }
}

/** The provider of the built-in channels, by its unique name or by the name Microsoft's own tests use. */
export function shippedProvider(inventory: Inventory): NewProvider | undefined {
  return (
    inventory.providers.find(({ uniqueName }) =>
      sameText(uniqueName, omnichannelProvider.uniqueName),
    ) ?? inventory.providers.find(({ name }) => sameText(name, omnichannelProvider.name))
  );
}

function clashes(providers: readonly MappedProvider[]): readonly Finding[] {
  return providers.flatMap((provider, at) => {
    const other = providers.find(
      (each, before) =>
        before < at && (sameText(each.uniqueName, provider.uniqueName) || each.id === provider.id),
    );
    if (other === undefined || provider.isBuiltIn) return [];
    return [
      {
        severity: 'error',
        code: 'URM1806',
        where: placeOfProvider(provider.old),
        summary: `The provider would become the same row as ${other.old.name}: ${provider.uniqueName}`,
        detail: '',
        remedy: 'Give one of them a unique name of its own in the configuration, or skip it.',
      },
    ];
  });
}

function unknownProvider(name: string): Finding {
  return {
    severity: 'error',
    code: 'URM1807',
    where: `configuration, provider ${name}`,
    summary: 'The environment has no such provider of the first generation',
    detail: '',
    remedy: 'Correct its name or id in the configuration.',
  };
}

/** An app that was named and is not there. */
export function notInstalled(name: string, where: string): Finding {
  return {
    severity: 'error',
    code: 'URM1805',
    where,
    summary: `The environment has no app ${name}`,
    detail: '',
    remedy: 'Correct the unique name of the app, or install the app.',
  };
}

function isCalled(old: OldProvider, name: string): boolean {
  return sameText(old.name, name) || sameText(old.id, name);
}

function isIn(app: App, names: readonly string[]): boolean {
  return names.some((name) => sameText(app.uniqueName, name));
}

function uniqueNames(apps: readonly App[]): readonly string[] {
  return apps.map(({ uniqueName }) => uniqueName);
}

function displayNames(named: readonly App[], without: readonly string[]): readonly string[] {
  return named.filter((app) => !isIn(app, without)).map(({ name }) => name);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
