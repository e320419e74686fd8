import { createHash } from 'node:crypto';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { Files } from '../../host/files.ts';
import type { Guid } from '../../model/guid.ts';
import type { Link, Lookup, Row, RowRef, Value } from '../../model/row.ts';
import type { RowSource } from '../../model/row-source.ts';
import type { RuleBook } from '../../model/rules.ts';
import type { EnvironmentTable, SourceTable } from '../../model/table.ts';
import { openFinder, type RowFinder } from './find-rows.ts';
import { readLinking, type LinkedPair, type LinkedPerson, type Linking } from './read-linking.ts';

/** Where linked rows stand in a plan. */
const step = 'linked-by-map';

const peopleTables = {
  resource: 'bookableresource',
  skill: 'bookableresourcecharacteristic',
  capacity: 'msdyn_bookableresourcecapacityprofile',
} as const;

/** Columns by which rows of people are recognized: nobody has the same skill twice. */
const keys: Readonly<Record<string, readonly string[]>> = {
  [peopleTables.resource]: ['userid'],
  [peopleTables.skill]: ['resource', 'characteristic'],
  [peopleTables.capacity]: ['msdyn_bookableresourceid', 'msdyn_capacityprofileid'],
};

/** References that belong to an environment: the package has none, a map file gives the target's own. */
const pairTables = {
  bots: { table: 'msdyn_liveworkstream', column: 'msdyn_bot_user', to: 'systemuser' },
  calendars: { table: 'msdyn_operatinghour', column: 'msdyn_calendarid', to: 'calendar' },
  numbers: {
    table: 'msdyn_ocvoicechannelsetting',
    column: 'msdyn_phonenumberid',
    to: 'msdyn_ocphonenumber',
  },
  smsNumbers: {
    table: 'msdyn_ocsmschannelsetting',
    column: 'msdyn_phonenumberid',
    to: 'msdyn_ocphonenumber',
  },
  waitMusic: {
    table: 'msdyn_ocvoicechannellanguagesetting',
    column: 'msdyn_waitmusicid',
    to: 'msdyn_ocphonemusic',
  },
  holdMusic: {
    table: 'msdyn_ocvoicechannellanguagesetting',
    column: 'msdyn_holdmusicid',
    to: 'msdyn_ocphonemusic',
  },
} as const satisfies Record<Exclude<keyof Linking, 'people'>, object>;

/** By what people name rows of the target. */
const targetNames: Readonly<Record<string, readonly string[]>> = {
  systemuser: [
    'domainname',
    'internalemailaddress',
    'azureactivedirectoryobjectid',
    'msdyn_bothandle',
    'fullname',
  ],
  calendar: ['name'],
  msdyn_ocphonenumber: ['msdyn_phonenumber', 'msdyn_name'],
  msdyn_ocphonemusic: ['msdyn_name'],
};

/** A source of rows, and the rules of its tables. */
export interface LinkedSource {
  readonly source: RowSource;
  readonly book: RuleBook;
}

/**
 * Adds what a map file links to a package: members of queues, resources with skills and capacity, bots,
 * calendars, phone numbers, music. From here on they are rows and links like all others, planned before
 * they are written and undone with the run.
 */
export async function withLinking(
  { source, book }: LinkedSource,
  map: { readonly path: string | undefined; readonly files: Files },
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<LinkedSource> {
  if (map.path === undefined) return { source, book };
  const linking = await readLinking(map.path, map.files);
  if (isEmpty(linking)) return { source, book };
  const named = new Set<string>([
    'queue',
    'characteristic',
    'ratingvalue',
    'msdyn_capacityprofile',
    ...Object.values(pairTables).map(({ table }) => table),
  ]);
  const finder = await openFinder(source, named, reader, map.path, signal);
  const draft = new Draft();
  for (const person of linking.people) await addPerson(person, finder, draft);
  for (const name of Object.keys(pairTables).filter(isPairName))
    for (const pair of linking[name]) await addPair(name, pair, finder, draft);
  finder.finish();
  const described = await reader.tables([...draft.tables(), 'queue'], signal);
  return { source: joined(source, draft, described), book: openedBook(book, draft) };
}

function isEmpty(linking: Linking): boolean {
  const pairs = Object.keys(pairTables).filter(isPairName);
  return linking.people.length === 0 && pairs.every((name) => linking[name].length === 0);
}

function isPairName(name: string): name is keyof typeof pairTables {
  return name in pairTables;
}

/** Rows and links to add; a row that several entries speak of is one row. */
class Draft {
  readonly rows = new Map<string, { readonly ref: RowRef; readonly cells: Map<string, Value> }>();
  readonly links: Link[] = [];

  say(ref: RowRef, cells: Readonly<Record<string, Value>>): void {
    const key = `${ref.table}/${ref.id}`;
    const row = this.rows.get(key) ?? { ref, cells: new Map<string, Value>() };
    for (const [column, value] of Object.entries(cells)) row.cells.set(column, value);
    this.rows.set(key, row);
  }

  tables(): readonly string[] {
    return [...new Set([...this.rows.values()].map(({ ref }) => ref.table))];
  }

  columnsOf(table: string): ReadonlySet<string> {
    const rows = [...this.rows.values()].filter(({ ref }) => ref.table === table);
    return new Set(rows.flatMap(({ cells }) => [...cells.keys()]));
  }
}

const userResource = 3;

async function addPerson(person: LinkedPerson, finder: RowFinder, draft: Draft): Promise<void> {
  const user = await finder.findInTarget(
    'systemuser',
    targetNames['systemuser'] ?? [],
    person.user,
  );
  if (user === undefined) return;
  const userLookup: Lookup = { ...user.ref, name: user.name };
  for (const name of person.queues) {
    const queue = await finder.find('queue', name);
    if (queue !== undefined)
      draft.links.push({ relationship: 'queuemembership', from: queue, to: user.ref });
  }
  if (person.skills.length + person.capacity.length === 0) return;
  const resource: Lookup = {
    table: peopleTables.resource,
    id: stableId(peopleTables.resource, user.ref.id),
    name: user.name,
  };
  draft.say(resource, {
    name: user.name,
    resourcetype: userResource,
    timezone: person.timeZone,
    userid: userLookup,
  });
  for (const { skill: name, rating } of person.skills) {
    const skill = await finder.find('characteristic', name);
    const value = rating === undefined ? undefined : await finder.find('ratingvalue', rating);
    if (skill === undefined) continue;
    draft.say(
      { table: peopleTables.skill, id: stableId(peopleTables.skill, user.ref.id, skill.id) },
      { resource, characteristic: skill, ...(value === undefined ? {} : { ratingvalue: value }) },
    );
  }
  for (const { profile: name, units } of person.capacity) {
    const profile = await finder.find('msdyn_capacityprofile', name);
    if (profile === undefined) continue;
    draft.say(
      {
        table: peopleTables.capacity,
        id: stableId(peopleTables.capacity, user.ref.id, profile.id),
      },
      {
        msdyn_name: `${user.name}: ${name}`.slice(0, 100),
        msdyn_bookableresourceid: resource,
        msdyn_capacityprofileid: profile,
        ...(units === undefined ? {} : { msdyn_maxunits: units }),
      },
    );
  }
}

async function addPair(
  name: keyof typeof pairTables,
  pair: LinkedPair,
  finder: RowFinder,
  draft: Draft,
): Promise<void> {
  const { table, column, to } = pairTables[name];
  const row = await finder.find(table, pair.row);
  const target = await finder.findInTarget(to, targetNames[to] ?? [], pair.to);
  if (row === undefined || target === undefined) return;
  // Operating hours hold the id of their calendar as text.
  draft.say(row, {
    [column]: name === 'calendars' ? target.ref.id : { ...target.ref, name: target.name },
  });
}

/** The same row of the same person has the same id in every plan. */
function stableId(...parts: readonly string[]): Guid {
  const hex = createHash('sha256').update(parts.join('/')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function joined(
  source: RowSource,
  draft: Draft,
  described: ReadonlyMap<string, EnvironmentTable>,
): RowSource {
  const linked = new Map<SourceTable, readonly Row[]>();
  for (const name of draft.tables()) {
    const table = described.get(name);
    if (table !== undefined) linked.set(...linkedTable(table, draft));
  }
  const queues = described.get('queue');
  const members =
    draft.links.length === 0 || queues === undefined
      ? undefined
      : sourceTable(queues, new Set<string>());
  if (members !== undefined) linked.set(members, []);
  return {
    ...source,
    tables: [...source.tables, ...linked.keys()],
    rows: (table, signal) => {
      const own = linked.get(table);
      return own === undefined ? source.rows(table, signal) : fromList(own);
    },
    links: (table, signal) =>
      linked.has(table)
        ? fromList(table === members ? draft.links : [])
        : source.links(table, signal),
  };
}

function linkedTable(table: EnvironmentTable, draft: Draft): [SourceTable, readonly Row[]] {
  const own = sourceTable(table, draft.columnsOf(table.name));
  const columns = [...own.columns.keys()];
  const shape = { table: own, columns };
  const rows = [...draft.rows.values()]
    .filter(({ ref }) => ref.table === table.name)
    .map(({ ref, cells }) => ({
      shape,
      id: ref.id,
      cells: columns.map((name) => cells.get(name)),
    }));
  return [own, rows];
}

function sourceTable(table: EnvironmentTable, columns: ReadonlySet<string>): SourceTable {
  return {
    step,
    name: table.name,
    displayName: table.displayName,
    idColumn: table.idColumn,
    ...(table.nameColumn === undefined ? {} : { nameColumn: table.nameColumn }),
    columns: new Map([...table.columns].filter(([name]) => columns.has(name))),
    manyToMany: table.manyToMany,
    compareBy: keys[table.name] ?? [],
    skipUpdate: false,
    forceCreate: false,
    disablePlugins: false,
  };
}

/** Columns that a map file speaks of are compared and written, although packages leave them out. */
function openedBook(book: RuleBook, draft: Draft): RuleBook {
  return {
    of: (table) => {
      const rules = book.of(table);
      const said = draft.columnsOf(table);
      const withheld = new Map([...rules.withheld].filter(([column]) => !said.has(column)));
      return withheld.size === rules.withheld.size ? rules : { ...rules, withheld };
    },
  };
}

async function* fromList<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
