import type {
  RawColumn,
  RawLink,
  RawTable,
  RawTarget,
} from '../../emulator/metadata/raw-tables.ts';
import type { FactColumn, FactTable } from './facts.ts';

/** JSON leaves out what is undefined. */
type Written<Shape> = { readonly [Key in keyof Shape]: Shape[Key] | undefined };
/** A lookup's relationship in the form of the data files. */
export type WrittenTarget = string | Written<Exclude<RawTarget, string>>;
/** A column in the form of the data files. */
export type WrittenColumn = Omit<Written<RawColumn>, 'name' | 'to'> & {
  readonly name: string;
  readonly to?: Readonly<Record<string, WrittenTarget>>;
};
/** A table in the form of the data files. */
export type WrittenTable = Omit<Written<RawTable>, 'columns' | 'schema' | 'links'> & {
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

/** A table in the form of the data files; targets that are not `known` are left out. */
export function rawTable(table: FactTable, known: ReadonlySet<string>): WrittenTable {
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
