import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Link, Value } from '../model/row.ts';
import type { OldProvider, NewProvider, Profile } from './inventory.ts';

/** A provider of the first generation and what becomes of it. */
export interface MappedProvider {
  readonly old: OldProvider;
  /** Its row in the second generation: the one that is there, or the one that is created. */
  readonly id: Guid;
  readonly uniqueName: string;
  readonly existing: NewProvider | undefined;
  /** The product's own provider: attached and compared, never written. */
  readonly isBuiltIn: boolean;
  /** Unique names of the apps it is migrated for. */
  readonly apps: readonly string[];
  /** Names of apps that go on with the first generation. */
  readonly staysFor: readonly string[];
  /** Columns of the second generation; a column that is absent is left alone. */
  readonly values: ReadonlyMap<string, Value>;
  readonly users: readonly Guid[];
  readonly roles: readonly Guid[];
}

/** The profile of one app that providers are attached to. */
export interface ChosenProfile {
  readonly app: string;
  readonly id: Guid;
  readonly name: string;
  readonly uniqueName: string;
  readonly existing: Profile | undefined;
  /** What a new one takes its templates and panes from. */
  readonly inherits: Profile | undefined;
}

/** A row as it should be; cells that are absent are left alone. */
export interface WantedRow {
  readonly table: string;
  readonly id: Guid;
  readonly name: string;
  readonly cells: ReadonlyMap<string, Value>;
}

/** A link to be taken away, with what people call its first side. */
export interface UnwantedLink {
  readonly link: Link;
  readonly name: string;
}

/** What the migration wants of an environment, whatever it holds already. */
export interface Mapping {
  /** Of what was read from the first generation and of what was decided: the same until one of them changes. */
  readonly hash: string;
  readonly providers: readonly MappedProvider[];
  readonly profiles: readonly ChosenProfile[];
  readonly rows: readonly WantedRow[];
  readonly links: readonly Link[];
  readonly unlinks: readonly UnwantedLink[];
  readonly findings: readonly Finding[];
}
