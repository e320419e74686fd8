import { definitionExists, unknownTable } from '../../errors/metadata-errors.ts';
import { invalidArgument } from '../../errors/payload-errors.ts';
import type { JsonObject } from '../../query/interface.ts';
import { buildEntity } from '../build-entity.ts';
import type { Entity, ManyToMany, ManyToOne, Metadata } from '../metadata.ts';
import { stableId } from '../stable-id.ts';
import {
  givenMembers,
  isObject,
  listIn,
  objectIn,
  schemaNameOf,
  textIn,
  typeOf,
  withLabels,
} from './read-definition.ts';
import { attributeId } from '../wire/attribute-definition.ts';
import { putColumn, removeColumn } from './write-column.ts';

const shown = [
  'AssociatedMenuConfiguration',
  'CascadeConfiguration',
  'Entity1AssociatedMenuConfiguration',
  'Entity2AssociatedMenuConfiguration',
  'IsHierarchical',
  'IsValidForAdvancedFind',
];

/** Makes a relationship: a lookup with its column, or a table of pairs. Returns its id. */
export function createRelationship(
  metadata: Metadata,
  body: JsonObject,
  newId: () => string,
): string {
  const schemaName = schemaNameOf(body);
  assertNew(metadata, schemaName);
  if (typeOf(body) === 'ManyToManyRelationshipMetadata' || 'Entity1LogicalName' in body) {
    createManyToMany(metadata, schemaName, body);
  } else {
    const lookup = objectIn(body, 'Lookup');
    if (lookup === undefined) throw invalidArgument("The property 'Lookup' is missing.");
    createLookup(metadata, { lookup, relationships: [body] }, newId);
  }
  return relationshipId(schemaName);
}

export function relationshipId(schemaName: string): string {
  return stableId(`relationship ${schemaName}`);
}

/** A lookup column with one relationship, or with several: a lookup that points at several tables. */
export function createLookup(
  metadata: Metadata,
  given: { readonly lookup: JsonObject; readonly relationships: readonly JsonObject[] },
  newId: () => string,
): { readonly attributeId: string; readonly relationshipIds: readonly string[] } {
  const { lookup, relationships } = given;
  const [first] = relationships;
  const table = textIn(first, 'ReferencingEntity') ?? '';
  const entity = tableOf(metadata, table);
  const schema = schemaNameOf(lookup);
  const column = schema.toLowerCase();
  const known = entity.attributes.get(column);
  // A relationship of a lookup that is there adds a table to it:
  // learn.microsoft.com/power-apps/developer/data-platform/webapi/multitable-lookup
  if (known !== undefined && (known.type !== 'Lookup' || !known.custom)) {
    throw definitionExists('attribute', column);
  }
  const metadataId = known === undefined ? newId() : attributeId(entity, known);
  if (known === undefined) {
    const body = { ...lookup, '@odata.type': 'Microsoft.Dynamics.CRM.LookupAttributeMetadata' };
    putColumn(metadata, entity, { body, metadataId });
  }
  const isSingle = relationships.length === 1 && known === undefined;
  const targets = relationships.map((each) =>
    tableOf(metadata, textIn(each, 'ReferencedEntity') ?? ''),
  );
  const manyToOne = relationships.map((each, index): ManyToOne => {
    const target = targets[index] ?? entity;
    const schemaName = schemaNameOf(each);
    return {
      schemaName,
      referencingEntity: table,
      referencingAttribute: column,
      referencedEntity: target.logicalName,
      referencedAttribute: target.primaryId,
      // A lookup with several targets has a navigation property for each.
      referencingNavigation:
        textIn(each, 'ReferencingEntityNavigationPropertyName') ??
        (isSingle ? schema : `${schema}_${target.logicalName}`),
      referencedNavigation: textIn(each, 'ReferencedEntityNavigationPropertyName') ?? schemaName,
      cascadeDelete: deleteOf(each),
      given: givenMembers(each, shown, schemaName),
    };
  });
  const withColumn = tableOf(metadata, table);
  const attribute = withColumn.attributes.get(column);
  const attributes = new Map(withColumn.attributes);
  if (attribute !== undefined) {
    const names = targets.map((each) => each.logicalName);
    attributes.set(column, {
      ...attribute,
      targets: known === undefined ? names : [...new Set([...known.targets, ...names])],
    });
  }
  metadata.add({ entities: [{ ...withColumn, attributes }], manyToOne, manyToMany: [] });
  return {
    attributeId: metadataId,
    relationshipIds: manyToOne.map((each) => relationshipId(each.schemaName)),
  };
}

/** Takes a table away from a lookup, and with the last one the lookup. */
export function removeLookup(metadata: Metadata, entity: Entity, gone: ManyToOne): void {
  const column = gone.referencingAttribute;
  const attribute = entity.attributes.get(column);
  const isLast = !metadata
    .manyToOne(entity.logicalName)
    .some((each) => each.referencingAttribute === column);
  if (isLast || attribute === undefined) {
    removeColumn(metadata, entity, column);
    return;
  }
  const targets = attribute.targets.filter((each) => each !== gone.referencedEntity);
  const attributes = new Map(entity.attributes).set(column, { ...attribute, targets });
  metadata.add({ entities: [{ ...entity, attributes }], manyToOne: [], manyToMany: [] });
}

/** `CreatePolymorphicLookupAttribute` and `CreateCustomerRelationships`: a lookup of several tables. */
export function createLookupOfMany(
  metadata: Metadata,
  parameters: JsonObject,
  newId: () => string,
): JsonObject {
  const lookup = objectIn(parameters, 'Lookup');
  const relationships = listIn(parameters, 'OneToManyRelationships').filter(isObject);
  if (lookup === undefined || relationships.length === 0) {
    throw invalidArgument("The parameters 'Lookup' and 'OneToManyRelationships' are required.");
  }
  for (const each of relationships) assertNew(metadata, schemaNameOf(each));
  const made = createLookup(metadata, { lookup, relationships }, newId);
  return { RelationshipIds: made.relationshipIds, AttributeId: made.attributeId };
}

/** Changes what a body gives of a relationship's definition; its tables and columns stay. */
export function updateRelationship(
  metadata: Metadata,
  known: ManyToOne | ManyToMany,
  write: { readonly body: JsonObject; readonly mergeLabels?: boolean },
): void {
  const { body, mergeLabels = false } = write;
  const given = withLabels(known.given, givenMembers(body, shown, known.schemaName), mergeLabels);
  const isLookup = 'referencingAttribute' in known;
  metadata.add({
    entities: [],
    manyToOne: isLookup ? [{ ...known, given, cascadeDelete: deleteOf(given) }] : [],
    manyToMany: isLookup ? [] : [{ ...known, given }],
  });
}

function createManyToMany(metadata: Metadata, schemaName: string, body: JsonObject): void {
  const one = tableOf(metadata, textIn(body, 'Entity1LogicalName') ?? '');
  const other = tableOf(metadata, textIn(body, 'Entity2LogicalName') ?? '');
  const intersect = textIn(body, 'IntersectEntityName')?.toLowerCase() ?? schemaName.toLowerCase();
  const isSelf = one.logicalName === other.logicalName;
  const entity1Attribute = isSelf ? `${one.primaryId}one` : one.primaryId;
  const entity2Attribute = isSelf ? `${other.primaryId}two` : other.primaryId;
  const relationship: ManyToMany = {
    schemaName,
    intersectEntity: intersect,
    intersectEntitySet: `${intersect}set`,
    entity1: one.logicalName,
    entity1Attribute,
    entity1Navigation: textIn(body, 'Entity1NavigationPropertyName') ?? schemaName,
    entity2: other.logicalName,
    entity2Attribute,
    entity2Navigation: textIn(body, 'Entity2NavigationPropertyName') ?? schemaName,
    given: givenMembers(body, shown, schemaName),
  };
  const raw = {
    schema: schemaName,
    display: schemaName,
    collection: schemaName,
    set: `${intersect}set`,
    id: `${intersect}id`,
    ownership: 'None',
    intersect: true,
    columns: [`${intersect}id`, entity1Attribute, entity2Attribute].map((name) => ({
      name,
      type: 'Uniqueidentifier',
      write: 'never',
    })),
  };
  let objectTypeCode = 20_000;
  while (metadata.entityOfTypeCode(objectTypeCode) !== undefined) objectTypeCode += 1;
  const pairs = buildEntity(intersect, raw, { standard: {}, objectTypeCode });
  metadata.add({ entities: [pairs], manyToOne: [], manyToMany: [relationship] });
}

function tableOf(metadata: Metadata, name: string): Entity {
  const entity = metadata.entity(name);
  if (entity === undefined) throw unknownTable(name);
  return entity;
}

function assertNew(metadata: Metadata, schemaName: string): void {
  for (const entity of metadata.entities()) {
    const names = [
      ...metadata.manyToOne(entity.logicalName),
      ...metadata.manyToMany(entity.logicalName),
    ];
    if (names.some((each) => each.schemaName.toLowerCase() === schemaName.toLowerCase())) {
      throw definitionExists('relationship', schemaName);
    }
  }
}

function deleteOf(body: JsonObject): ManyToOne['cascadeDelete'] {
  const value = textIn(objectIn(body, 'CascadeConfiguration'), 'Delete');
  return value === 'Cascade' || value === 'Restrict' || value === 'NoCascade'
    ? value
    : 'RemoveLink';
}
