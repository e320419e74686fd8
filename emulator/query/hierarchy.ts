import type { Attribute, Entity, ManyToOne } from '../metadata/metadata.ts';
import { isReference, type Cell } from '../store/store.ts';
import type { RowSource } from './related-rows.ts';

/** Ids above, at or below a row in the hierarchy of its table; undefined where the table has none. */
export function hierarchyIds(
  rows: RowSource,
  column: { readonly entity: Entity; readonly attribute: Attribute },
  id: string,
  parts: readonly ('self' | 'below' | 'above')[],
): readonly string[] | undefined {
  const { entity, attribute } = column;
  const tables =
    attribute.logicalName === entity.primaryId ? [entity.logicalName] : attribute.targets;
  const parent = tables.map((table) => parentLookup(rows, table)).find((found) => found);
  if (parent === undefined) return undefined;
  return [
    ...(parts.includes('self') ? [id] : []),
    ...(parts.includes('below') ? below(rows, parent, id) : []),
    ...(parts.includes('above') ? above(rows, parent, id) : []),
  ];
}

/** How many rows stand right below a row; undefined for tables without a hierarchy. */
export function childCounter(rows: RowSource, table: string): ((id: string) => number) | undefined {
  const parent = parentLookup(rows, table);
  if (parent === undefined) return undefined;
  const { referencingEntity, referencingAttribute } = parent;
  return (id) =>
    [...rows.store.find(referencingEntity, referencingAttribute, { table, id })].length;
}

// Metadata marks one self-reference as the hierarchy; in the platform's own tables it is the one whose
// column names the parent (parentaccountid, parentbusinessunitid, parentsystemuserid).
function parentLookup(rows: RowSource, table: string): ManyToOne | undefined {
  const own = rows.metadata
    .manyToOne(table)
    .filter((relationship) => relationship.referencedEntity === table);
  return (
    own.find(({ referencingAttribute }) => /(^|_)parent/.test(referencingAttribute)) ??
    own.find(({ referencingAttribute }) => referencingAttribute !== 'masterid')
  );
}

function below(rows: RowSource, parent: ManyToOne, id: string): readonly string[] {
  const found = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const table = parent.referencingEntity;
    for (const row of rows.store.find(table, parent.referencingAttribute, { table, id: next })) {
      if (found.has(row.id) || row.id === id) continue;
      found.add(row.id);
      open.push(row.id);
    }
  }
  return [...found];
}

function above(rows: RowSource, parent: ManyToOne, id: string): readonly string[] {
  const found = new Set<string>();
  let next: string | undefined = id;
  while (next !== undefined) {
    const reference: Cell =
      rows.store.get(parent.referencingEntity, next)?.cells.get(parent.referencingAttribute) ??
      null;
    next = undefined;
    if (isReference(reference) && !found.has(reference.id) && reference.id !== id) {
      found.add(reference.id);
      next = reference.id;
    }
  }
  return [...found];
}

/** A user and everyone who reports to them, directly or not. */
export function userAndReports(rows: RowSource, userId: string): readonly string[] {
  const parent = parentLookup(rows, 'systemuser');
  return parent === undefined ? [userId] : [userId, ...below(rows, parent, userId)];
}

/** Teams any of the users is a member of. */
export function teamsOf(rows: RowSource, userIds: readonly string[]): readonly string[] {
  const users = new Set(userIds);
  const teams = new Set<string>();
  for (const row of rows.store.rows('teammembership')) {
    const user = row.cells.get('systemuserid') ?? null;
    const team = row.cells.get('teamid') ?? null;
    const userId = isReference(user) ? user.id : user;
    const teamId = isReference(team) ? team.id : team;
    if (typeof userId === 'string' && typeof teamId === 'string' && users.has(userId)) {
      teams.add(teamId);
    }
  }
  return [...teams];
}
