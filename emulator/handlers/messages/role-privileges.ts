import { invalidArgument } from '../../errors/payload-errors.ts';
import { assertAccess } from '../../logic/access.ts';
import { stableId } from '../../metadata/stable-id.ts';
import type { Cell } from '../../store/store.ts';
import { privilegeDepths } from '../../logic/held-privileges.ts';
import { isJsonObject } from '../read-payload.ts';
import type { MessageCall, MessageHandler } from './message.ts';

/** What a role grants. Bound to the role. */
export const rolePrivilegeActions: ReadonlyMap<string, MessageHandler> = new Map<
  string,
  MessageHandler
>([
  ['AddPrivilegesRole', addPrivileges],
  ['ReplacePrivilegesRole', replacePrivileges],
  ['RemovePrivilegeRole', removePrivilege],
]);

function addPrivileges(call: MessageCall): undefined {
  const roleId = roleOf(call);
  const { environment } = call.context;
  for (const { privilegeId, mask } of given(call))
    environment.store.put(
      'roleprivileges',
      stableId(`${roleId} ${privilegeId}`),
      new Map<string, Cell>([
        ['roleid', roleId],
        ['privilegeid', privilegeId],
        ['privilegedepthmask', mask],
      ]),
    );
}

function replacePrivileges(call: MessageCall): undefined {
  const roleId = roleOf(call);
  const { store } = call.context.environment;
  for (const row of store.findAll('roleprivileges', new Map<string, Cell>([['roleid', roleId]])))
    store.delete('roleprivileges', row.id);
  addPrivileges(call);
}

function removePrivilege(call: MessageCall): undefined {
  const roleId = roleOf(call);
  const privilegeId = call.parameters['PrivilegeId'];
  if (typeof privilegeId !== 'string')
    throw invalidArgument("The required parameter 'PrivilegeId' is missing.");
  const { store } = call.context.environment;
  const pair = new Map<string, Cell>([
    ['roleid', roleId],
    ['privilegeid', privilegeId.toLowerCase()],
  ]);
  for (const row of store.findAll('roleprivileges', pair)) store.delete('roleprivileges', row.id);
}

function roleOf({ boundTo, context }: MessageCall): string {
  if (boundTo?.entity.logicalName !== 'role')
    throw invalidArgument('The action is bound to a role.');
  assertAccess(context.environment, context.caller, boundTo.entity, 'Write');
  return boundTo.row.id;
}

/** `Depth` is the name of a depth or its number, as text: both occur in the documentation. */
function given(
  call: MessageCall,
): readonly { readonly privilegeId: string; readonly mask: number }[] {
  const privileges = call.parameters['Privileges'];
  if (!Array.isArray(privileges))
    throw invalidArgument("The required parameter 'Privileges' is missing.");
  return (privileges as readonly unknown[]).map((each) => {
    const privilegeId = isJsonObject(each) ? each['PrivilegeId'] : undefined;
    const depth = isJsonObject(each) ? String(each['Depth']) : '';
    const mask = privilegeDepths.find(
      ([, name], at) => name === depth || String(at) === depth,
    )?.[0];
    if (typeof privilegeId !== 'string' || mask === undefined)
      throw invalidArgument("'Privileges' holds what is no privilege with a depth.");
    const known = call.context.environment.store.get('privilege', privilegeId.toLowerCase());
    if (known === undefined) throw invalidArgument(`There is no privilege ${privilegeId}.`);
    return { privilegeId: known.id, mask };
  });
}
