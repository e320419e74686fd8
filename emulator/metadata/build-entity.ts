import { buildAttribute, oneOf, rawColumn } from './build-attribute.ts';
import { mirrorsOf } from './mirrors.ts';
import type { Attribute, Entity } from './metadata.ts';
import type { RawColumn, RawTable } from './raw-tables.ts';
import { stableId } from './stable-id.ts';

export interface BuildOptions {
  readonly standard: Readonly<Record<string, RawColumn>>;
  readonly objectTypeCode: number;
}

/** Tables whose rows the bulk messages refuse: `sdkmessagefilters` lists no CreateMultiple for them. */
const withoutBulkMessages = new Set(['queue', 'team']);

/** A table from its data, with the columns that mirror others. */
export function buildEntity(logicalName: string, table: RawTable, options: BuildOptions): Entity {
  const custom = isCustom(logicalName);
  const prefix = custom ? logicalName.slice(0, logicalName.indexOf('_') + 1) : undefined;
  const attributes = new Map<string, Attribute>();
  for (const entry of table.columns) {
    const column = rawColumn(entry, logicalName, options.standard);
    attributes.set(column.name, buildAttribute(column, prefix));
  }
  for (const attribute of attributes.values()) {
    for (const mirror of mirrorsOf(attribute)) {
      if (!attributes.has(mirror.logicalName)) attributes.set(mirror.logicalName, mirror);
    }
  }
  const ownership = ownershipOf(table);
  // The platform's own tables all have the same one.
  const image = table.image ?? (attributes.has('entityimage') ? 'entityimage' : undefined);
  return {
    logicalName,
    schemaName: table.schema,
    displayName: table.display,
    displayCollectionName: table.collection,
    entitySetName: table.set,
    logicalCollectionName: table.set,
    objectTypeCode: options.objectTypeCode,
    primaryId: table.id,
    ...(table.nameColumn === undefined ? {} : { primaryName: table.nameColumn }),
    ...(image === undefined ? {} : { primaryImage: image }),
    ownership,
    isIntersect: table.intersect ?? false,
    isActivity: table.activity ?? false,
    custom,
    solutionAware: table.solutionAware ?? false,
    optimisticConcurrency: table.intersect !== true,
    attributes,
    keys: [],
    privileges: privilegesOf(table, ownership),
    bulkMessages: table.intersect !== true && !withoutBulkMessages.has(logicalName),
  };
}

/** Names of tables and columns that a solution adds begin with their publisher's prefix. */
export function isCustom(name: string): boolean {
  return /^[a-z][a-z0-9]{1,7}_/.test(name);
}

const ownerships = ['UserOwned', 'OrganizationOwned', 'BusinessOwned', 'None'] as const;

function ownershipOf(table: RawTable): Entity['ownership'] {
  if (table.ownership === undefined) return table.intersect === true ? 'None' : 'UserOwned';
  return oneOf(ownerships, table.ownership, table.schema);
}

const privilegeTypes = [
  'Create',
  'Read',
  'Write',
  'Delete',
  'Assign',
  'Share',
  'AppendTo',
  'Append',
] as const;

/**
 * A privilege's name is `prv`, the verb and a name that is nearly always the schema name. Others belong to
 * the table and to no verb: `prvReparentUser`, `prvAssignManager`.
 */
function privilegesOf(table: RawTable, ownership: Entity['ownership']): Entity['privileges'] {
  const given = table.privileges ?? (table.intersect === true ? [] : defaults(table, ownership));
  const own = given
    .map((text) => /^prvRead(\w+)/.exec(text)?.[1])
    .find((name) => name !== undefined);
  return given
    .map((text) => {
      const [name = '', id = stableId(`privilege ${name}`)] = text.split(' ');
      const type: Entity['privileges'][number]['type'] =
        privilegeTypes.find((each) =>
          own === undefined ? name.startsWith(`prv${each}`) : name === `prv${each}${own}`,
        ) ?? 'None';
      return { name, id, type };
    })
    .sort((left, right) => rank(left.type) - rank(right.type));
}

function rank(type: Entity['privileges'][number]['type']): number {
  const order: readonly (typeof type)[] = [
    'Create',
    'Read',
    'Write',
    'Delete',
    'Assign',
    'Share',
    'Append',
    'AppendTo',
    'None',
  ];
  return order.indexOf(type);
}

/** Tables owned by the organization have no Assign and no Share. */
function defaults(table: RawTable, ownership: Entity['ownership']): readonly string[] {
  const owned = ownership === 'UserOwned';
  return privilegeTypes
    .filter((each) => owned || (each !== 'Assign' && each !== 'Share'))
    .map((each) => `prv${each}${table.schema}`);
}
