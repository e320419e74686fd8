import { oneOf, rawColumn } from './build-attribute.ts';
import type { ManyToMany, ManyToOne } from './metadata.ts';
import type { RawColumn, RawLink, RawTable } from './raw-tables.ts';

const deletes = ['NoCascade', 'Cascade', 'RemoveLink', 'Restrict'] as const;

/** The relationships of a table's lookups, one per column and target. */
export function buildManyToOne(
  logicalName: string,
  table: RawTable,
  context: {
    readonly standard: Readonly<Record<string, RawColumn>>;
    /** Id column of a table. */
    idOf(table: string): string | undefined;
  },
): ManyToOne[] {
  const relationships: ManyToOne[] = [];
  for (const entry of table.columns) {
    const column = rawColumn(entry, logicalName, context.standard);
    for (const [target, to] of Object.entries(column.to ?? {})) {
      if (to === undefined) continue;
      const given = typeof to === 'string' ? { name: to } : to;
      relationships.push({
        schemaName: given.name,
        referencingEntity: logicalName,
        referencingAttribute: column.name,
        referencedEntity: target,
        referencedAttribute: context.idOf(target) ?? `${target}id`,
        referencingNavigation: given.navigation ?? column.name,
        referencedNavigation: given.referenced ?? given.name,
        cascadeDelete: oneOf(deletes, given.delete ?? usualDelete(column.name), column.name),
      });
    }
  }
  return relationships;
}

/** Who made, changed or owns a row does not depend on whether that user is still there. */
function usualDelete(column: string): ManyToOne['cascadeDelete'] {
  return /^(created|modified|owning|ownerid)/.test(column) ? 'NoCascade' : 'RemoveLink';
}

export function buildManyToMany(logicalName: string, link: RawLink): ManyToMany {
  return {
    schemaName: link.name,
    intersectEntity: link.intersect,
    ...(link.set === undefined ? {} : { intersectEntitySet: link.set }),
    entity1: logicalName,
    entity1Attribute: link.column,
    entity1Navigation: link.navigation,
    entity2: link.to,
    entity2Attribute: link.toColumn,
    entity2Navigation: link.toNavigation,
  };
}
