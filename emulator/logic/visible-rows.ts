import { accessRights, type AccessRight } from './access-rights.ts';
import type { Caller, Environment } from '../environment.ts';
import { ownerMissingPrivilege, rowAccessDenied } from '../errors/access-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { StoredRow } from '../store/store.ts';
import { assertAccess } from './access.ts';
import {
  grants,
  heldDepth,
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
  return (entity) => {
    assertAccess(environment, caller, entity, 'Read');
    const privilege = entity.privileges.find((each) => each.type === 'Read');
    const depth = privilege === undefined ? 'Global' : heldDepth(environment, roles, privilege.id);
    return testOf(environment, caller, { entity, depth: depth ?? 'Basic', verb: 'Read' });
  };
}

/**
 * Throws where the caller's privilege for the verb does not reach a row: it is neither the caller's own,
 * nor near enough, nor shared for this.
 */
export function assertRowAccess(
  environment: Environment,
  caller: Caller,
  of: { readonly entity: Entity; readonly row: StoredRow; readonly verb: AccessRight },
): void {
  const { entity, row, verb } = of;
  assertAccess(environment, caller, entity, verb);
  if (caller.userId === environment.administratorId) return;
  const { own, throughTeams } = rolesOf(environment, caller.userId);
  const roles = [...own, ...throughTeams];
  const privilege = entity.privileges.find((each) => each.type === verb);
  if (isAdministrator(roles) || privilege === undefined) return;
  const depth = heldDepth(environment, roles, privilege.id) ?? 'Basic';
  const reaches = testOf(environment, caller, { entity, depth, verb });
  if (reaches === undefined || reaches(row)) return;
  throw rowAccessDenied(entity, {
    rowId: row.id,
    ownerId: textOf(row.cells.get('ownerid')),
    userId: caller.userId,
    businessUnitId: textOf(row.cells.get('owningbusinessunit')),
    verb,
  });
}

/** Does a verb's privilege of a user or a team reach a row, or a share of the row stand in for its depth? */
export function reachesRow(
  environment: Environment,
  principal: { readonly table: string; readonly id: string; readonly businessUnitId: string },
  of: { readonly entity: Entity; readonly row: StoredRow; readonly verb: AccessRight },
): boolean {
  const { entity, row, verb } = of;
  const privilege = entity.privileges.find((each) => each.type === verb);
  if (privilege === undefined) return false;
  const { id, businessUnitId } = principal;
  const roles =
    principal.table === 'team' ? teamRolesOf(environment, id) : allRolesOf(environment, id);
  if (id === environment.administratorId || isAdministrator(roles)) return true;
  const depth = heldDepth(environment, roles, privilege.id);
  if (depth === undefined) return false;
  return (
    testOf(environment, { userId: id, businessUnitId }, { entity, depth, verb })?.(row) ?? true
  );
}

/** Throws where a new owner may not read the table: rows are not given to who cannot see them. */
export function assertOwnerMayRead(
  environment: Environment,
  entity: Entity,
  owner: { readonly table: string; readonly id: string },
): void {
  const privilege = entity.privileges.find((each) => each.type === 'Read');
  if (privilege === undefined || owner.id === environment.administratorId) return;
  const roles =
    owner.table === 'team' ? teamRolesOf(environment, owner.id) : allRolesOf(environment, owner.id);
  if (isAdministrator(roles) || grants(environment, roles, privilege.id)) return;
  throw ownerMissingPrivilege(owner, privilege.name);
}

function allRolesOf(environment: Environment, userId: string): readonly StoredRow[] {
  const { own, throughTeams } = rolesOf(environment, userId);
  return [...own, ...throughTeams];
}

function teamRolesOf({ store }: Environment, teamId: string): readonly StoredRow[] {
  return [...store.find('teamroles', 'teamid', teamId)]
    .map((row) => store.get('role', textOf(row.cells.get('roleid'))))
    .filter((role) => role !== undefined);
}

function testOf(
  environment: Environment,
  caller: Pick<Caller, 'userId' | 'businessUnitId'>,
  of: { readonly entity: Entity; readonly depth: PrivilegeDepth; readonly verb: AccessRight },
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
  const isShared = sharedTest(environment, owners, of.verb);
  return (row) => {
    const isOwn = row.id === caller.userId || owners.has(textOf(row.cells.get('ownerid')));
    const isNear = depth !== 'Basic' && units.has(textOf(row.cells.get(unitColumn)));
    return isOwn || isNear || isShared(row.id);
  };
}

/** Rows that were shared with the caller or one of the caller's teams. */
function sharedTest(
  { store }: Environment,
  principals: ReadonlySet<string>,
  verb: AccessRight,
): (id: string) => boolean {
  const shared = new Set<string>();
  for (const principal of principals) {
    for (const row of store.find('principalobjectaccess', 'principalid', principal)) {
      const mask = Number(row.cells.get('accessrightsmask') ?? 0);
      if ((mask & accessRights[verb]) !== 0) shared.add(textOf(row.cells.get('objectid')));
    }
  }
  return (id) => shared.has(id);
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
