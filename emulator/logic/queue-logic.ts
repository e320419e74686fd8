import { refusedByPlugin } from '../errors/logic-errors.ts';
import type { TableLogic } from './write-event.ts';

/**
 * A queue's type is given when it is made. Updates that carry it are refused where it would change; the
 * documentation tells to leave the column out of every update, so the strict variant refuses it at all.
 */
export const queueLogic: TableLogic = {
  beforeWrite({ environment, before, cells }) {
    if (before === undefined || !cells.has('msdyn_queuetype')) return;
    const changes = cells.get('msdyn_queuetype') !== (before.cells.get('msdyn_queuetype') ?? null);
    if (changes || environment.serverLogic === 'nasty') {
      throw refusedByPlugin('Queue type cannot be updated after the queue is created.');
    }
  },
};
