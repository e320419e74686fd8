import type { Entity } from '../metadata/metadata.ts';
import { ServiceError } from '../service-error.ts';

/** What the service tells about the user whose privilege is missing. */
export interface DeniedUser {
  readonly userId: string;
  readonly businessUnitId: string;
  readonly objectId: string;
  readonly roleCount: number;
  readonly privilegeCount: number;
  /** Privileges the whole environment knows. */
  readonly knownPrivileges: number;
  /** `0 Read-Write`, `4 Non-interactive`. */
  readonly accessMode: string;
}

/** The caller holds none of the privilege that an operation on a table needs. */
export function privilegeDenied(
  user: DeniedUser,
  entity: Entity,
  privilege: { readonly name: string; readonly id: string },
): ServiceError {
  const about = [
    `Id=${user.userId}`,
    'type=8',
    `roleCount=${user.roleCount}`,
    `privilegeCount=${user.privilegeCount}`,
    `accessMode='${user.accessMode}'`,
    `AADObjectId='${user.objectId}'`,
    `MetadataCachePrivilegesCount=${user.knownPrivileges}`,
    `businessUnitId=${user.businessUnitId}`,
  ].join(', ');
  return new ServiceError(
    403,
    '0x80040220',
    `Principal user (${about}), is missing ${privilege.name} privilege (Id=${privilege.id}) on OTC=${entity.objectTypeCode} for entity '${entity.logicalName}'. context.Caller=${user.userId}.`,
  );
}

/** The caller may not have custom server logic left out. */
export function bypassDenied(userId: string, privilege: string): ServiceError {
  return new ServiceError(
    403,
    '0x80040220',
    `Principal user (Id=${userId}, type=8) is missing ${privilege} privilege.`,
  );
}

/** A disabled user's token still names the user. */
export function userDisabled(userId: string): ServiceError {
  return new ServiceError(
    403,
    '0x80040225',
    `The specified user(Id = ${userId}) is disabled. Consider enabling this user. Additional Details: {"UserId":"${userId}","IsDisabled":true}`,
  );
}

/** A function about a user asks for one that is not there. */
export function userNotFound(userId: string): ServiceError {
  return new ServiceError(404, '0x80040217', `systemuser With Id = ${userId} Does Not Exist`);
}

/** A column under column security in a create, without the permission for it. */
export function securedCreateDenied(): ServiceError {
  return new ServiceError(
    403,
    '0x8004f502',
    'The user does not have create permissions to a secured field. The requested operation could not be completed.',
  );
}

/** The same in an update. */
export function securedUpdateDenied(): ServiceError {
  return new ServiceError(
    403,
    '0x8004f507',
    "The user doesn't have AttributePrivilegeUpdate and not granted shared access for a secured attribute during update operation",
  );
}

/** A privilege that the caller holds does not reach this row. */
export function rowAccessDenied(
  entity: Entity,
  about: {
    readonly rowId: string;
    readonly ownerId: string;
    readonly userId: string;
    readonly businessUnitId: string;
    readonly verb: string;
  },
): ServiceError {
  const { rowId, ownerId, userId, businessUnitId, verb } = about;
  return new ServiceError(
    403,
    '0x80040220',
    `SecLib::AccessCheckEx failed. Returned hr = -2147187962, ObjectID: ${rowId}, OwnerId: ${ownerId}, OwnerIdType: 8 and CallingUser: ${userId}. ObjectTypeCode: ${entity.objectTypeCode}, objectBusinessUnitId: ${businessUnitId}, AccessRights: ${verb}Access`,
  );
}

/** The user or team that is to own a row may not read the table. */
export function ownerMissingPrivilege(
  owner: { readonly table: string; readonly id: string },
  privilege: string,
): ServiceError {
  const type = owner.table === 'team' ? 9 : 8;
  return new ServiceError(
    403,
    '0x80040220',
    `Principal ${owner.table === 'team' ? 'team' : 'user'} (Id=${owner.id}, type=${type}) is missing ${privilege} privilege.`,
  );
}
