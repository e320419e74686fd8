import type { Entity, ManyToMany, ManyToOne, Metadata } from '../metadata/metadata.ts';

/** A navigation property of a table and the table it leads to. */
export type Navigation =
  | { readonly kind: 'many-to-one'; readonly is: ManyToOne; readonly target: Entity }
  | { readonly kind: 'one-to-many'; readonly is: ManyToOne; readonly target: Entity }
  | {
      readonly kind: 'many-to-many';
      readonly is: ManyToMany;
      readonly target: Entity;
      /** Column of the intersect table that holds this side's id, and the other's. */
      readonly nearColumn: string;
      readonly farColumn: string;
    };

/** Leads to many rows. */
export type CollectionNavigation = Exclude<Navigation, { readonly kind: 'many-to-one' }>;

/** Finds a navigation property by its exact, case-sensitive name. */
export function findNavigation(
  metadata: Metadata,
  entity: Entity,
  name: string,
): Navigation | undefined {
  for (const is of metadata.manyToOne(entity.logicalName)) {
    if (is.referencingNavigation !== name) continue;
    // `owner` stands for users and teams; it may have no table definition of its own.
    const target = metadata.entity(is.referencedEntity) ?? metadata.entity('systemuser');
    if (target !== undefined) return { kind: 'many-to-one', is, target };
  }
  for (const is of metadata.oneToMany(entity.logicalName)) {
    if (is.referencedNavigation !== name) continue;
    const target = metadata.entity(is.referencingEntity);
    if (target !== undefined) return { kind: 'one-to-many', is, target };
  }
  for (const is of metadata.manyToMany(entity.logicalName)) {
    const side = manyToManySide(metadata, entity, { is, name });
    if (side !== undefined) return side;
  }
  return undefined;
}

function manyToManySide(
  metadata: Metadata,
  entity: Entity,
  asked: { readonly is: ManyToMany; readonly name: string },
): Navigation | undefined {
  const { is, name } = asked;
  if (is.entity1 === entity.logicalName && is.entity1Navigation === name) {
    const target = metadata.entity(is.entity2);
    const columns = { nearColumn: is.entity1Attribute, farColumn: is.entity2Attribute };
    return target && { kind: 'many-to-many', is, target, ...columns };
  }
  if (is.entity2 === entity.logicalName && is.entity2Navigation === name) {
    const target = metadata.entity(is.entity1);
    const columns = { nearColumn: is.entity2Attribute, farColumn: is.entity1Attribute };
    return target && { kind: 'many-to-many', is, target, ...columns };
  }
  return undefined;
}
