import type { Caller, Environment } from '../environment.ts';
import type { Cell, StoredRow } from '../store/store.ts';

/** How far a privilege reaches; numbers as `roleprivileges.privilegedepthmask` has them. */
export const privilegeDepths = [
  [1, 'Basic'],
  [2, 'Local'],
  [4, 'Deep'],
  [8, 'Global'],
] as const;
export type PrivilegeDepth = (typeof privilegeDepths)[number][1];

export interface HeldPrivilege {
  readonly id: string;
  readonly depth: PrivilegeDepth;
  /** Of the role that grants it. */
  readonly businessUnitId: string;
}

/** The roles a user has: own ones, and those of teams the user is a member of. */
export interface UserRoles {
  readonly own: readonly StoredRow[];
  readonly throughTeams: readonly StoredRow[];
}

/** The template of the role that may do everything, in tables added later too. */
const systemAdministratorTemplate = '627090ff-40a3-4053-8790-584edc5be201';

export function rolesOf(environment: Environment, userId: string): UserRoles {
  const { store } = environment;
  const rolesIn = (table: string, column: string, id: string): readonly StoredRow[] =>
    [...store.find(table, column, id)]
      .map((row) => store.get('role', textOf(row.cells.get('roleid'))))
      .filter((role) => role !== undefined);
  const teams = [...store.find('teammembership', 'systemuserid', userId)].map((row) =>
    textOf(row.cells.get('teamid')),
  );
  return {
    own: rolesIn('systemuserroles', 'systemuserid', userId),
    throughTeams: teams.flatMap((team) => rolesIn('teamroles', 'teamid', team)),
  };
}

/** Whether one of the roles is System Administrator. */
export function isAdministrator(roles: readonly StoredRow[]): boolean {
  return roles.some(
    (role) => textOf(role.cells.get('roletemplateid')) === systemAdministratorTemplate,
  );
}

/** Does the caller hold a privilege that belongs to no table? The administrator holds all. */
export function holds(environment: Environment, caller: Caller, privilege: string): boolean {
  if (caller.userId === environment.administratorId) return true;
  const { own, throughTeams } = rolesOf(environment, caller.userId);
  const roles = [...own, ...throughTeams];
  if (isAdministrator(roles)) return true;
  const [row] = environment.store.find('privilege', 'name', privilege);
  return row !== undefined && grants(environment, roles, row.id);
}

/** What roles grant: each privilege once, at its deepest. */
export function grantedBy(
  environment: Environment,
  roles: readonly StoredRow[],
): ReadonlyMap<string, HeldPrivilege> {
  const held = new Map<string, HeldPrivilege>();
  for (const role of roles) {
    const businessUnitId = textOf(role.cells.get('businessunitid'));
    for (const row of environment.store.find('roleprivileges', 'roleid', role.id)) {
      const id = textOf(row.cells.get('privilegeid'));
      const depth = depthOf(row.cells.get('privilegedepthmask'));
      const before = held.get(id);
      if (before === undefined || rank(depth) > rank(before.depth)) {
        held.set(id, { id, depth, businessUnitId });
      }
    }
  }
  return held;
}

/** Does one of the roles grant the privilege? Looks up pairs instead of listing all there are. */
export function grants(
  environment: Environment,
  roles: readonly StoredRow[],
  privilegeId: string,
): boolean {
  return roles.some(
    (role) =>
      environment.store.findAll(
        'roleprivileges',
        new Map<string, Cell>([
          ['roleid', role.id],
          ['privilegeid', privilegeId],
        ]),
      ).length > 0,
  );
}

/** How far one privilege reaches: looked up, without listing all that are held. */
export function heldDepth(
  { store }: Environment,
  roles: readonly StoredRow[],
  privilegeId: string,
): PrivilegeDepth | undefined {
  let deepest: PrivilegeDepth | undefined;
  for (const role of roles) {
    const pair = new Map<string, Cell>([
      ['roleid', role.id],
      ['privilegeid', privilegeId],
    ]);
    for (const row of store.findAll('roleprivileges', pair)) {
      const depth = depthOf(row.cells.get('privilegedepthmask'));
      if (deepest === undefined || rank(depth) > rank(deepest)) deepest = depth;
    }
  }
  return deepest;
}

/** The id of a lookup, or the text of an id column. */
export function textOf(cell: Cell | undefined): string {
  if (typeof cell === 'string') return cell;
  return typeof cell === 'object' && cell !== null && 'id' in cell ? cell.id : '';
}

function depthOf(mask: Cell | undefined): PrivilegeDepth {
  return privilegeDepths.find(([bit]) => bit === mask)?.[1] ?? 'Basic';
}

function rank(depth: PrivilegeDepth): number {
  return privilegeDepths.findIndex(([, name]) => name === depth);
}
