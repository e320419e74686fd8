import type { DataverseReader, PrivilegeDepth } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import type { EnvironmentTable, PrivilegeVerb } from '../../model/table.ts';
import type { TableUse } from './inspect-rows.ts';
import type { NeededTable } from './needed-tables.ts';

/** A privilege that a following stage will use. */
export interface NeededPrivilege {
  readonly name: string;
  readonly table: string;
  readonly verb: PrivilegeVerb;
  readonly depth: PrivilegeDepth;
  /** `export`, `import`: what fails without it. */
  readonly purpose: string;
}

/**
 * An export reads every row: with a lower depth it would silently hold fewer.
 * learn.microsoft.com/power-apps/developer/data-platform/security-access-coding
 */
export function readPrivileges(
  tables: readonly string[],
  metadata: ReadonlyMap<string, EnvironmentTable>,
): readonly NeededPrivilege[] {
  return tables.flatMap((table) => need(metadata, table, 'read', 'export'));
}

/**
 * What an import does: read and compare, create, update; lookups that are set need Append on the
 * row's table and AppendTo on the other; links need Append on one side and AppendTo on the other.
 */
export function importPrivileges(
  needed: readonly NeededTable[],
  uses: ReadonlyMap<string, TableUse>,
  metadata: ReadonlyMap<string, EnvironmentTable>,
): readonly NeededPrivilege[] {
  const found = new Map<string, NeededPrivilege>();
  const ask = (table: string, ...verbs: readonly PrivilegeVerb[]): void => {
    for (const verb of verbs)
      for (const privilege of need(metadata, table, verb, 'import'))
        found.set(privilege.name, privilege);
  };
  for (const table of needed) {
    const use = uses.get(table.name);
    const own = (use?.rows ?? 0) - (use?.systemRows.size ?? 0);
    ask(table.name, 'read');
    if (own > 0) ask(table.name, 'create');
    if (own > 0 && !table.skipUpdate) ask(table.name, 'write');
    for (const targets of use?.lookups.values() ?? []) {
      ask(table.name, 'append');
      for (const target of targets) ask(target, 'read', 'appendTo');
    }
    if ((use?.rows ?? 0) > 0)
      for (const { target } of table.relationships) {
        ask(table.name, 'append');
        ask(target, 'read', 'appendTo');
      }
  }
  return [...found.values()];
}

/** A verb the table has no privilege for is not asked for: organization-owned tables have fewer. */
function need(
  metadata: ReadonlyMap<string, EnvironmentTable>,
  table: string,
  verb: PrivilegeVerb,
  purpose: string,
): readonly NeededPrivilege[] {
  const privilege = metadata.get(table)?.privileges.get(verb);
  return privilege === undefined
    ? []
    : [{ name: privilege.name, table, verb, depth: 'global', purpose }];
}

export interface PrivilegeCheck {
  readonly findings: readonly Finding[];
  /** Tables whose rows the caller may not read at all. */
  readonly unreadable: ReadonlySet<string>;
}

/** Compares what is needed with what the caller holds. */
export async function checkPrivileges(
  reader: DataverseReader,
  needed: readonly NeededPrivilege[],
  environment: 'source' | 'target',
  signal: AbortSignal,
): Promise<PrivilegeCheck> {
  const held =
    needed.length === 0
      ? new Map<string, PrivilegeDepth>()
      : await reader.privileges([...new Set(needed.map(({ name }) => name))], signal);
  const lacking = needed.filter(({ name, depth }) => depthOf(held, name) < depths.indexOf(depth));
  return {
    findings: lacking.map((privilege) =>
      finding(privilege, held.get(privilege.name), environment, reader.url),
    ),
    unreadable: new Set(
      lacking
        .filter(({ name, verb }) => verb === 'read' && !held.has(name))
        .map(({ table }) => table),
    ),
  };
}

const depths: readonly PrivilegeDepth[] = ['basic', 'local', 'deep', 'global'];

function depthOf(held: ReadonlyMap<string, PrivilegeDepth>, name: string): number {
  const depth = held.get(name);
  return depth === undefined ? -1 : depths.indexOf(depth);
}

/** How the role editor of the platform calls the depths. */
const depthNames: Readonly<Record<PrivilegeDepth, string>> = {
  basic: 'User',
  local: 'Business Unit',
  deep: 'Parent: Child Business Units',
  global: 'Organization',
};

function finding(
  { name, table, verb, depth, purpose }: NeededPrivilege,
  held: PrivilegeDepth | undefined,
  environment: 'source' | 'target',
  url: string,
): Finding {
  // Rows of one's own business unit can be created with less; they only cannot be given to others.
  const severity = verb === 'create' && held !== undefined ? 'warning' : 'error';
  const has = held === undefined ? 'not held' : `held at ${held} (${depthNames[held]}) only`;
  return {
    severity,
    code: 'URM1206',
    where: `${url} ${table}`,
    summary: `The privilege ${name} is ${has} in the ${environment}`,
    detail: `Needed at ${depth} (${depthNames[depth]}) by ${purpose}: ${verb} on ${table}.`,
    remedy: `Give the user of the connection a role with ${name} at ${depthNames[depth]} level.`,
  };
}
