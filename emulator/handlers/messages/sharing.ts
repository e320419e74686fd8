import { invalidArgument } from '../../errors/payload-errors.ts';
import { accessRights } from '../../logic/access-rights.ts';
import { assertAccess } from '../../logic/access.ts';
import { timeText, type Environment } from '../../environment.ts';
import { stableId } from '../../metadata/stable-id.ts';
import type { JsonObject } from '../../query/interface.ts';
import { scalarText } from '../../query/column-value.ts';
import type { Cell, StoredRow } from '../../store/store.ts';
import type { BoundRow } from '../bind.ts';
import type { FunctionCall, FunctionHandler } from '../function-handler.ts';
import { rowOf, rowOfReference } from '../entity-parameter.ts';
import { isJsonObject } from '../read-payload.ts';
import { reference, rowParameter, type MessageCall, type MessageHandler } from './message.ts';

/** `ReadAccess`, as the actions write rights, with their bits. */
const rights = Object.entries(accessRights).map(([name, bit]) => [`${name}Access`, bit] as const);

/** Sharing of single rows with users and teams. */
export const sharingActions: ReadonlyMap<string, MessageHandler> = new Map<string, MessageHandler>([
  ['GrantAccess', (call) => grant(call, 'add')],
  ['ModifyAccess', (call) => grant(call, 'replace')],
  ['RevokeAccess', revoke],
]);

export const sharingFunctions: ReadonlyMap<string, FunctionHandler> = new Map<
  string,
  FunctionHandler
>([['RetrieveSharedPrincipalsAndAccess', sharedPrincipals]]);

const table = 'principalobjectaccess';

function grant(call: MessageCall, how: 'add' | 'replace'): undefined {
  const { context } = call;
  const { environment } = context;
  const target = rowParameter(call, 'Target');
  const access = call.parameters['PrincipalAccess'];
  if (!isJsonObject(access) || !isJsonObject(access['Principal'])) {
    throw invalidArgument("The required parameter 'PrincipalAccess' is missing.");
  }
  const principal = rowOf(context, access['Principal'], 'Principal');
  assertAccess(environment, context.caller, target.entity, 'Share');
  const mask = maskOf(access['AccessMask']);
  const id = shareId(target, principal);
  const before = Number(environment.store.get(table, id)?.cells.get('accessrightsmask') ?? 0);
  const cells: readonly [string, Cell][] = [
    ['objectid', target.row.id],
    ['objecttypecode', target.entity.logicalName],
    ['principalid', principal.row.id],
    ['principaltypecode', principal.entity.logicalName],
    ['accessrightsmask', how === 'add' ? before | mask : mask],
    ['changedon', timeText(environment)],
  ];
  environment.store.transaction(() => environment.store.put(table, id, new Map(cells)));
}

function revoke(call: MessageCall): undefined {
  const { environment, caller } = call.context;
  const target = rowParameter(call, 'Target');
  const revokee = rowParameter(call, 'Revokee');
  assertAccess(environment, caller, target.entity, 'Share');
  environment.store.transaction(() => environment.store.delete(table, shareId(target, revokee)));
}

function sharedPrincipals({ context, parameters }: FunctionCall): JsonObject {
  const { environment } = context;
  const target = rowOfReference(context, parameters.get('Target') ?? '');
  const shares = [...environment.store.find(table, 'objectid', target.row.id)];
  return {
    PrincipalAccesses: shares.flatMap((share) => {
      const principal = principalOf(environment, share);
      const mask = Number(share.cells.get('accessrightsmask') ?? 0);
      if (principal === undefined || mask === 0) return [];
      return [
        { AccessMask: maskText(mask), Principal: reference(principal.entity, principal.row.id) },
      ];
    }),
  };
}

function principalOf(environment: Environment, share: StoredRow): BoundRow | undefined {
  const name = scalarText(share.cells.get('principaltypecode') ?? null);
  const entity = environment.metadata.entity(name);
  const row = environment.store.get(name, scalarText(share.cells.get('principalid') ?? null));
  return entity === undefined || row === undefined ? undefined : { entity, row };
}

/** `ReadAccess, WriteAccess` as bits */
export function maskOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') throw invalidArgument("The property 'AccessMask' is missing.");
  return value.split(',').reduce((mask, part) => {
    const bit = rights.find(([name]) => name === part.trim())?.[1];
    if (bit === undefined && part.trim() !== 'None') {
      throw invalidArgument(`'${part.trim()}' is no access right.`);
    }
    return mask | (bit ?? 0);
  }, 0);
}

/** Bits as `ReadAccess, WriteAccess` */
export function maskText(mask: number): string {
  const names = rights.filter(([, bit]) => (mask & bit) !== 0).map(([name]) => name);
  return names.length === 0 ? 'None' : names.join(', ');
}

function shareId(target: BoundRow, principal: BoundRow): string {
  return stableId(`share ${target.entity.logicalName} ${target.row.id} ${principal.row.id}`);
}
