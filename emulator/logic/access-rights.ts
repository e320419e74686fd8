/**
 * Bits of rights to a row, as `principalobjectaccess.accessrightsmask` and `privilege.accessright` keep
 * them: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/accessrights
 */
export const accessRights = {
  Read: 1,
  Write: 2,
  Append: 4,
  AppendTo: 16,
  Create: 32,
  Delete: 65_536,
  Share: 262_144,
  Assign: 524_288,
} as const;

/** A right that a row can be shared with. */
export type AccessRight = keyof typeof accessRights;
