import { noManyToMany } from '../errors/query-errors.ts';
import type { Attribute, Entity, ManyToMany } from '../metadata/metadata.ts';
import { attributeOf, newScope, type Reading, type Scope } from './fetch-scope.ts';
import type { Join, JoinKind, Source } from './query-form.ts';
import type { XmlElement } from './xml-tree.ts';

interface Link {
  readonly parent: Scope;
  readonly source: Source;
  readonly kind: JoinKind;
}

/**
 * The join of a link element. One of `from` and `to` may be missing and is then the key of its table;
 * without both the tables are joined by the many-to-many relationship between them.
 */
export function joinOf(reading: Reading, element: XmlElement, link: Link): Join {
  const { parent, source, kind } = link;
  const from = element.attributes.get('from');
  const to = element.attributes.get('to');
  if (from === undefined && to === undefined) return throughIntersect(reading, link);
  return {
    kind,
    source,
    from: attributeOf(source.entity, from ?? source.entity.primaryId),
    to: attributeOf(parent.entity, to ?? parent.entity.primaryId),
  };
}

function throughIntersect(reading: Reading, link: Link): Join {
  const { parent, source, kind } = link;
  const near = parent.entity.logicalName;
  const far = source.entity.logicalName;
  const { metadata } = reading.context.rows;
  const relationship = metadata
    .manyToMany(near)
    .find(
      ({ entity1, entity2 }) =>
        (entity1 === near && entity2 === far) || (entity1 === far && entity2 === near),
    );
  const intersect =
    relationship === undefined ? undefined : metadata.entity(relationship.intersectEntity);
  if (relationship === undefined || intersect === undefined) throw noManyToMany(near, far);
  const hidden = newScope(reading, intersect, undefined, parent);
  return {
    kind,
    source: {
      slot: hidden.slot,
      entity: intersect,
      columns: [],
      joins: [
        {
          kind,
          source,
          from: attributeOf(source.entity, source.entity.primaryId),
          to: sideOf(intersect, relationship, far),
        },
      ],
    },
    from: sideOf(intersect, relationship, near),
    to: attributeOf(parent.entity, parent.entity.primaryId),
  };
}

function sideOf(intersect: Entity, relationship: ManyToMany, table: string): Attribute {
  const { entity1, entity1Attribute, entity2Attribute } = relationship;
  return attributeOf(intersect, entity1 === table ? entity1Attribute : entity2Attribute);
}
