import type { PrivilegeDepth } from './client.ts';
import { isObject, objectsIn, parseJson, textIn } from './json.ts';
import type { Guid } from '../model/guid.ts';
import type { Session } from './session.ts';
import { slices } from './slices.ts';

// About 20 names keep the address short; the service documents no limit for this function.
const namesPerRequest = 20;
const partsPerBatch = 50;

const depths: readonly PrivilegeDepth[] = ['basic', 'local', 'deep', 'global'];

/**
 * The privileges of a user among `names`, each with its deepest reach, those held through teams
 * included: `RetrieveUserSetOfPrivilegesByNames`. `RetrieveUserPrivileges` shows team privileges at
 * basic depth only, so it is not asked.
 */
export async function readPrivileges(
  session: Session,
  userId: Guid,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PrivilegeDepth>> {
  const answers = await getAll(session, privilegePaths(userId, names), signal);
  return heldIn(answers.map(parseJson), names);
}

/** The questions that ask for some privileges of a user. */
export function privilegePaths(userId: Guid, names: readonly string[]): readonly string[] {
  return slices([...new Set(names)], namesPerRequest).map(
    (some) =>
      `systemusers(${userId})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)` +
      `?@p=${encodeURIComponent(JSON.stringify(some))}`,
  );
}

/** What the answers to these questions say, under the names as they were asked for. */
export function heldIn(
  answers: readonly unknown[],
  names: readonly string[],
): ReadonlyMap<string, PrivilegeDepth> {
  const spelled = new Map(names.map((name) => [name.toLowerCase(), name]));
  const found = new Map<string, PrivilegeDepth>();
  for (const json of answers)
    for (const entry of objectsIn(isObject(json) ? json['RolePrivileges'] : undefined)) {
      const name = spelled.get((textIn(entry['PrivilegeName']) ?? '').toLowerCase());
      const depth = depths.find((known) => known === textIn(entry['Depth'])?.toLowerCase());
      if (name === undefined || depth === undefined) continue;
      const before = found.get(name);
      if (before === undefined || depths.indexOf(depth) > depths.indexOf(before))
        found.set(name, depth);
    }
  return found;
}

async function getAll(
  session: Session,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [only] = paths;
  if (paths.length === 1 && only !== undefined)
    return [(await session.get(only, {}, signal)).body.toString('utf8')];
  const texts: string[] = [];
  for (const some of slices(paths, partsPerBatch))
    for (const answer of await session.getBatch(
      some.map((path) => ({ path })),
      signal,
    )) {
      if (answer.status >= 400) throw session.error(answer, some[0] ?? '');
      texts.push(answer.body.toString('utf8'));
    }
  return texts;
}
