import type { Guid } from '../model/guid.ts';
import type { Value } from '../model/row.ts';

/** A row of the first generation, with the users it was given to. */
export interface OldProvider {
  readonly id: Guid;
  readonly name: string;
  readonly active: boolean;
  readonly apiVersion: '1.0' | '2.0';
  /** Raw texts; their form is documented nowhere. */
  readonly appSelector: string;
  readonly roleSelector: string;
  readonly values: ReadonlyMap<string, Value>;
  readonly users: readonly Guid[];
}

export interface NewProvider {
  readonly id: Guid;
  readonly name: string;
  readonly uniqueName: string;
  readonly active: boolean;
  readonly url: string;
  readonly values: ReadonlyMap<string, Value>;
}

/** An app profile; the product's own pages also say agent experience profile. */
export interface Profile {
  readonly id: Guid;
  readonly name: string;
  readonly uniqueName: string;
  readonly app: string;
  readonly active: boolean;
  readonly managed: boolean;
  readonly productivityPane: string | undefined;
  /** Ids on the other side, by relationship. */
  readonly links: ReadonlyMap<string, readonly Guid[]>;
  /** Roles whose holders get the profile. */
  readonly roles: readonly Guid[];
}

export interface App {
  readonly id: Guid;
  readonly uniqueName: string;
  readonly name: string;
}

export interface User {
  readonly id: Guid;
  readonly name: string;
  readonly disabled: boolean;
  readonly roles: readonly Guid[];
}

export interface Role {
  readonly id: Guid;
  readonly name: string;
}

/** A row that makes an app load a script. */
export interface Extension {
  readonly id: Guid;
  readonly name: string;
  readonly webResource: string;
  readonly relationship: string;
  readonly active: boolean;
}

/** A row that belongs to a profile and that people know by name. */
export interface Named {
  readonly id: Guid;
  readonly name: string;
}

export interface SessionTemplate extends Named {
  readonly panelState: number | undefined;
}

/** Everything the migration needs to know of an environment. */
export interface Inventory {
  readonly organizationId: Guid;
  readonly url: string;
  readonly oldProviders: readonly OldProvider[];
  readonly providers: readonly NewProvider[];
  readonly profiles: readonly Profile[];
  readonly apps: readonly App[];
  readonly users: ReadonlyMap<Guid, User>;
  readonly roles: readonly Role[];
  readonly extensions: readonly Extension[];
  readonly sessionTemplates: readonly SessionTemplate[];
  /** Names of other rows that profiles are linked to. */
  readonly names: ReadonlyMap<Guid, string>;
  /** Views of the provider table. */
  readonly views: readonly { readonly name: string; readonly active: boolean }[];
  /** Names of web resources that end in the library's. */
  readonly libraries: readonly string[];
  /** What the identity may not read: it counts as not there, and is told. */
  readonly unread: readonly string[];
  /** Columns of the second generation's table that this environment has. */
  readonly providerColumns: ReadonlySet<string>;
}
