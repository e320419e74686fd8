import type { Caller, Environment } from '../environment.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { StoredRow } from '../store/store.ts';
import { assertAccess } from './access.ts';
import {
  grantedBy,
  isAdministrator,
  rolesOf,
  textOf,
  type PrivilegeDepth,
} from './held-privileges.ts';

type Test = (row: StoredRow) => boolean;

/**
 * Which rows a caller's Read privileges show, by how deep they reach: own rows and those of the caller's
 * teams, of the business unit, of it and those below, or all. A query leaves the others out without a word.
 * Undefined for administrators, who see everything.
 */
export function visibleRows(
  environment: Environment,
  caller: Caller,
): ((entity: Entity) => Test | undefined) | undefined {
  if (caller.userId === environment.administratorId) return undefined;
  const { own, throughTeams } = rolesOf(environment, caller.userId);
  const roles = [...own, ...throughTeams];
  if (isAdministrator(roles)) return undefined;
  const held = grantedBy(environment, roles);
  return (entity) => {
    assertAccess(environment, caller, entity, 'Read');
    const privilege = entity.privileges.find((each) => each.type === 'Read');
    const depth = privilege === undefined ? 'Global' : held.get(privilege.id)?.depth;
    return testOf(environment, caller, { entity, depth: depth ?? 'Basic' });
  };
}

function testOf(
  environment: Environment,
  caller: Caller,
  of: { readonly entity: Entity; readonly depth: PrivilegeDepth },
): Test | undefined {
  const { entity, depth } = of;
  const isOwned = entity.ownership === 'UserOwned' || entity.ownership === 'BusinessOwned';
  if (!isOwned || depth === 'Global') return undefined;
  const owners = new Set([caller.userId, ...teamsOf(environment, caller.userId)]);
  const units =
    depth === 'Deep'
      ? unitsBelow(environment, caller.businessUnitId)
      : new Set([caller.businessUnitId]);
  const unitColumn = entity.ownership === 'UserOwned' ? 'owningbusinessunit' : 'businessunitid';
  return (row) => {
    const isOwn = row.id === caller.userId || owners.has(textOf(row.cells.get('ownerid')));
    return isOwn || (depth !== 'Basic' && units.has(textOf(row.cells.get(unitColumn))));
  };
}

function teamsOf(environment: Environment, userId: string): readonly string[] {
  const memberships = environment.store.find('teammembership', 'systemuserid', userId);
  return [...memberships].map((row) => textOf(row.cells.get('teamid')));
}

function unitsBelow(environment: Environment, unitId: string): ReadonlySet<string> {
  const units = new Set([unitId]);
  for (const unit of units) {
    const parent = { table: 'businessunit', id: unit };
    const children = environment.store.find('businessunit', 'parentbusinessunitid', parent);
    // A set that grows while it is walked is walked to its new end.
    for (const child of children) units.add(child.id);
  }
  return units;
}
