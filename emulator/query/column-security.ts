import type { Attribute, Entity } from '../metadata/metadata.ts';
import { isReference, type StoredRow } from '../store/store.ts';
import { teamsOf } from './hierarchy.ts';
import type { QueryContext } from './interface.ts';

const allowed = 4;

/**
 * May the caller read a secured column? Administrators may; others need a field security profile, their
 * own or a team's, whose permission for the column allows reading.
 */
export function columnReadable(
  context: QueryContext,
  entity: Entity,
  attribute: Attribute,
): boolean {
  const { environment, caller } = context;
  if (caller.userId === environment.administratorId) return true;
  const { store } = environment;
  const profiles = new Set<string>();
  const collect = (table: string, member: string, ids: ReadonlySet<string>): void => {
    for (const row of store.rows(table)) {
      const owner = idIn(row, member);
      const profile = idIn(row, 'fieldsecurityprofileid');
      if (owner !== undefined && profile !== undefined && ids.has(owner)) profiles.add(profile);
    }
  };
  collect('systemuserprofiles', 'systemuserid', new Set([caller.userId]));
  collect('teamprofiles', 'teamid', new Set(teamsOf(environment, [caller.userId])));
  for (const row of store.rows('fieldpermission')) {
    const profile = idIn(row, 'fieldsecurityprofileid');
    if (
      profile !== undefined &&
      profiles.has(profile) &&
      row.cells.get('entityname') === entity.logicalName &&
      row.cells.get('attributelogicalname') === attribute.logicalName &&
      row.cells.get('canread') === allowed
    ) {
      return true;
    }
  }
  return false;
}

/** The caller and the caller's teams. */
export function principalsOf({ environment, caller }: QueryContext): ReadonlySet<string> {
  return new Set([caller.userId, ...teamsOf(environment, [caller.userId])]);
}

function idIn(row: StoredRow, column: string): string | undefined {
  const cell = row.cells.get(column) ?? null;
  if (isReference(cell)) return cell.id;
  return typeof cell === 'string' ? cell : undefined;
}
