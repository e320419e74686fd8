import standardColumns from '#emulator/metadata/data/standard-columns.json' with { type: 'json' };
import type { Environment } from '#emulator/environment.ts';
import { buildAttribute } from '#emulator/metadata/build-attribute.ts';
import { buildEntity, isCustom } from '#emulator/metadata/build-entity.ts';
import { buildManyToOne } from '#emulator/metadata/build-relationships.ts';
import type { Attribute, Entity, ManyToOne } from '#emulator/metadata/metadata.ts';
import { mirrorsOf } from '#emulator/metadata/mirrors.ts';
import { navigationOf, type Navigation } from '#emulator/query/navigation.ts';
import type { RawColumn, RawTable } from '#emulator/metadata/raw-tables.ts';

const usual = [
  'createdby',
  'createdon',
  'modifiedby',
  'modifiedon',
  'ownerid',
  'owningbusinessunit',
  'owningteam',
  'owninguser',
  'statecode',
  'statuscode',
  'versionnumber',
] as const;

/** The table an exchange names; made with the usual columns where the environment has none of the name. */
export function presumeTable(
  environment: Environment,
  name: string,
  given: { readonly set?: string; readonly nameColumn?: string } = {},
): Entity {
  const { metadata } = environment;
  const known = metadata.entity(name);
  if (known !== undefined) return known;
  const prefix = isCustom(name) ? name.slice(0, name.indexOf('_') + 1) : '';
  const nameColumn = given.nameColumn ?? `${prefix}name`;
  const raw: RawTable = {
    schema: name,
    display: name,
    collection: `${name}s`,
    set: given.set ?? `${name}s`,
    id: `${name}id`,
    nameColumn,
    ownership: 'UserOwned',
    columns: [
      { name: `${name}id`, type: 'Uniqueidentifier', required: 'SystemRequired', write: 'create' },
      { name: nameColumn, type: 'String', length: 850 },
      ...usual,
    ],
  };
  let objectTypeCode = 30_000;
  while (metadata.entityOfTypeCode(objectTypeCode) !== undefined) objectTypeCode += 1;
  const entity = buildEntity(name, raw, { standard: standardColumns, objectTypeCode });
  const manyToOne = buildManyToOne(name, raw, {
    standard: standardColumns,
    idOf: (table) => metadata.entity(table)?.primaryId,
  });
  metadata.add({ entities: [entity], manyToOne, manyToMany: [] });
  return entity;
}

/** The table of a set; a new one is named after the set. */
export function presumeSet(environment: Environment, set: string, name?: string): Entity {
  const known = environment.metadata.entityOfSet(set);
  return known ?? presumeTable(environment, name ?? singular(set), { set });
}

function singular(set: string): string {
  if (set.endsWith('ies')) return `${set.slice(0, -3)}y`;
  return set.replace(/s$/, '');
}

/** Changes a table's definition. */
export function changeTable(
  environment: Environment,
  name: string,
  change: (entity: Entity) => Partial<Entity>,
): Entity {
  const entity = environment.metadata.entity(name);
  if (entity === undefined) throw new Error(`there is no table '${name}' to change`);
  const changed = { ...entity, ...change(entity) };
  environment.metadata.add({ entities: [changed], manyToOne: [], manyToMany: [] });
  return changed;
}

/** A column an exchange names; made where the table has none of the name. */
export function presumeColumn(environment: Environment, table: string, column: RawColumn): Entity {
  const entity = environment.metadata.entity(table);
  if (entity === undefined) throw new Error(`there is no table '${table}'`);
  if (entity.attributes.has(column.name)) return entity;
  return putColumn(environment, table, column);
}

/** Adds a column or replaces it. */
export function putColumn(environment: Environment, table: string, column: RawColumn): Entity {
  return changeTable(environment, table, ({ attributes }) => {
    const prefix = isCustom(column.name)
      ? column.name.slice(0, column.name.indexOf('_') + 1)
      : undefined;
    const attribute = buildAttribute(column, prefix);
    const next = new Map<string, Attribute>(attributes);
    next.set(column.name, attribute);
    for (const mirror of mirrorsOf(attribute)) {
      if (!next.has(mirror.logicalName)) next.set(mirror.logicalName, mirror);
    }
    return { attributes: next };
  });
}

/** A column of the kind that a value in a body shows. */
export function columnOfValue(name: string, value: unknown): RawColumn {
  if (typeof value === 'boolean')
    return {
      name,
      type: 'Boolean',
      options: [
        [0, 'No'],
        [1, 'Yes'],
      ],
    };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { name, type: 'Integer' } : { name, type: 'Double' };
  }
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value)) {
    return { name, type: 'DateTime' };
  }
  return { name, type: 'Memo', length: 1_048_576 };
}

/** A lookup and its navigation property, where an exchange names one that is not there. */
export function presumeNavigation(
  environment: Environment,
  table: string,
  wanted: { readonly name: string; readonly target: string },
): Navigation {
  const { metadata } = environment;
  const entity = presumeTable(environment, table);
  const known = navigationOf(metadata, entity, wanted.name);
  if (known !== undefined) return known;
  const target = presumeTable(environment, wanted.target);
  const column = wanted.name.toLowerCase();
  const attribute = entity.attributes.get(column);
  if (attribute === undefined) {
    putColumn(environment, table, {
      name: column,
      type: 'Lookup',
      to: { [wanted.target]: column },
    });
  }
  const relationship: ManyToOne = {
    schemaName: `${table}_${wanted.name}_${wanted.target}`,
    referencingEntity: table,
    referencingAttribute: column,
    referencedEntity: wanted.target,
    referencedAttribute: target.primaryId,
    referencingNavigation: wanted.name,
    referencedNavigation: `${table}_${wanted.name}_${wanted.target}`,
    cascadeDelete: 'RemoveLink',
  };
  metadata.add({ entities: [], manyToOne: [relationship], manyToMany: [] });
  const made = navigationOf(metadata, presumeTable(environment, table), wanted.name);
  if (made === undefined) throw new Error(`'${wanted.name}' of '${table}' could not be presumed`);
  return made;
}

/** An alternate key of these columns. */
export function presumeKey(
  environment: Environment,
  table: string,
  columns: readonly string[],
): void {
  changeTable(environment, table, ({ keys }) => {
    const has = keys.some(
      (key) =>
        key.attributes.length === columns.length &&
        columns.every((column) => key.attributes.includes(column)),
    );
    const schemaName = `${table}_${columns.join('_')}`;
    return has ? {} : { keys: [...keys, { schemaName, attributes: columns }] };
  });
}
