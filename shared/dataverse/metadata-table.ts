import { isObject, numberIn, objectsIn, textIn, valueIn, type JsonObject } from './json.ts';
import type {
  ColumnType,
  EnvironmentColumn,
  EnvironmentManyToMany,
  EnvironmentTable,
  PrivilegeVerb,
  RequiredLevel,
} from '../model/table.ts';

/** A table's entity set and id column. */
export interface EntitySet {
  readonly entitySet: string;
  readonly idColumn: string;
}

/** Reads a table's metadata as `EntityDefinitions` and `RetrieveMetadataChanges` show it. */
export function readTable(
  definition: JsonObject,
  entitySets: ReadonlyMap<string, EntitySet>,
): EnvironmentTable {
  const name = textIn(definition['LogicalName']) ?? '';
  const navigation = navigationByColumn(definition);
  const columns = new Map<string, EnvironmentColumn>();
  for (const attribute of objectsIn(definition['Attributes'])) {
    const column = readColumn(attribute, navigation);
    if (column !== undefined) columns.set(column.name, column);
  }
  const nameColumn = textIn(definition['PrimaryNameAttribute']);
  const imageColumn = textIn(definition['PrimaryImageAttribute']);
  return {
    name,
    displayName: labelOf(definition['DisplayName']) ?? name,
    idColumn: textIn(definition['PrimaryIdAttribute']) ?? `${name}id`,
    ...(nameColumn === undefined ? {} : { nameColumn }),
    ...(imageColumn === undefined ? {} : { imageColumn }),
    columns,
    manyToMany: objectsIn(definition['ManyToManyRelationships']).flatMap((relationship) =>
      readManyToMany(relationship, name, entitySets),
    ),
    entitySet: textIn(definition['EntitySetName']) ?? entitySets.get(name)?.entitySet ?? '',
    schemaName: textIn(definition['SchemaName']) ?? name,
    typeCode: numberIn(definition['ObjectTypeCode']) ?? 0,
    ownership: readOwnership(definition['OwnershipType']),
    privileges: readPrivileges(definition['Privileges']),
    optimisticConcurrency: definition['IsOptimisticConcurrencyEnabled'] === true,
    lookupRelationships: lookupRelationships(definition),
    alternateKeys: objectsIn(definition['Keys']).flatMap(readKey),
  };
}

function lookupRelationships(definition: JsonObject): ReadonlyMap<string, string> {
  const columns = new Map<string, string>();
  for (const relationship of objectsIn(definition['ManyToOneRelationships'])) {
    const column = textIn(relationship['ReferencingAttribute']);
    const name = textIn(relationship['SchemaName']);
    if (column !== undefined && name !== undefined) columns.set(name, column);
  }
  return columns;
}

const types: Readonly<Record<string, ColumnType>> = {
  StringType: 'text',
  MemoType: 'memo',
  EntityNameType: 'text',
  IntegerType: 'integer',
  BigIntType: 'bigint',
  DecimalType: 'decimal',
  DoubleType: 'double',
  MoneyType: 'money',
  BooleanType: 'boolean',
  ManagedPropertyType: 'boolean',
  DateTimeType: 'datetime',
  PicklistType: 'choice',
  MultiSelectPicklistType: 'choices',
  StateType: 'state',
  StatusType: 'status',
  LookupType: 'lookup',
  CustomerType: 'lookup',
  OwnerType: 'owner',
  PartyListType: 'party-list',
  UniqueidentifierType: 'guid',
  ImageType: 'image',
  FileType: 'file',
};

/** Columns that belong to another one and have a value of their own: an image, its id, an amount's base. */
const standsAlone = new Set<ColumnType>(['image', 'guid', 'money']);

const numeric = new Set<ColumnType>(['integer', 'bigint', 'decimal', 'double', 'money']);

/**
 * Every real column that can be read or written. Left out are the columns that only mirror another
 * one (`primarycontactidname`, `entityimage_url`) and virtual ones without a value.
 */
function readColumn(
  attribute: JsonObject,
  navigation: ReadonlyMap<string, ReadonlyMap<string, string>>,
): EnvironmentColumn | undefined {
  const name = textIn(attribute['LogicalName']);
  const typeName =
    textIn(valueIn(attribute['AttributeTypeName'])) ??
    `${textIn(attribute['AttributeType']) ?? ''}Type`;
  const plain = types[typeName];
  const isDate = valueIn(attribute['DateTimeBehavior']) === 'DateOnly';
  const type = plain === 'datetime' && isDate ? 'date' : plain;
  if (name === undefined || type === undefined) return undefined;
  const creatable = attribute['IsValidForCreate'] === true;
  const updatable = attribute['IsValidForUpdate'] === true;
  const readable = attribute['IsValidForRead'] === true;
  if (!creatable && !updatable && !readable) return undefined;
  if (textIn(attribute['AttributeOf']) !== undefined && !standsAlone.has(type)) return undefined;
  // What is no member of the Web API's rows can be neither selected nor sent; party lists are a navigation.
  if (attribute['IsValidODataAttribute'] === false && type !== 'party-list') return undefined;
  const maxLength =
    type === 'text' || type === 'memo' ? numberIn(attribute['MaxLength']) : undefined;
  const minValue = numeric.has(type) ? numberIn(attribute['MinValue']) : undefined;
  const maxValue = numeric.has(type) ? numberIn(attribute['MaxValue']) : undefined;
  return {
    name,
    displayName: labelOf(attribute['DisplayName']) ?? name,
    type,
    targets: type === 'lookup' ? targetsOf(attribute, navigation.get(name)) : [],
    schemaName: textIn(attribute['SchemaName']) ?? name,
    required: readRequired(valueIn(attribute['RequiredLevel'])),
    creatable,
    updatable,
    readable,
    secured: attribute['IsSecured'] === true,
    custom: attribute['IsCustomAttribute'] === true,
    navigation: type === 'owner' ? ownerNavigation(name) : (navigation.get(name) ?? new Map()),
    ...readOptions(attribute, type),
    ...(valueIn(attribute['DateTimeBehavior']) === 'TimeZoneIndependent' ? { zoneless: true } : {}),
    ...readSize(attribute, type),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(minValue === undefined ? {} : { minValue }),
    ...(maxValue === undefined ? {} : { maxValue }),
  };
}

function readSize(
  attribute: JsonObject,
  type: ColumnType,
): Pick<EnvironmentColumn, 'maxBytes' | 'fullImage'> {
  if (type !== 'file' && type !== 'image') return {};
  const maxKilobytes = numberIn(attribute['MaxSizeInKB']);
  return {
    ...(maxKilobytes === undefined ? {} : { maxBytes: maxKilobytes * 1024 }),
    ...(attribute['CanStoreFullImage'] === true ? { fullImage: true } : {}),
  };
}

function targetsOf(
  attribute: JsonObject,
  navigation: ReadonlyMap<string, string> | undefined,
): readonly string[] {
  const named = attribute['Targets'];
  const targets = Array.isArray(named) ? named.filter((target) => typeof target === 'string') : [];
  return targets.length > 0 ? targets : [...(navigation?.keys() ?? [])];
}

/** Owners are bound by the column's own name, whatever the owner is. */
function ownerNavigation(name: string): ReadonlyMap<string, string> {
  return new Map(['systemuser', 'team', 'owner'].map((target) => [target, name]));
}

function navigationByColumn(
  definition: JsonObject,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const byColumn = new Map<string, Map<string, string>>();
  for (const relationship of objectsIn(definition['ManyToOneRelationships'])) {
    const column = textIn(relationship['ReferencingAttribute']);
    const target = textIn(relationship['ReferencedEntity']);
    const property = textIn(relationship['ReferencingEntityNavigationPropertyName']);
    if (column === undefined || target === undefined || property === undefined) continue;
    const targets = byColumn.get(column) ?? new Map<string, string>();
    if (!targets.has(target)) targets.set(target, property);
    byColumn.set(column, targets);
  }
  return byColumn;
}

function readOptions(
  attribute: JsonObject,
  type: ColumnType,
): Pick<EnvironmentColumn, 'options' | 'stateOfStatus'> {
  const set = isObject(attribute['OptionSet'])
    ? attribute['OptionSet']
    : attribute['GlobalOptionSet'];
  if (!isObject(set)) return {};
  const listed =
    type === 'boolean'
      ? [set['FalseOption'], set['TrueOption']].filter(isObject)
      : objectsIn(set['Options']);
  const options = new Map<number, string>();
  const stateOfStatus = new Map<number, number>();
  for (const option of listed) {
    const value = numberIn(option['Value']);
    if (value === undefined) continue;
    options.set(value, labelOf(option['Label']) ?? '');
    const state = numberIn(option['State']);
    if (type === 'status' && state !== undefined) stateOfStatus.set(value, state);
  }
  if (options.size === 0) return {};
  return stateOfStatus.size === 0 ? { options } : { options, stateOfStatus };
}

function readManyToMany(
  relationship: JsonObject,
  table: string,
  entitySets: ReadonlyMap<string, EntitySet>,
): readonly EnvironmentManyToMany[] {
  const sides = [1, 2].map((side) => ({
    table: textIn(relationship[`Entity${side}LogicalName`]),
    column: textIn(relationship[`Entity${side}IntersectAttribute`]),
    navigation: textIn(relationship[`Entity${side}NavigationPropertyName`]),
  }));
  const name = textIn(relationship['IntersectEntityName']);
  const [first, second] = sides;
  if (first === undefined || second === undefined || name === undefined) return [];
  const reflexive = first.table === second.table;
  // A reflexive relationship has two navigation properties; the pair is written from its first side.
  const [mine, other] = first.table === table ? [first, second] : [second, first];
  if (
    mine.table !== table ||
    mine.column === undefined ||
    mine.navigation === undefined ||
    other.table === undefined ||
    other.column === undefined
  )
    return [];
  const intersectEntitySet = entitySets.get(name)?.entitySet;
  return [
    {
      name,
      target: other.table,
      targetIdColumn: entitySets.get(other.table)?.idColumn ?? `${other.table}id`,
      reflexive,
      schemaName: textIn(relationship['SchemaName']) ?? name,
      navigation: mine.navigation,
      sourceColumn: mine.column,
      targetColumn: other.column,
      ...(intersectEntitySet === undefined || intersectEntitySet === ''
        ? {}
        : { intersectEntitySet }),
    },
  ];
}

const verbs: Readonly<Record<string, PrivilegeVerb>> = {
  Create: 'create',
  Read: 'read',
  Write: 'write',
  Delete: 'delete',
  Assign: 'assign',
  Share: 'share',
  Append: 'append',
  AppendTo: 'appendTo',
};

function readPrivileges(value: unknown): EnvironmentTable['privileges'] {
  const privileges = new Map<PrivilegeVerb, { readonly name: string; readonly id: string }>();
  for (const privilege of objectsIn(value)) {
    const verb = verbs[textIn(privilege['PrivilegeType']) ?? ''];
    const name = textIn(privilege['Name']);
    if (verb !== undefined && name !== undefined)
      privileges.set(verb, { name, id: textIn(privilege['PrivilegeId']) ?? '' });
  }
  return privileges;
}

/** Only active keys can be relied on; a status that is not said counts as active. */
function readKey(key: JsonObject): readonly (readonly string[])[] {
  const columns = key['KeyAttributes'];
  const status = textIn(key['EntityKeyIndexStatus']) ?? 'Active';
  return Array.isArray(columns) && status === 'Active'
    ? [columns.filter((column) => typeof column === 'string')]
    : [];
}

function readOwnership(value: unknown): EnvironmentTable['ownership'] {
  const text = textIn(valueIn(value)) ?? '';
  if (text.startsWith('User')) return 'user';
  if (text.startsWith('Organization')) return 'organization';
  return text.startsWith('Business') ? 'business' : 'none';
}

function readRequired(value: unknown): RequiredLevel {
  switch (value) {
    case 'SystemRequired':
      return 'system';
    case 'ApplicationRequired':
      return 'application';
    case 'Recommended':
      return 'recommended';
    default:
      return 'none';
  }
}

function labelOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const mine = isObject(value['UserLocalizedLabel'])
    ? value['UserLocalizedLabel']['Label']
    : undefined;
  return textIn(mine) ?? textIn(objectsIn(value['LocalizedLabels'])[0]?.['Label']);
}
