import { managedUpdate } from '../errors/logic-errors.ts';
import { duplicateRow } from '../errors/payload-errors.ts';
import type { TableLogic } from './write-event.ts';

/**
 * The decision contracts every environment has are unique by name: a second one is refused. Changing one
 * makes an unmanaged layer over it; the worst variant refuses that.
 */
export const contractLogic: TableLogic = {
  beforeWrite({ environment, entity, id, before, cells }) {
    if (before?.cells.get('ismanaged') === true && environment.serverLogic === 'nasty') {
      throw managedUpdate(entity, id);
    }
    const name = cells.get('msdyn_uniquename');
    if (typeof name !== 'string') return;
    const same = environment.store.find('msdyn_decisioncontract', 'msdyn_uniquename', name);
    for (const row of same) {
      if (row.id !== id && row.cells.get('ismanaged') === true) throw duplicateRow();
    }
  },
};
