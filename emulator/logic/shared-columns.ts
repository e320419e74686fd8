import type { Environment } from '../environment.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import { attributeId } from '../metadata/wire/attribute-definition.ts';
import { isReference } from '../store/store.ts';

/** Rows that share a secured column with a user or with one of the teams: learn.microsoft.com/power-apps/developer/data-platform/column-level-security */
export function rowsSharing(
  { store }: Environment,
  column: { readonly entity: Entity; readonly attribute: Attribute },
  to: {
    readonly principals: ReadonlySet<string>;
    readonly right: 'readaccess' | 'updateaccess';
  },
): ReadonlySet<string> {
  const { entity, attribute } = column;
  const id = attributeId(entity, attribute);
  const rows = new Set<string>();
  for (const { cells } of store.find('principalobjectattributeaccess', 'attributeid', id)) {
    const row = cells.get('objectid') ?? null;
    const principal = cells.get('principalid') ?? null;
    if (!isReference(row) || !isReference(principal) || cells.get(to.right) !== true) continue;
    if (row.table === entity.logicalName && to.principals.has(principal.id)) rows.add(row.id);
  }
  return rows;
}
