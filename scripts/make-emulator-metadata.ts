/**
 * Writes the emulator's table data from a folder of collected facts: `tables/tables.json` (columns and
 * relationships by table) and `webapi/fixtures/tables/*.json` (EntityDefinitions as a service answered
 * them). Run with the folder's path; the files it writes are what the product ships.
 *
 *   node --import tsx scripts/make-emulator-metadata.ts FOLDER
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RawColumn, RawLink, RawTable, RawTarget } from '../emulator/metadata/raw-tables.ts';

interface FactColumn {
  readonly logicalName: string;
  readonly schemaName: string;
  readonly displayName?: string | null;
  readonly attributeType: string;
  readonly attributeTypeName?: string;
  readonly requiredLevel: string;
  readonly isValidForCreate?: boolean;
  readonly isValidForUpdate?: boolean;
  readonly isValidForRead?: boolean;
  readonly isSecured?: boolean;
  readonly isODataAttribute?: boolean;
  readonly targets?: readonly string[];
  readonly options?: readonly {
    readonly value: number;
    readonly label: string;
    readonly state?: number;
    readonly defaultStatus?: number;
  }[];
  readonly globalChoice?: string;
  readonly dateTimeBehavior?: string;
  readonly format?: string;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly maxLength?: number;
  readonly precision?: number;
  readonly defaultValue?: number | boolean | string | null;
  readonly attributeOf?: string;
}

interface FactLookup {
  readonly schemaName?: string | null;
  readonly referencingAttribute: string;
  readonly referencedEntity: string;
  readonly referencedAttribute: string;
  readonly referencingNavigationProperty: string;
  readonly referencedNavigationProperty?: string;
  readonly cascade?: { readonly Delete?: string };
}

interface FactLink {
  readonly schemaName: string;
  readonly intersectEntityName: string;
  readonly intersectEntitySetName?: string | null;
  readonly entity1: string;
  readonly entity1IntersectAttribute: string;
  readonly entity1NavigationProperty: string;
  readonly entity2: string;
  readonly entity2IntersectAttribute: string;
  readonly entity2NavigationProperty: string;
}

interface FactTable {
  readonly logicalName: string;
  readonly schemaName: string;
  readonly displayName?: string | null;
  readonly displayCollectionName?: string | null;
  readonly entitySetName: string;
  readonly logicalCollectionName?: string | null;
  readonly objectTypeCode?: number;
  readonly primaryIdAttribute: string;
  readonly primaryNameAttribute?: string | null;
  readonly primaryImageAttribute?: string | null;
  readonly ownershipType?: string;
  readonly isIntersect: boolean;
  readonly isActivity?: boolean;
  readonly scope: string;
  readonly solutionAware?: boolean;
  readonly attributes: readonly FactColumn[];
  readonly manyToOne: readonly FactLookup[];
  readonly manyToMany: readonly FactLink[];
  readonly privileges?: readonly (string | { readonly name: string; readonly id: string })[];
}

/** The parts of a recorded EntityDefinitions answer that are read. */
interface WireTable {
  readonly LogicalName: string;
  readonly EntitySetName: string;
  readonly DisplayCollectionName: WireLabel;
  readonly IsActivity: boolean;
  readonly IsIntersect: boolean;
  readonly PrimaryIdAttribute: string;
  readonly PrimaryNameAttribute: string | null;
  readonly ObjectTypeCode: number;
  readonly OwnershipType: string;
  readonly Privileges: readonly { readonly Name: string; readonly PrivilegeId: string }[];
  readonly Attributes: readonly WireColumn[];
  readonly ManyToOneRelationships: readonly WireLookup[];
}
interface Recording {
  readonly table: string;
  /** A table's definition or, for the kinds of choices, a list of them. */
  readonly exchanges: readonly {
    readonly kind: string;
    readonly response: WireTable & { readonly value: readonly WireChoice[] };
  }[];
}
interface WireLabel {
  readonly UserLocalizedLabel: { readonly Label: string } | null;
}
interface WireColumn {
  readonly LogicalName: string;
  readonly SchemaName: string;
  readonly DisplayName: WireLabel;
  readonly AttributeType: string;
  readonly AttributeTypeName: { readonly Value: string };
  readonly AttributeOf: string | null;
  readonly IsCustomAttribute: boolean;
  readonly IsManaged: boolean;
  readonly IsValidForCreate: boolean;
  readonly IsValidForUpdate: boolean;
  readonly IsValidForRead: boolean;
  readonly IsSecured: boolean;
  readonly IsValidODataAttribute: boolean;
  readonly RequiredLevel: { readonly Value: string };
  readonly Targets?: readonly string[];
  readonly MaxLength?: number;
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly Precision?: number;
  readonly Format?: string;
  readonly DateTimeBehavior?: { readonly Value: string };
  readonly DefaultValue?: boolean;
  readonly DefaultFormValue?: number;
}
interface WireLookup {
  readonly SchemaName: string;
  readonly ReferencingAttribute: string;
  readonly ReferencedEntity: string;
  readonly ReferencedAttribute: string;
  readonly ReferencingEntityNavigationPropertyName: string;
  readonly ReferencedEntityNavigationPropertyName: string;
  readonly CascadeConfiguration: { readonly Delete: string };
}
interface WireOption {
  readonly Value: number;
  readonly Label: WireLabel;
  readonly State?: number;
  readonly DefaultStatus?: number;
}
interface WireChoice {
  readonly LogicalName: string;
  readonly OptionSet: {
    readonly IsGlobal: boolean;
    readonly Name: string;
    readonly Options?: readonly WireOption[];
    readonly TrueOption?: WireOption | null;
    readonly FalseOption?: WireOption | null;
  } | null;
}

/** Recordings of tables that no part of the product meets. */
const leftOut = new Set([
  'aaduser',
  'flowsession',
  'msdyn_solutionhistory',
  'msdyn_aiconfiguration',
]);

/** Schema and display names the recordings leave out. */
const recordedNames: Readonly<Record<string, readonly [schemaName: string, display: string]>> = {
  account: ['Account', 'Account'],
  activitypointer: ['ActivityPointer', 'Activity'],
  annotation: ['Annotation', 'Note'],
  businessunit: ['BusinessUnit', 'Business Unit'],
  canvasapp: ['CanvasApp', 'Canvas App'],
  contact: ['Contact', 'Contact'],
  customapi: ['CustomAPI', 'Custom API'],
  environmentvariabledefinition: [
    'EnvironmentVariableDefinition',
    'Environment Variable Definition',
  ],
  environmentvariablevalue: ['EnvironmentVariableValue', 'Environment Variable Value'],
  opportunity: ['Opportunity', 'Opportunity'],
  organization: ['Organization', 'Organization'],
  role: ['Role', 'Security Role'],
  solution: ['Solution', 'Solution'],
  systemuser: ['SystemUser', 'User'],
  team: ['Team', 'Team'],
  timezonedefinition: ['TimeZoneDefinition', 'Time Zone Definition'],
  transactioncurrency: ['TransactionCurrency', 'Currency'],
  usersettings: ['UserSettings', 'User Settings'],
  workflow: ['Workflow', 'Process'],
};

/** JSON leaves out what is undefined. */
type Written<Shape> = { readonly [Key in keyof Shape]: Shape[Key] | undefined };
type WrittenTarget = string | Written<Exclude<RawTarget, string>>;
type WrittenColumn = Omit<Written<RawColumn>, 'name' | 'to'> & {
  readonly name: string;
  readonly to?: Readonly<Record<string, WrittenTarget>>;
};
type WrittenTable = Omit<Written<RawTable>, 'columns' | 'schema' | 'links'> & {
  readonly schema: string;
  readonly links?: readonly Written<RawLink>[];
  readonly columns: readonly (string | WrittenColumn)[];
};

/** Columns under column security: the tables collected do not say so. */
const securedColumns = new Set([
  'msdyn_authenticationsettings.msdyn_authenticationclientsecret',
  'msdyn_liveworkstream.msdyn_secureapikey',
  'msdyn_ocbotchannelregistrationsecret.msdyn_securemsappsecret',
  'msdyn_occommunicationprovidersetting.msdyn_securesecret',
  'msdyn_oc_geolocationprovider.msdyn_secureproviderapikey',
  'msdyn_ocsmssettingsecret.msdyn_secureapikey',
  'msdyn_octwitterapplication.msdyn_securetwitterconsumersecret',
  'msdyn_octwitterapplication.msdyn_securetwitterconsumerkey',
  'msdyn_ocwhatsappchannelaccount.msdyn_secureauthenticationtoken',
]);

/** What the platform fills in on create though no definition says so. */
const platformDefaults: Readonly<Record<string, number>> = { 'systemuser.userlicensetype': 0 };

/** The folder of facts. */
const folder = process.argv[2];
if (folder === undefined) throw new Error('Give the folder of facts as the only argument.');
writeData(folder);

function writeData(facts: string): void {
  const tables = readJson(join(facts, 'tables/tables.json'), isTables);
  const recorded = recordedTables(join(facts, 'webapi/fixtures/tables'));
  for (const [name, wire] of recorded) tables[name] = merge(wire, tables[name]);
  const dataFolder = fileURLToPath(new URL('../emulator/metadata/data/', import.meta.url));
  const written = Object.keys(readJson(join(dataFolder, 'written-by-hand.json'), isObject));
  const known = new Set([...Object.keys(tables), ...written]);
  for (const name of written) delete tables[name];

  const raw = new Map<string, { readonly group: string; readonly table: WrittenTable }>();
  for (const table of Object.values(tables)) {
    raw.set(table.logicalName, {
      group: recorded.has(table.logicalName) ? 'platform' : groupOf(table),
      table: rawTable(table, known),
    });
  }
  const standard = standardColumns([...raw.values()].map((each) => each.table));
  writeFileSync(join(dataFolder, 'standard-columns.json'), linesOf(standard));
  for (const group of ['catalogue', 'related', 'intersects', 'targets', 'platform']) {
    const members = [...raw]
      .filter(([, each]) => each.group === group)
      .sort(([left], [right]) => (left < right ? -1 : 1));
    const text = members.map(
      ([name, each]) => `${JSON.stringify(name)}: ${tableText(shorten(each.table, standard))}`,
    );
    writeFileSync(join(dataFolder, `${group}.json`), `{\n${text.join(',\n')}\n}\n`);
  }
}

function groupOf(table: FactTable): string {
  if (table.isIntersect) return 'intersects';
  if (table.scope === 'requested') return 'catalogue';
  return table.scope === 'stub' ? 'targets' : 'related';
}

function recordedTables(path: string): ReadonlyMap<string, FactTable> {
  const tables = new Map<string, FactTable>();
  for (const file of readdirSync(path).sort()) {
    const recording = readJson(join(path, file), isRecording);
    if (leftOut.has(recording.table)) continue;
    const definition = recording.exchanges.find((each) => each.kind === 'EntityMetadata');
    if (definition === undefined) continue;
    const choices = new Map<string, WireChoice>();
    for (const exchange of recording.exchanges) {
      if (!exchange.kind.endsWith('OptionSetAttribute')) continue;
      for (const choice of exchange.response.value) {
        choices.set(choice.LogicalName, choice);
      }
    }
    tables.set(recording.table, factsOf(definition.response, choices));
  }
  return tables;
}

function factsOf(wire: WireTable, choices: ReadonlyMap<string, WireChoice>): FactTable {
  const [schemaName, displayName] = recordedNames[wire.LogicalName] ?? [
    wire.LogicalName,
    wire.LogicalName,
  ];
  return {
    logicalName: wire.LogicalName,
    schemaName,
    displayName,
    displayCollectionName: labelOf(wire.DisplayCollectionName),
    entitySetName: wire.EntitySetName,
    logicalCollectionName: wire.EntitySetName,
    objectTypeCode: wire.ObjectTypeCode,
    primaryIdAttribute: wire.PrimaryIdAttribute,
    primaryNameAttribute: wire.PrimaryNameAttribute,
    ownershipType: wire.OwnershipType,
    isIntersect: wire.IsIntersect,
    isActivity: wire.IsActivity,
    scope: 'recorded',
    solutionAware: wire.Attributes.some((each) => each.LogicalName === 'componentstate'),
    attributes: wire.Attributes.filter((each) => !isForeign(each)).map((each) =>
      columnFacts(each, choices.get(each.LogicalName)),
    ),
    manyToOne: wire.ManyToOneRelationships.map((each) => ({
      schemaName: each.SchemaName,
      referencingAttribute: each.ReferencingAttribute,
      referencedEntity: each.ReferencedEntity,
      referencedAttribute: each.ReferencedAttribute,
      referencingNavigationProperty: each.ReferencingEntityNavigationPropertyName,
      referencedNavigationProperty: each.ReferencedEntityNavigationPropertyName,
      cascade: { Delete: each.CascadeConfiguration.Delete },
    })),
    manyToMany: [],
    privileges: wire.Privileges.map((each) => ({ name: each.Name, id: each.PrivilegeId })),
  };
}

/** Columns that somebody added to the recorded organization. */
function isForeign(column: WireColumn): boolean {
  if (!column.IsCustomAttribute) return false;
  const hasPrefix = /^[a-z0-9]{2,8}_/.test(column.LogicalName);
  return hasPrefix && !/^(msdyn|msa|adx|msfp)_/.test(column.LogicalName);
}

function columnFacts(wire: WireColumn, choice: WireChoice | undefined): FactColumn {
  const set = choice?.OptionSet ?? undefined;
  const options = [...(set?.Options ?? []), set?.FalseOption, set?.TrueOption]
    .filter((each) => each !== undefined && each !== null)
    .map((each) => ({
      value: each.Value,
      label: labelOf(each.Label) ?? '',
      ...(each.State === undefined ? {} : { state: each.State }),
      ...(each.DefaultStatus === undefined ? {} : { defaultStatus: each.DefaultStatus }),
    }));
  const defaultValue =
    wire.DefaultFormValue !== undefined && wire.DefaultFormValue !== -1
      ? wire.DefaultFormValue
      : wire.DefaultValue;
  return {
    logicalName: wire.LogicalName,
    schemaName: wire.SchemaName,
    displayName: labelOf(wire.DisplayName),
    attributeType: wire.AttributeType,
    attributeTypeName: wire.AttributeTypeName.Value,
    requiredLevel: wire.RequiredLevel.Value,
    isValidForCreate: wire.IsValidForCreate,
    isValidForUpdate: wire.IsValidForUpdate,
    isValidForRead: wire.IsValidForRead,
    isSecured: wire.IsSecured,
    isODataAttribute: wire.IsValidODataAttribute,
    ...(wire.Targets === undefined ? {} : { targets: wire.Targets }),
    ...(options.length === 0 ? {} : { options }),
    ...(set?.IsGlobal === true ? { globalChoice: set.Name } : {}),
    ...(wire.DateTimeBehavior === undefined
      ? {}
      : { dateTimeBehavior: wire.DateTimeBehavior.Value }),
    ...(wire.Format === undefined ? {} : { format: wire.Format }),
    ...(wire.MinValue === undefined ? {} : { minValue: wire.MinValue }),
    ...(wire.MaxValue === undefined ? {} : { maxValue: wire.MaxValue }),
    ...(wire.MaxLength === undefined ? {} : { maxLength: wire.MaxLength }),
    ...(wire.Precision === undefined ? {} : { precision: wire.Precision }),
    ...(defaultValue === undefined ? {} : { defaultValue }),
    ...(wire.AttributeOf === null ? {} : { attributeOf: wire.AttributeOf }),
  };
}

/** What was recorded wins; facts collected elsewhere fill the gaps. */
function merge(recorded: FactTable, collected: FactTable | undefined): FactTable {
  if (collected === undefined) return recorded;
  const columns = new Set(recorded.attributes.map((each) => each.logicalName));
  const lookups = new Set(
    recorded.manyToOne.map((each) => `${each.referencingAttribute} ${each.referencedEntity}`),
  );
  return {
    ...recorded,
    attributes: [
      ...recorded.attributes,
      ...collected.attributes.filter((each) => !columns.has(each.logicalName)),
    ],
    manyToOne: [
      ...recorded.manyToOne,
      ...collected.manyToOne.filter(
        (each) => !lookups.has(`${each.referencingAttribute} ${each.referencedEntity}`),
      ),
    ],
    manyToMany: collected.manyToMany,
  };
}

function rawTable(table: FactTable, known: ReadonlySet<string>): WrittenTable {
  const columns = table.attributes
    .filter((each) => !isMirror(each, table))
    .map((each) => rawColumn(each, table, known))
    .filter((each) => each !== undefined)
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const links = table.manyToMany.filter(
    (each) => each.entity1 === table.logicalName && known.has(each.entity2),
  );
  return {
    schema: table.schemaName,
    display: table.displayName ?? table.schemaName,
    collection: table.displayCollectionName ?? table.displayName ?? table.schemaName,
    set: table.entitySetName,
    ...(table.objectTypeCode === undefined ? {} : { code: table.objectTypeCode }),
    id: table.primaryIdAttribute,
    nameColumn: table.attributes.find((each) => each.logicalName === table.primaryNameAttribute)
      ?.logicalName,
    image: table.primaryImageAttribute ?? undefined,
    ownership: table.ownershipType ?? undefined,
    ...(table.isIntersect ? { intersect: true } : {}),
    ...(table.isActivity === true ? { activity: true } : {}),
    ...(table.solutionAware === true ? { solutionAware: true } : {}),
    columns,
    ...(links.length === 0
      ? {}
      : {
          links: links.map((each) => ({
            name: each.schemaName,
            intersect: each.intersectEntityName,
            set: each.intersectEntitySetName ?? undefined,
            column: each.entity1IntersectAttribute,
            navigation: each.entity1NavigationProperty,
            to: each.entity2,
            toColumn: each.entity2IntersectAttribute,
            toNavigation: each.entity2NavigationProperty,
          })),
        }),
    ...(table.privileges === undefined
      ? {}
      : {
          privileges: table.privileges.map((each) =>
            typeof each === 'string' ? each : `${each.name} ${each.id}`,
          ),
        }),
  };
}

/** Columns the emulator derives when it loads a table. */
function isMirror(column: FactColumn, table: FactTable): boolean {
  const of = column.attributeOf;
  if (of === undefined) {
    const money = column.logicalName.replace(/_base$/, '');
    return (
      column.logicalName.endsWith('_base') &&
      table.attributes.some((each) => each.logicalName === money && each.attributeType === 'Money')
    );
  }
  return ['name', 'yominame', 'type', '_timestamp', '_url'].some(
    (suffix) =>
      column.logicalName === `${of}${suffix}` ||
      column.logicalName === `${of.replace(/id$/, '')}${suffix}`,
  );
}

function rawColumn(
  column: FactColumn,
  table: FactTable,
  known: ReadonlySet<string>,
): WrittenColumn | undefined {
  const type = column.attributeType;
  const isLookup = ['Lookup', 'Customer', 'Owner'].includes(type);
  const to = isLookup ? targetsOf(column, table, known) : undefined;
  if (isLookup && to !== undefined && Object.keys(to).length === 0) return undefined;
  const create = column.isValidForCreate ?? true;
  const update = column.isValidForUpdate ?? true;
  const write = create ? (update ? undefined : 'create') : update ? 'update' : 'never';
  return {
    name: column.logicalName,
    ...(column.schemaName === column.logicalName ? {} : { schema: column.schemaName }),
    display: column.displayName ?? undefined,
    type,
    ...(column.attributeTypeName === undefined || column.attributeTypeName === `${type}Type`
      ? {}
      : { typeName: column.attributeTypeName }),
    ...(column.requiredLevel === 'None' ? {} : { required: column.requiredLevel }),
    write: write ?? undefined,
    ...(column.isValidForRead === false ? { read: false as const } : {}),
    ...(column.isSecured === true ||
    securedColumns.has(`${table.logicalName}.${column.logicalName}`)
      ? { secured: true as const }
      : {}),
    ...(to === undefined ? {} : { to }),
    ...(column.options === undefined
      ? {}
      : {
          options: column.options.map((each) => {
            const extra = each.state ?? each.defaultStatus;
            return extra === undefined
              ? ([each.value, each.label] as const)
              : ([each.value, each.label, extra] as const);
          }),
        }),
    global: column.globalChoice ?? globalChoiceOf(column.logicalName) ?? undefined,
    length: column.maxLength ?? undefined,
    ...(hasRange(column) ? { min: column.minValue, max: column.maxValue } : {}),
    precision: column.precision ?? undefined,
    ...(column.format === undefined || ['Text', 'None', 'DateAndTime'].includes(column.format)
      ? {}
      : { format: column.format }),
    ...(column.dateTimeBehavior === undefined || column.dateTimeBehavior === 'UserLocal'
      ? {}
      : { behavior: column.dateTimeBehavior }),
    default:
      column.defaultValue ??
      platformDefaults[`${table.logicalName}.${column.logicalName}`] ??
      (type === 'ManagedProperty' ? true : undefined),
    of: column.attributeOf ?? undefined,
    ...(column.isODataAttribute === undefined ||
    column.isODataAttribute === (column.attributeOf === undefined)
      ? {}
      : { odata: column.isODataAttribute }),
  };
}

/** The one global choice the routing tables share, and those of solution components. */
function globalChoiceOf(column: string): string | undefined {
  return ['msdyn_streamsource', 'componentstate', 'ismanaged'].find((each) => each === column);
}

/** The widest range of a type says nothing. */
function hasRange(column: FactColumn): boolean {
  if (typeof column.minValue !== 'number' || typeof column.maxValue !== 'number') return false;
  return !(column.minValue === -2147483648 && column.maxValue === 2147483647);
}

function targetsOf(
  column: FactColumn,
  table: FactTable,
  known: ReadonlySet<string>,
): Record<string, WrittenTarget> {
  const to: Record<string, WrittenTarget> = {};
  if (column.attributeType === 'Owner') {
    const owner = table.manyToOne.find(
      (each) => each.referencingAttribute === 'ownerid' && each.referencedEntity === 'owner',
    );
    return {
      owner: target(owner?.schemaName ?? `owner_${table.logicalName}`, 'ownerid', column, {
        delete: owner?.cascade?.Delete,
      }),
    };
  }
  for (const name of column.targets ?? []) {
    if (!known.has(name)) continue;
    const lookup = table.manyToOne.find(
      (each) => each.referencingAttribute === column.logicalName && each.referencedEntity === name,
    );
    const fallback =
      (column.targets?.length ?? 0) > 1 ? `${column.schemaName}_${name}` : column.schemaName;
    const navigation =
      lookup?.referencingNavigationProperty ??
      (/^(created|modified|owning)/.test(column.logicalName) ? column.logicalName : fallback);
    const schemaName =
      lookup?.schemaName ??
      (/^(created|modified)/.test(column.logicalName)
        ? `lk_${table.logicalName}_${column.logicalName}`
        : `${name}_${table.logicalName}_${column.logicalName}`);
    const referenced = lookup?.referencedNavigationProperty;
    to[name] = target(schemaName, navigation, column, {
      delete: lookup?.cascade?.Delete,
      referenced: referenced === schemaName ? undefined : referenced,
    });
  }
  return to;
}

/** Short where the navigation property is the column's own name and nothing cascades. */
function target(
  name: string,
  navigation: string,
  column: FactColumn,
  more:
    | { readonly delete?: string | undefined; readonly referenced?: string | undefined }
    | undefined,
): WrittenTarget {
  const removes = /^(created|modified|owning|ownerid)/.test(column.logicalName)
    ? 'NoCascade'
    : 'RemoveLink';
  const onDelete = more?.delete === undefined || more.delete === removes ? undefined : more.delete;
  if (
    navigation === column.logicalName &&
    onDelete === undefined &&
    more?.referenced === undefined
  ) {
    return name;
  }
  return {
    name,
    ...(navigation === column.logicalName ? {} : { navigation }),
    delete: onDelete ?? undefined,
    referenced: more?.referenced ?? undefined,
  };
}

/** Definitions that many tables share word for word; `{table}` stands for the table's logical name. */
function standardColumns(tables: readonly WrittenTable[]): Record<string, WrittenColumn> {
  const seen = new Map<string, Map<string, { readonly column: WrittenColumn; times: number }>>();
  for (const table of tables) {
    for (const entry of table.columns) {
      if (typeof entry === 'string') continue;
      const column = generic(entry, table.schema.toLowerCase());
      const text = JSON.stringify(column);
      const forms =
        seen.get(entry.name) ?? new Map<string, { column: WrittenColumn; times: number }>();
      const times = forms.get(text)?.times ?? 0;
      forms.set(text, { column, times: times + 1 });
      seen.set(entry.name, forms);
    }
  }
  const standard: Record<string, WrittenColumn> = {};
  for (const [name, forms] of [...seen].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const best = [...forms.values()].reduce((left, right) =>
      right.times > left.times ? right : left,
    );
    if (best.times >= 8) standard[name] = best.column;
  }
  return standard;
}

function shorten(
  table: WrittenTable,
  standard: Readonly<Record<string, WrittenColumn>>,
): WrittenTable {
  const name = table.schema.toLowerCase();
  return {
    ...table,
    columns: table.columns.map((column) => {
      if (typeof column === 'string') return column;
      const shared = standard[column.name];
      const same = JSON.stringify(shared) === JSON.stringify(generic(column, name));
      return shared !== undefined && same ? column.name : column;
    }),
  };
}

function generic(column: WrittenColumn, table: string): WrittenColumn {
  if (column.to === undefined) return column;
  const to = Object.entries(column.to).map(([target, relationship]): [string, WrittenTarget] => [
    target,
    typeof relationship === 'string'
      ? relationship.replace(new RegExp(`_${table}(?=_|$)`), '_{table}')
      : relationship,
  ]);
  return { ...column, to: Object.fromEntries<WrittenTarget>(to) };
}

function tableText(table: WrittenTable): string {
  const { columns, links, privileges, ...head } = table;
  const parts = [JSON.stringify(head).slice(1, -1), `"columns": [\n${rows(columns)}\n]`];
  if (links !== undefined) parts.push(`"links": [\n${rows(links)}\n]`);
  if (privileges !== undefined) parts.push(`"privileges": [\n${rows(privileges)}\n]`);
  return `{ ${parts.join(',\n')} }`;
}

function rows(values: readonly unknown[]): string {
  return values.map((each) => `  ${JSON.stringify(each)}`).join(',\n');
}

function linesOf(values: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(values).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function labelOf(label: WireLabel): string | null {
  return label.UserLocalizedLabel?.Label ?? null;
}

function readJson<Document>(path: string, is: (value: unknown) => value is Document): Document {
  const document: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!is(document)) throw new Error(`${path} does not hold what it should.`);
  return document;
}

function isTables(value: unknown): value is Record<string, FactTable> {
  return typeof value === 'object' && value !== null && 'queue' in value;
}

function isRecording(value: unknown): value is Recording {
  return typeof value === 'object' && value !== null && 'exchanges' in value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
