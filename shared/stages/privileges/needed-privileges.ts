import type { PrivilegeDepth } from '../../dataverse/client.ts';
import type { Severity } from '../../errors/finding.ts';
import type { EnvironmentTable, PrivilegeVerb } from '../../model/table.ts';

/** A privilege that a following stage will use. */
export interface NeededPrivilege {
  readonly name: string;
  /** Absent for privileges that belong to no table. */
  readonly table?: string;
  readonly verb: PrivilegeVerb;
  readonly depth: PrivilegeDepth;
  /** `export`, `import`: what fails without it. */
  readonly purpose: string;
  /** How bad it is without it. */
  readonly severity: Severity;
}

/** What privileges are for, and how bad it is when one is missing. */
export interface Purpose {
  readonly purpose: string;
  readonly severity: Severity;
}

/** Gathers privileges, each once: where two purposes need one, the first that asked is told. */
export class Needs {
  readonly #found = new Map<string, NeededPrivilege>();
  readonly #metadata: ReadonlyMap<string, EnvironmentTable>;

  constructor(metadata: ReadonlyMap<string, EnvironmentTable>) {
    this.#metadata = metadata;
  }

  get all(): readonly NeededPrivilege[] {
    return [...this.#found.values()];
  }

  /** A verb the table has no privilege for is not asked for: organization-owned tables have fewer. */
  ask(table: string, { purpose, severity }: Purpose, ...verbs: readonly PrivilegeVerb[]): void {
    for (const verb of verbs) {
      const name = this.#metadata.get(table)?.privileges.get(verb)?.name;
      if (name !== undefined && !this.#found.has(name))
        this.#found.set(name, { name, table, verb, depth: 'global', purpose, severity });
    }
  }
}

/**
 * Definitions of tables, columns and relationships, which every stage reads first. Their privileges
 * belong to no table, so that no metadata names them. Whoever could read definitions without them has
 * lost nothing yet: they are told, no more.
 */
export const definitionNeeds: readonly NeededPrivilege[] = [
  'prvReadEntity',
  'prvReadAttribute',
  'prvReadRelationship',
].map((name) => ({
  name,
  verb: 'read',
  depth: 'global',
  purpose: 'reading definitions',
  severity: 'warning',
}));

/** Lists put together, each privilege once, as the first list has it. */
export function eachOnce(
  ...lists: readonly (readonly NeededPrivilege[])[]
): readonly NeededPrivilege[] {
  const found = new Map<string, NeededPrivilege>();
  for (const need of lists.flat()) if (!found.has(need.name)) found.set(need.name, need);
  return [...found.values()];
}

/**
 * Reading: every row is read, and with a lower depth there would silently be fewer.
 * learn.microsoft.com/power-apps/developer/data-platform/security-access-coding
 */
export function readingNeeds(
  tables: Iterable<string>,
  metadata: ReadonlyMap<string, EnvironmentTable>,
  purpose: Purpose,
): readonly NeededPrivilege[] {
  const needs = new Needs(metadata);
  for (const table of tables) needs.ask(table, purpose, 'read');
  return needs.all;
}
