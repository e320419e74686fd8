import type { Caller, Environment } from '../environment.ts';
import { privilegeDenied, userDisabled } from '../errors/access-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { StoredRow } from '../store/store.ts';
import { grantedBy, grants, isAdministrator, rolesOf, textOf } from './held-privileges.ts';

export type AccessVerb =
  | 'Create'
  | 'Read'
  | 'Write'
  | 'Delete'
  | 'Append'
  | 'AppendTo'
  | 'Assign'
  | 'Share';

/**
 * Throws the service's privilege error when the caller's roles, own ones or through teams, do not grant
 * the verb on the table. How deep a privilege reaches is not looked at here.
 */
export function assertAccess(
  environment: Environment,
  caller: Caller,
  entity: Entity,
  verb: AccessVerb,
): void {
  if (caller.userId === environment.administratorId) return;
  const privilege = entity.privileges.find((each) => each.type === verb);
  // Tables without the privilege ask for none: nobody may be given it.
  if (privilege === undefined) return;
  const { own, throughTeams } = rolesOf(environment, caller.userId);
  const roles = [...own, ...throughTeams];
  if (isAdministrator(roles) || grants(environment, roles, privilege.id)) return;
  const user = environment.store.get('systemuser', caller.userId);
  throw privilegeDenied(
    {
      userId: caller.userId,
      businessUnitId: caller.businessUnitId,
      objectId: textOf(user?.cells.get('azureactivedirectoryobjectid')),
      roleCount: roles.length,
      privilegeCount: grantedBy(environment, roles).size,
      knownPrivileges: environment.store.count('privilege'),
      accessMode: user?.cells.get('accessmode') === 4 ? '4 Non-interactive' : '0 Read-Write',
    },
    entity,
    privilege,
  );
}

/**
 * The user a bearer token stands for. A token is a user's `applicationid`, `domainname` or id itself, or a
 * JWT whose `appid`, `azp`, `oid`, `upn` or `unique_name` is; one that names nobody is the administrator's.
 */
export function callerOf(environment: Environment, token: string): Caller | undefined {
  for (const name of [token, ...namesIn(token)]) {
    const user = userNamed(environment, name);
    if (user === undefined) continue;
    if (user.cells.get('isdisabled') === true) throw userDisabled(user.id);
    return { userId: user.id, businessUnitId: textOf(user.cells.get('businessunitid')) };
  }
  return {
    userId: environment.administratorId,
    businessUnitId: environment.rootBusinessUnitId,
  };
}

function userNamed(environment: Environment, name: string): StoredRow | undefined {
  const { store } = environment;
  const isId = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(name);
  if (!isId) return [...store.find('systemuser', 'domainname', name)][0];
  const id = name.toLowerCase();
  return (
    [...store.find('systemuser', 'applicationid', id)][0] ??
    [...store.find('systemuser', 'azureactivedirectoryobjectid', id)][0] ??
    store.get('systemuser', id)
  );
}

const naming = ['appid', 'azp', 'oid', 'upn', 'unique_name'] as const;

/** Names in the claims of a JWT; none for any other text. */
function namesIn(token: string): readonly string[] {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return [];
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null) return [];
    const known = new Map(Object.entries(claims));
    return naming
      .map((name) => known.get(name))
      .filter((value) => typeof value === 'string' && value !== '');
  } catch {
    return [];
  }
}
