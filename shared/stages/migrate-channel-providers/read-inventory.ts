import type { DataverseReader, RowFilter } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import { MigrationError } from '../../errors/migration-error.ts';
import {
  copiedColumns,
  columnsLeftBehind,
  inheritedRelationships,
  loader,
  relationships,
  tables as names,
} from '../../channel-providers/framework.ts';
import type {
  App,
  Extension,
  Inventory,
  NewProvider,
  OldProvider,
  Profile,
  Role,
  SessionTemplate,
  User,
} from '../../channel-providers/inventory.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, isLookup, nameOf, type Row, type Value } from '../../model/row.ts';
import type { EnvironmentManyToMany, EnvironmentTable } from '../../model/table.ts';
import { isRecord } from '../../plan/planned-value.ts';

/** The environment cannot hold providers of both generations. */
class FrameworkMissing extends MigrationError {
  readonly code = 'URM1825';
}

/** Without these there is nothing to migrate. */
export const required = [names.oldProvider, names.provider, names.profile, names.user] as const;
/** What only checks need. */
export const known = [
  names.roleMapping,
  names.extension,
  names.sessionTemplate,
  names.role,
  names.app,
  names.webResource,
] as const;

/** Reads both generations, the profiles and what hangs on them. Sends reads only. */
export async function readInventory(
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<Inventory> {
  const { organizationId } = await reader.whoAmI(signal);
  const tables = await reader.tables([...required, ...known], signal);
  const missing = required.filter((name) => !tables.has(name));
  if (missing.length > 0)
    throw new FrameworkMissing({
      what: `The environment has no table ${missing.join(', ')}`,
      where: reader.url,
      next: 'Install the Channel Integration Framework, both generations, then try again.',
    });
  const read = new InventoryReader(reader, tables, signal);
  const oldProviders = await read.oldProviders();
  const profiles = await read.profiles();
  const optional = <Result>(what: string, work: Promise<Result>, none: Result): Promise<Result> =>
    read.optional(what, work, none);
  const users = new Set([
    ...oldProviders.flatMap((provider) => provider.users),
    ...profiles.flatMap((profile) => profile.links.get(relationships.profileUsers) ?? []),
  ]);
  const inventory = {
    organizationId,
    url: reader.url,
    oldProviders,
    providers: await read.providers(),
    profiles,
    apps: await read.apps(),
    users: await read.users([...users]),
    roles: await optional('roles', read.roles(), []),
    extensions: await optional('application extensions', read.extensions(), []),
    sessionTemplates: await optional('session templates', read.sessionTemplates(), []),
    names: await optional('panes and templates', read.names(profiles), new Map<Guid, string>()),
    views: await optional('views', read.views(), []),
    libraries: await optional('web resources', read.libraries(), []),
    providerColumns: new Set(tables.get(names.provider)?.columns.keys()),
  };
  return { ...inventory, unread: read.unread };
}

class InventoryReader {
  readonly #reader: DataverseReader;
  readonly #tables: ReadonlyMap<string, EnvironmentTable>;
  readonly #signal: AbortSignal;
  readonly unread: string[] = [];

  constructor(
    reader: DataverseReader,
    tables: ReadonlyMap<string, EnvironmentTable>,
    signal: AbortSignal,
  ) {
    this.#reader = reader;
    this.#tables = tables;
    this.#signal = signal;
  }

  /** What only checks need: an identity that may not read it can migrate all the same. */
  async optional<Result>(what: string, work: Promise<Result>, none: Result): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof DataverseError) || error.status !== 403) throw error;
      this.unread.push(what);
      return none;
    }
  }

  async oldProviders(): Promise<readonly OldProvider[]> {
    const copied = [
      ...copiedColumns.map(({ from }) => from),
      ...columnsLeftBehind.map(({ column }) => column),
    ];
    const users = await this.#pairs(names.oldProvider, relationships.oldProviderUsers);
    const providers: OldProvider[] = [];
    const own = ['msdyn_appselector', 'msdyn_roleselector', 'msdyn_ciproviderapiversion'];
    for (const row of await this.#rows(names.oldProvider, [...copied, ...own, 'statecode']))
      providers.push({
        id: row.id,
        name: nameOf(row),
        active: cell(row, 'statecode') === 0,
        apiVersion: cell(row, 'msdyn_ciproviderapiversion') === 1 ? '2.0' : '1.0',
        appSelector: textOf(row, 'msdyn_appselector'),
        roleSelector: textOf(row, 'msdyn_roleselector'),
        values: valuesOf(row, copied),
        users: users.get(row.id) ?? [],
      });
    return providers.sort((one, other) => one.name.localeCompare(other.name, 'en'));
  }

  async providers(): Promise<readonly NewProvider[]> {
    const columns = [
      ...copiedColumns.map(({ to }) => to),
      'msdyn_uniquename',
      'msdyn_apiversion',
      'statecode',
    ];
    return (await this.#rows(names.provider, columns)).map((row) => ({
      id: row.id,
      name: nameOf(row),
      uniqueName: textOf(row, 'msdyn_uniquename'),
      active: cell(row, 'statecode') === 0,
      url: textOf(row, 'msdyn_channelurl'),
      values: valuesOf(row, columns),
    }));
  }

  async profiles(): Promise<readonly Profile[]> {
    const linked = new Map<string, ReadonlyMap<Guid, readonly Guid[]>>();
    const wanted = [
      ...inheritedRelationships.map(({ relationship }) => relationship),
      relationships.profileUsers,
    ];
    for (const relationship of wanted)
      linked.set(relationship, await this.#pairs(names.profile, relationship));
    const roles = new Map<Guid, Guid[]>();
    for (const row of await this.#rows(names.roleMapping, [
      'msdyn_appprofileid',
      'msdyn_securityroleid',
      'statecode',
    ])) {
      const profile = cell(row, 'msdyn_appprofileid');
      const role = cell(row, 'msdyn_securityroleid');
      if (!isLookup(profile) || !isLookup(role) || cell(row, 'statecode') !== 0) continue;
      roles.set(profile.id, [...(roles.get(profile.id) ?? []), role.id]);
    }
    const columns = [
      'msdyn_name',
      'msdyn_uniquename',
      'msdyn_appmoduleuniquename',
      'msdyn_productivitypaneuniquename',
      'ismanaged',
      'statecode',
    ];
    return (await this.#rows(names.profile, columns)).map((row) => {
      const pane = textOf(row, 'msdyn_productivitypaneuniquename');
      return {
        id: row.id,
        name: nameOf(row),
        uniqueName: textOf(row, 'msdyn_uniquename'),
        app: textOf(row, 'msdyn_appmoduleuniquename'),
        active: cell(row, 'statecode') === 0,
        managed: cell(row, 'ismanaged') === true,
        productivityPane: pane === '' ? undefined : pane,
        links: new Map([...linked].map(([name, pairs]) => [name, pairs.get(row.id) ?? []])),
        roles: roles.get(row.id) ?? [],
      };
    });
  }

  async apps(): Promise<readonly App[]> {
    return (await this.#rows(names.app, ['uniquename', 'name'])).map((row) => ({
      id: row.id,
      uniqueName: textOf(row, 'uniquename'),
      name: textOf(row, 'name'),
    }));
  }

  async users(ids: readonly Guid[]): Promise<ReadonlyMap<Guid, User>> {
    const table = this.#tables.get(names.user);
    if (table === undefined || ids.length === 0) return new Map();
    const relationship = table.manyToMany.find(({ name }) => name === 'systemuserroles');
    const roles = new Map<Guid, Guid[]>();
    if (relationship !== undefined)
      await this.optional(
        'roles of users',
        this.#rolesOf(table, relationship, ids, roles),
        undefined,
      );
    const users = new Map<Guid, User>();
    for (const row of await this.#rows(names.user, ['fullname', 'isdisabled'], { by: 'ids', ids }))
      users.set(row.id, {
        id: row.id,
        name: textOf(row, 'fullname'),
        disabled: cell(row, 'isdisabled') === true,
        roles: roles.get(row.id) ?? [],
      });
    return users;
  }

  async #rolesOf(
    table: EnvironmentTable,
    relationship: EnvironmentManyToMany,
    ids: readonly Guid[],
    roles: Map<Guid, Guid[]>,
  ): Promise<void> {
    for await (const { from, to } of this.#reader.links(table, relationship, ids, this.#signal))
      roles.set(from.id, [...(roles.get(from.id) ?? []), to.id]);
  }

  /** Roles of the root business unit: the others are copies of them. */
  async roles(): Promise<readonly Role[]> {
    return (await this.#rows(names.role, ['name', 'parentroleid']))
      .filter((row) => !isLookup(cell(row, 'parentroleid')))
      .map((row) => ({ id: row.id, name: textOf(row, 'name') }));
  }

  async extensions(): Promise<readonly Extension[]> {
    const columns = [
      'msdyn_name',
      'msdyn_webresource_url',
      'msdyn_appconfig_relationshipname',
      'statecode',
    ];
    return (await this.#rows(names.extension, columns)).map((row) => ({
      id: row.id,
      name: nameOf(row),
      webResource: textOf(row, 'msdyn_webresource_url'),
      relationship: textOf(row, 'msdyn_appconfig_relationshipname'),
      active: cell(row, 'statecode') === 0,
    }));
  }

  async sessionTemplates(): Promise<readonly SessionTemplate[]> {
    return (await this.#rows(names.sessionTemplate, ['msdyn_name', 'msdyn_panelstate'])).map(
      (row) => {
        const state = cell(row, 'msdyn_panelstate');
        return {
          id: row.id,
          name: nameOf(row),
          panelState: typeof state === 'number' ? state : undefined,
        };
      },
    );
  }

  /** What people call the rows that profiles are linked to. */
  async names(profiles: readonly Profile[]): Promise<ReadonlyMap<Guid, string>> {
    const known = new Map<Guid, string>();
    const profile = this.#tables.get(names.profile);
    for (const { relationship } of inheritedRelationships) {
      const ids = [...new Set(profiles.flatMap((each) => each.links.get(relationship) ?? []))];
      const target = profile?.manyToMany.find(({ name }) => name === relationship)?.target;
      if (ids.length === 0 || target === undefined) continue;
      const table = (await this.#reader.tables([target], this.#signal)).get(target);
      if (table?.nameColumn === undefined) continue;
      const query = { table, columns: [table.nameColumn], where: { by: 'ids', ids } } as const;
      for await (const row of this.#reader.rows(query, this.#signal))
        known.set(row.id, nameOf(row));
    }
    return known;
  }

  // By OData as documented: FetchXML wants the table's type code here.
  async views(): Promise<Inventory['views']> {
    const answer = await this.#reader.get(
      `savedqueries?$select=name,statecode&$filter=returnedtypecode eq '${names.provider}'`,
      this.#signal,
    );
    const rows = isRecord(answer) && Array.isArray(answer['value']) ? answer['value'] : [];
    return rows.flatMap((row: unknown) =>
      isRecord(row) && typeof row['name'] === 'string'
        ? [{ name: row['name'], active: row['statecode'] === 0 }]
        : [],
    );
  }

  async libraries(): Promise<readonly string[]> {
    const filter = `<filter><condition attribute="name" operator="like" value="%${loader.library}"/></filter>`;
    const rows = await this.#rows(names.webResource, ['name'], { by: 'fetch', fetchXml: filter });
    return rows.map((row) => textOf(row, 'name'));
  }

  async #rows(
    name: string,
    columns: readonly string[],
    where?: RowFilter,
  ): Promise<readonly Row[]> {
    const table = this.#tables.get(name);
    if (table === undefined) return [];
    const query = {
      table,
      columns: columns.filter((column) => table.columns.get(column)?.readable === true),
      ...(where === undefined ? {} : { where }),
    };
    const rows: Row[] = [];
    for await (const row of this.#reader.rows(query, this.#signal)) rows.push(row);
    return rows;
  }

  async #pairs(
    tableName: string,
    relationshipName: string,
  ): Promise<ReadonlyMap<Guid, readonly Guid[]>> {
    const table = this.#tables.get(tableName);
    const relationship = table?.manyToMany.find(({ name }) => name === relationshipName);
    const pairs = new Map<Guid, Guid[]>();
    if (table === undefined || relationship === undefined) return pairs;
    const links = this.#reader.links(table, relationship, undefined, this.#signal);
    for await (const { from, to } of links)
      pairs.set(from.id, [...(pairs.get(from.id) ?? []), to.id]);
    return pairs;
  }
}

function textOf(row: Row, column: string): string {
  const value = cell(row, column);
  return typeof value === 'string' ? value : '';
}

function valuesOf(row: Row, columns: readonly string[]): ReadonlyMap<string, Value> {
  return new Map(columns.map((column) => [column, cell(row, column) ?? null]));
}
