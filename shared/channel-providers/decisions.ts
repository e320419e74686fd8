/** What to do with users who have another profile of the app already. */
export type UsersWithProfile = 'move' | 'attach' | 'leave';

/** What the operator decided of one provider. */
export interface ProviderDecision {
  /** Name or id of the row of the first generation. */
  readonly provider: string;
  readonly skip?: true;
  readonly uniqueName?: string;
  /** Instead of what the app selector says. */
  readonly apps?: readonly string[];
  /** Names or ids of roles whose holders get the profile. */
  readonly roles?: readonly string[];
  readonly users?: 'copy' | 'none';
  /** Values by column of the second generation, instead of the copied ones. */
  readonly values?: ReadonlyMap<string, string | number | boolean | null>;
}

/** Which profile of an app the providers are attached to. */
export interface ProfileDecision {
  readonly app: string;
  /** Name or unique name of an existing profile, or the name of the one to create. */
  readonly name?: string;
  readonly uniqueName?: string;
  /** Name or unique name of the profile a new one takes its templates and panes from; `none` for an empty one. */
  readonly copyFrom?: string;
}

/** Everything the operator decides; each has a default that follows the procedure. */
export interface Decisions {
  readonly prefix: string;
  /** Apps to migrate for; the operator vouches that others than the two known ones show several sessions. */
  readonly apps: readonly string[];
  /** The apps were named, not assumed. */
  readonly appsAreGiven: boolean;
  /** Roles found in the role selector become role mappings. */
  readonly copyRoles: boolean;
  readonly usersWithProfile: UsersWithProfile;
  /** Rows of the first generation are deactivated when everything they were used in is migrated. */
  readonly deactivate: boolean;
  readonly providers: readonly ProviderDecision[];
  readonly profiles: readonly ProfileDecision[];
}
