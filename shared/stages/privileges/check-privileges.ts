import type { DataverseReader, PrivilegeDepth } from '../../dataverse/client.ts';
import { heldIn, privilegePaths } from '../../dataverse/read-privileges.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Guid } from '../../model/guid.ts';
import { groupBy } from '../../plan/group-by.ts';
import type { NeededPrivilege } from './needed-privileges.ts';

export interface PrivilegeCheck {
  readonly findings: readonly Finding[];
  /** Those of the findings whose privilege is not held at all. */
  readonly missing: readonly Finding[];
  /** Tables whose rows the user may not read at all. */
  readonly unreadable: ReadonlySet<string>;
}

/** Whose privileges are looked at, and where. */
export interface PrivilegeHolder {
  readonly environment: 'source' | 'target';
  /** Absent: the caller. Asking about another user needs to read users. */
  readonly userId?: Guid;
  /** For people; absent: the user of the connection. */
  readonly called?: string;
}

/** Compares what is needed with what a user holds. */
export async function checkPrivileges(
  reader: DataverseReader,
  needed: readonly NeededPrivilege[],
  holder: PrivilegeHolder,
  signal: AbortSignal,
): Promise<PrivilegeCheck> {
  const names = [...new Set(needed.map(({ name }) => name))];
  const held = await heldBy(reader, holder.userId, names, signal);
  const lacking = needed
    .filter(({ name, depth }) => depthOf(held, name) < depths.indexOf(depth))
    .map((privilege) => ({
      privilege,
      isMissing: !held.has(privilege.name),
      found: finding(privilege, held.get(privilege.name), holder, reader.url),
    }));
  return {
    findings: together(lacking.map(({ privilege, found }) => ({ ...privilege, found }))),
    missing: lacking.flatMap(({ isMissing, found }) => (isMissing ? [found] : [])),
    unreadable: new Set(
      lacking
        .filter(({ privilege, isMissing }) => isMissing && privilege.verb === 'read')
        .flatMap(({ privilege }) => privilege.table ?? []),
    ),
  };
}

/** What nobody needs yet is told in one line per purpose. */
function together(
  lacking: readonly (NeededPrivilege & { readonly found: Finding })[],
): readonly Finding[] {
  const minor = lacking.filter(({ severity }) => severity !== 'error');
  const groups = groupBy(minor, ({ purpose }) => purpose);
  return [
    ...lacking.filter(({ severity }) => severity === 'error').map(({ found }) => found),
    ...[...groups].flatMap(([purpose, some]) => {
      const [first, second] = some;
      if (first === undefined) return [];
      if (second === undefined) return [first.found];
      return [
        {
          ...first.found,
          where: first.found.where.split(' ')[0] ?? '',
          summary: `${some.length} privileges that ${purpose} needs are missing, or do not reach far enough`,
          detail: some.map(({ found }) => `${found.summary}.`).join(' '),
          remedy: `Give the user a role with ${some.map(({ name }) => name).join(', ')} at ${depthNames.global} level.`,
        },
      ];
    }),
  ];
}

async function heldBy(
  reader: DataverseReader,
  userId: Guid | undefined,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PrivilegeDepth>> {
  if (names.length === 0) return new Map();
  if (userId === undefined) return reader.privileges(names, signal);
  const gathered = reader.gathered?.() ?? reader;
  const answers = await Promise.all(
    privilegePaths(userId, names).map((path) => gathered.get(path, signal)),
  );
  return heldIn(answers, names);
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
  { name, table, verb, depth, purpose, severity }: NeededPrivilege,
  held: PrivilegeDepth | undefined,
  { environment, called }: PrivilegeHolder,
  url: string,
): Finding {
  // Rows of one's own business unit can be created with less; they only cannot be given to others.
  const isShallowCreate = verb === 'create' && held !== undefined;
  const has = held === undefined ? 'not held' : `held at ${held} (${depthNames[held]}) only`;
  const what = table === undefined ? 'definitions' : table;
  return {
    severity: isShallowCreate && severity === 'error' ? 'warning' : severity,
    code: 'URM1206',
    where: table === undefined ? url : `${url} ${table}`,
    summary: `The privilege ${name} is ${has} in the ${environment}`,
    detail: `Needed at ${depth} (${depthNames[depth]}) by ${purpose}: ${verb} on ${what}.`,
    remedy: `Give ${called ?? 'the user of the connection'} a role with ${name} at ${depthNames[depth]} level.`,
  };
}
