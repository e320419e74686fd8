import { userNotFound } from '../errors/access-errors.ts';
import { invalidArgument, rowNotFound } from '../errors/payload-errors.ts';
import {
  grantedBy,
  isAdministrator,
  privilegeDepths,
  rolesOf,
  textOf,
  type HeldPrivilege,
} from '../logic/held-privileges.ts';
import { reachesRow } from '../logic/visible-rows.ts';
import { unquote } from '../protocol/path.ts';
import type { JsonObject } from '../query/interface.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import type { FunctionCall, FunctionHandler } from './function-handler.ts';
import { rowOfReference } from './entity-parameter.ts';

/** Functions about privileges, by name without namespace. */
export const privilegeFunctions: ReadonlyMap<string, FunctionHandler> = new Map<
  string,
  FunctionHandler
>([
  ['RetrieveAadUserPrivileges', retrieveAadUserPrivileges],
  ['RetrieveUserPrivileges', retrieveUserPrivileges],
  ['RetrieveUserPrivilegeByPrivilegeName', (call) => byName(call, [text(call, 'PrivilegeName')])],
  ['RetrieveUserPrivilegeByPrivilegeId', (call) => byId(call, [text(call, 'PrivilegeId')])],
  ['RetrieveUserSetOfPrivilegesByNames', (call) => byName(call, list(call, 'PrivilegeNames'))],
  ['RetrieveUserSetOfPrivilegesByIds', (call) => byId(call, list(call, 'PrivilegeIds'))],
  ['RetrieveUsersPrivilegesThroughTeams', retrieveThroughTeams],
  ['RetrieveRolePrivilegesRole', retrieveRolePrivileges],
  ['RetrievePrincipalAccess', retrievePrincipalAccess],
]);

/**
 * Everything a user holds, but privileges through teams at Basic depth only: the reference says so and
 * points to the other functions for exact answers.
 */
function retrieveUserPrivileges(call: FunctionCall): JsonObject {
  const { own, throughTeams } = rolesOf(call.context.environment, userOf(call).id);
  const held = new Map<string, HeldPrivilege>();
  for (const each of privilegesOf(call, throughTeams).values()) {
    held.set(each.id, { ...each, depth: 'Basic' });
  }
  for (const each of privilegesOf(call, own).values()) held.set(each.id, each);
  return answer(call, [...held.values()]);
}

/** The same for who is known by the id of their directory: learn.microsoft.com/power-apps/developer/data-platform/aad-group-team */
function retrieveAadUserPrivileges(call: FunctionCall): JsonObject {
  const user = userOfDirectory(call.context, text(call, 'DirectoryObjectId'));
  const { own, throughTeams } = rolesOf(call.context.environment, user.id);
  return answer(call, [...privilegesOf(call, [...own, ...throughTeams]).values()]);
}

/** The user with an id of the directory. */
export function userOfDirectory(
  { environment }: FunctionCall['context'],
  objectId: string,
): StoredRow {
  const id = objectId.toLowerCase();
  const [user] = environment.store.find('systemuser', 'azureactivedirectoryobjectid', id);
  if (user === undefined) throw userNotFound(id);
  return user;
}

function retrieveThroughTeams(call: FunctionCall): JsonObject {
  const { throughTeams } = rolesOf(call.context.environment, userOf(call).id);
  return answer(call, [...privilegesOf(call, throughTeams).values()]);
}

function byName(call: FunctionCall, names: readonly string[]): JsonObject {
  const { store } = call.context.environment;
  return byId(
    call,
    names.flatMap((name) => [...store.find('privilege', 'name', name)].map((row) => row.id)),
  );
}

/** Only held privileges are listed; a name that does not exist is as one that is not held. */
function byId(call: FunctionCall, ids: readonly string[]): JsonObject {
  const { own, throughTeams } = rolesOf(call.context.environment, userOf(call).id);
  const held = privilegesOf(call, [...own, ...throughTeams]);
  const wanted = new Set(ids.map((id) => id.toLowerCase()));
  return answer(
    call,
    [...wanted].map((id) => held.get(id)).filter((each) => each !== undefined),
  );
}

function retrieveRolePrivileges(call: FunctionCall): JsonObject {
  const id = text(call, 'RoleId').toLowerCase();
  const role = call.context.environment.store.get('role', id);
  if (role === undefined) throw rowNotFound('role', id);
  return answer(call, [...privilegesOf(call, [role]).values()]);
}

const rights = [
  ['Read', 'ReadAccess'],
  ['Write', 'WriteAccess'],
  ['Append', 'AppendAccess'],
  ['AppendTo', 'AppendToAccess'],
  ['Create', 'CreateAccess'],
  ['Delete', 'DeleteAccess'],
  ['Share', 'ShareAccess'],
  ['Assign', 'AssignAccess'],
] as const;

/** What a user or a team may do with one row: privileges that reach it, and those it is shared for. */
function retrievePrincipalAccess(call: FunctionCall): JsonObject {
  const { environment } = call.context;
  const bound = call.boundTo;
  if (bound === undefined) throw userNotFound(call.context.caller.userId);
  const target = rowOfReference(call.context, call.parameters.get('Target') ?? '');
  const principal = {
    table: bound.entity.logicalName,
    id: bound.row.id,
    businessUnitId: textOf(bound.row.cells.get('businessunitid')),
  };
  const granted = rights.filter(([verb]) =>
    reachesRow(environment, principal, { ...target, verb }),
  );
  return {
    AccessRights: granted.length === 0 ? 'None' : granted.map(([, right]) => right).join(', '),
  };
}

/** System administrators hold whatever there is. */
function privilegesOf(
  call: FunctionCall,
  roles: readonly StoredRow[],
): ReadonlyMap<string, HeldPrivilege> {
  const { environment } = call.context;
  const held = grantedBy(environment, roles);
  if (!isAdministrator(roles)) return held;
  const all = new Map(held);
  for (const entity of environment.metadata.entities()) {
    for (const { id } of entity.privileges) {
      if (all.has(id)) continue;
      all.set(id, { id, depth: 'Global', businessUnitId: environment.rootBusinessUnitId });
    }
  }
  return all;
}

function answer(call: FunctionCall, held: readonly HeldPrivilege[]): JsonObject {
  return {
    RolePrivileges: held.map((each) => ({
      ...shown(call, each),
      PrivilegeName: nameOf(call, each.id),
    })),
  };
}

function shown(call: FunctionCall, held: HeldPrivilege): JsonObject {
  const depth = privilegeDepths.find(([, name]) => name === held.depth)?.[1] ?? 'Basic';
  return {
    Depth: depth,
    PrivilegeId: held.id,
    BusinessUnitId: held.businessUnitId || call.context.environment.rootBusinessUnitId,
  };
}

function nameOf(call: FunctionCall, id: string): Cell {
  const { environment } = call.context;
  const name = environment.store.get('privilege', id)?.cells.get('name');
  if (name !== undefined) return name;
  // Tables added later have privileges that no row lists.
  for (const entity of environment.metadata.entities()) {
    const privilege = entity.privileges.find((each) => each.id === id);
    if (privilege !== undefined) return privilege.name;
  }
  return null;
}

/** The user a function is bound to; unbound calls of the same name are refused. */
function userOf(call: FunctionCall): StoredRow {
  const bound = call.boundTo;
  if (bound === undefined || bound.entity.logicalName !== 'systemuser') {
    throw userNotFound(call.context.caller.userId);
  }
  return bound.row;
}

function text(call: FunctionCall, name: string): string {
  const literal = call.parameters.get(name);
  if (literal === undefined) throw invalidArgument(`The parameter '${name}' is missing.`);
  return unquote(literal);
}

/** `["a","b"]`, `['a','b']`, or ids without quotes. */
function list(call: FunctionCall, name: string): readonly string[] {
  const literal = call.parameters.get(name) ?? '';
  const inner = /^\s*\[(.*)\]\s*$/s.exec(literal)?.[1];
  if (inner === undefined) throw invalidArgument(`'${literal}' is not a collection.`);
  return inner
    .split(',')
    .map((each) => each.trim().replace(/^["']|["']$/g, ''))
    .filter((each) => each !== '');
}
