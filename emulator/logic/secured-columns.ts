import { securedCreateDenied, securedUpdateDenied } from '../errors/access-errors.ts';
import type { Environment } from '../environment.ts';
import type { Cell } from '../store/store.ts';
import { isAdministrator, rolesOf, textOf } from './held-privileges.ts';
import { rowsSharing } from './shared-columns.ts';
import type { WriteEvent } from './write-event.ts';

const allowed = 4;

/**
 * Throws where a request writes a column under column security and no profile of the caller, own or
 * through a team, allows it. System administrators have the profile that allows all.
 */
export function assertSecuredColumns(event: WriteEvent): void {
  const { environment, entity, caller, cells, before } = event;
  for (const [name, attribute] of entity.attributes) {
    if (!attribute.secured || (cells.get(name) ?? null) === null) continue;
    if (caller.userId === environment.administratorId) return;
    const { own, throughTeams } = rolesOf(environment, caller.userId);
    if (isAdministrator([...own, ...throughTeams])) return;
    const right = before === undefined ? 'cancreate' : 'canupdate';
    const permissions = environment.store.findAll(
      'fieldpermission',
      new Map<string, Cell>([
        ['entityname', entity.logicalName],
        ['attributelogicalname', name],
        [right, allowed],
      ]),
    );
    const profiles = profilesOf(environment, caller.userId);
    const isAllowed = permissions.some((row) =>
      profiles.has(textOf(row.cells.get('fieldsecurityprofileid'))),
    );
    if (isAllowed) continue;
    const shared = rowsSharing(
      environment,
      { entity, attribute },
      { principals: principalsOf(environment, caller.userId), right: 'updateaccess' },
    );
    if (before !== undefined && shared.has(before.id)) continue;
    throw before === undefined ? securedCreateDenied() : securedUpdateDenied();
  }
}

function teamsOf({ store }: Environment, userId: string): readonly string[] {
  return [...store.find('teammembership', 'systemuserid', userId)].map((row) =>
    textOf(row.cells.get('teamid')),
  );
}

function principalsOf(environment: Environment, userId: string): ReadonlySet<string> {
  return new Set([userId, ...teamsOf(environment, userId)]);
}

function profilesOf(environment: Environment, userId: string): ReadonlySet<string> {
  const { store } = environment;
  const teams = teamsOf(environment, userId);
  const rows = [
    ...store.find('systemuserprofiles', 'systemuserid', userId),
    ...teams.flatMap((team) => [...store.find('teamprofiles', 'teamid', team)]),
  ];
  return new Set(rows.map((row) => textOf(row.cells.get('fieldsecurityprofileid'))));
}
