import { timeText } from '../../environment.ts';
import { activeQueueItem, alreadyMember } from '../../errors/message-errors.ts';
import { invalidArgument } from '../../errors/payload-errors.ts';
import type { JsonObject } from '../../query/interface.ts';
import type { Cell } from '../../store/store.ts';
import type { BoundRow } from '../bind.ts';
import { rowOf } from '../entity-parameter.ts';
import { isJsonObject } from '../read-payload.ts';
import { change, make, rowParameter, type MessageCall, type MessageHandler } from './message.ts';

/** Who is in a team, what is in a queue. */
export const membershipActions: ReadonlyMap<string, MessageHandler> = new Map<
  string,
  MessageHandler
>([
  ['AddMembersTeam', (call) => teamMembers(call, 'add')],
  ['RemoveMembersTeam', (call) => teamMembers(call, 'remove')],
  ['AddToQueue', addToQueue],
  ['PickFromQueue', pickFromQueue],
  ['ReleaseToQueue', (call) => work(call, null)],
  ['RemoveFromQueue', removeFromQueue],
  ['RouteTo', routeTo],
  ['AddListMembersList', addListMembers],
]);

function bound(call: MessageCall): BoundRow {
  if (call.boundTo === undefined) throw invalidArgument('The action is bound to a row.');
  return call.boundTo;
}

function listed(call: MessageCall, name: string): readonly BoundRow[] {
  const members = call.parameters[name];
  if (!Array.isArray(members))
    throw invalidArgument(`The required parameter '${name}' is missing.`);
  return (members as readonly unknown[]).map((each) => {
    if (!isJsonObject(each)) throw invalidArgument(`'${name}' holds what is no row.`);
    return rowOf(call.context, each, name);
  });
}

function teamMembers(call: MessageCall, how: 'add' | 'remove'): undefined {
  const team = bound(call);
  const { environment } = call.context;
  const { store } = environment;
  store.transaction(() => {
    for (const { row } of listed(call, 'Members')) {
      const pair = new Map<string, Cell>([
        ['teamid', team.row.id],
        ['systemuserid', row.id],
      ]);
      const known = store.findAll('teammembership', pair);
      if (how === 'remove') for (const each of known) store.delete('teammembership', each.id);
      else if (known.length > 0) throw alreadyMember();
      else store.put('teammembership', environment.newId(), pair);
    }
  });
}

function addToQueue(call: MessageCall): JsonObject {
  const { context } = call;
  const queue = bound(call);
  const target = rowParameter(call, 'Target');
  const { store } = context.environment;
  const object: Cell = { table: target.entity.logicalName, id: target.row.id };
  const items = [...store.find('queueitem', 'objectid', object)];
  const active = items.find((item) => (item.cells.get('statecode') ?? 0) === 0);
  const source = call.parameters['SourceQueue'];
  if (active !== undefined && source === undefined) {
    const queueCell = active.cells.get('queueid');
    const here =
      typeof queueCell === 'object' &&
      queueCell !== null &&
      'id' in queueCell &&
      queueCell.id === queue.row.id;
    if (here) throw activeQueueItem();
  }
  const cells: Readonly<Record<string, Cell>> = {
    queueid: { table: 'queue', id: queue.row.id },
    objectid: object,
    title: titleOf(target),
    enteredon: timeText(context.environment),
  };
  const entity = context.environment.metadata.entity('queueitem');
  const item =
    active !== undefined && entity !== undefined
      ? change(context, { entity, row: active }, cells)
      : make(context, 'queueitem', cells);
  return { QueueItemId: item.id };
}

function titleOf({ entity, row }: BoundRow): Cell {
  return entity.primaryName === undefined ? null : (row.cells.get(entity.primaryName) ?? null);
}

function pickFromQueue(call: MessageCall): undefined {
  const worker = rowParameter(call, 'SystemUser');
  if (call.parameters['RemoveQueueItem'] === true) return removeFromQueue(call);
  return work(call, { table: 'systemuser', id: worker.row.id });
}

function work(call: MessageCall, worker: Cell): undefined {
  const item = bound(call);
  const now = timeText(call.context.environment);
  change(call.context, item, { workerid: worker, workeridmodifiedon: now });
}

function removeFromQueue(call: MessageCall): undefined {
  const item = bound(call);
  change(call.context, item, { statecode: 1, statuscode: 2 });
}

/** To a queue, or to the queue of a user or a team: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/routeto */
function routeTo(call: MessageCall): undefined {
  const item = rowParameter(call, 'QueueItem');
  const target = rowParameter(call, 'Target');
  const queue: Cell =
    target.entity.logicalName === 'queue'
      ? { table: 'queue', id: target.row.id }
      : (target.row.cells.get('queueid') ?? null);
  if (queue === null) throw invalidArgument("The parameter 'Target' has no queue.");
  const enteredon = timeText(call.context.environment);
  change(call.context, item, { queueid: queue, workerid: null, enteredon });
}

function addListMembers(call: MessageCall): undefined {
  const list = bound(call);
  const { environment } = call.context;
  const { store } = environment;
  store.transaction(() => {
    for (const { row } of listed(call, 'ListMembers')) {
      const pair = new Map<string, Cell>([
        ['listid', list.row.id],
        ['entityid', row.id],
      ]);
      if (store.findAll('listmember', pair).length === 0)
        store.put('listmember', environment.newId(), pair);
    }
  });
}
