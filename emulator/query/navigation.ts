import type { Attribute, Entity, ManyToMany, Metadata } from '../metadata/metadata.ts';

/** What a navigation property leads to. Names are case-sensitive. */
export type Navigation =
  | {
      readonly kind: 'single';
      readonly name: string;
      readonly column: Attribute;
      readonly target: Entity;
    }
  | {
      readonly kind: 'collection';
      readonly name: string;
      readonly target: Entity;
      /** Lookup of the target that points back. */
      readonly column: Attribute;
    }
  | {
      readonly kind: 'many';
      readonly name: string;
      readonly target: Entity;
      readonly intersect: Entity;
      /** Columns of the intersect table: this side's id and the target's. */
      readonly nearColumn: Attribute;
      readonly farColumn: Attribute;
    };

/** The navigation property of a table, or undefined where it has none of the name. */
export function navigationOf(
  metadata: Metadata,
  entity: Entity,
  name: string,
): Navigation | undefined {
  for (const relationship of metadata.manyToOne(entity.logicalName)) {
    if (relationship.referencingNavigation !== name) continue;
    const column = entity.attributes.get(relationship.referencingAttribute);
    const target = metadata.entity(relationship.referencedEntity);
    if (column !== undefined && target !== undefined) {
      return { kind: 'single', name, column, target };
    }
  }
  for (const relationship of metadata.oneToMany(entity.logicalName)) {
    if (relationship.referencedNavigation !== name) continue;
    const target = metadata.entity(relationship.referencingEntity);
    const column = target?.attributes.get(relationship.referencingAttribute);
    if (column !== undefined && target !== undefined) {
      return { kind: 'collection', name, column, target };
    }
  }
  for (const relationship of metadata.manyToMany(entity.logicalName)) {
    const found = manyNavigation(metadata, entity, { relationship, name });
    if (found !== undefined) return found;
  }
  return undefined;
}

function manyNavigation(
  metadata: Metadata,
  entity: Entity,
  wanted: { readonly relationship: ManyToMany; readonly name: string },
): Navigation | undefined {
  const { relationship, name } = wanted;
  const intersect = metadata.entity(relationship.intersectEntity);
  if (intersect === undefined) return undefined;
  const first =
    relationship.entity1 === entity.logicalName && relationship.entity1Navigation === name;
  const second =
    relationship.entity2 === entity.logicalName && relationship.entity2Navigation === name;
  if (!first && !second) return undefined;
  const target = metadata.entity(first ? relationship.entity2 : relationship.entity1);
  const nearColumn = intersect.attributes.get(
    first ? relationship.entity1Attribute : relationship.entity2Attribute,
  );
  const farColumn = intersect.attributes.get(
    first ? relationship.entity2Attribute : relationship.entity1Attribute,
  );
  if (target === undefined || nearColumn === undefined || farColumn === undefined) return undefined;
  return { kind: 'many', name, target, intersect, nearColumn, farColumn };
}
