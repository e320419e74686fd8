import { refusedByPlugin } from '../errors/logic-errors.ts';
import type { Cell, Reference } from '../store/store.ts';
import { cellAfter, idIn, putServerRow, type TableLogic, type WriteEvent } from './write-event.ts';

const entityRecords = 192350000;
const voiceCall = 192440000;

/**
 * Processes that run when a workstream is created may overwrite references: the documentation tells to
 * import record workstreams twice for that. Here the routing contract becomes one the server makes, and
 * the default queue that of the channel; in the worst variant every other reference is emptied too.
 */
export const workstreamLogic: TableLogic = {
  beforeWrite(event) {
    const { before, cells, environment, entity } = event;
    if (before !== undefined) return;
    cells.set('msdyn_routingcontractid', routingContract(event));
    const queue = defaultQueue(event);
    if (queue !== undefined) cells.set('msdyn_defaultqueue', queue);
    if (environment.serverLogic !== 'nasty') return;
    for (const [name, attribute] of entity.attributes) {
      const kept = ['msdyn_routingcontractid', 'msdyn_defaultqueue'].includes(name);
      if (attribute.type === 'Lookup' && name.startsWith('msdyn_') && !kept) cells.set(name, null);
    }
  },
};

function routingContract(event: WriteEvent): Reference {
  const name = event.cells.get('msdyn_name');
  const id = putServerRow(
    event,
    'msdyn_decisioncontract',
    new Map<string, Cell>([
      ['msdyn_name', `${typeof name === 'string' ? name : 'Workstream'} routing`.slice(0, 200)],
      ['msdyn_uniquename', `msdyn_routingcontract_${event.id.replaceAll('-', '')}`],
      [
        'msdyn_contractdefinition',
        '<contract version="1">\n  <complex key="liveworkitemcontext" />\n</contract>',
      ],
    ]),
  );
  return { table: 'msdyn_decisioncontract', id };
}

/** The default queue of the workstream's kind: records, calls or messages. */
function defaultQueue(event: WriteEvent): Reference | undefined {
  const { store } = event.environment;
  const types = new Map<Cell, number>([
    [entityRecords, 192350001],
    [voiceCall, 192350002],
  ]);
  const type = types.get(event.cells.get('msdyn_streamsource') ?? null) ?? 192350000;
  const found = store.findAll(
    'queue',
    new Map<string, Cell>([
      ['msdyn_isdefaultqueue', true],
      ['msdyn_queuetype', type],
    ]),
  )[0];
  return found === undefined ? undefined : { table: 'queue', id: found.id };
}

/**
 * One routing configuration of a workstream is active. Activating a second one switches the first off; in
 * the worst variant it is refused.
 */
export const routingConfigurationLogic: TableLogic = {
  beforeWrite(event) {
    if (event.cells.get('msdyn_isactiveconfiguration') !== true) return;
    const workstream = idIn(cellAfter(event, 'msdyn_liveworkstreamid'));
    if (workstream === undefined) return;
    const { store, serverLogic } = event.environment;
    const others = store.findAll(
      'msdyn_routingconfiguration',
      new Map<string, Cell>([
        ['msdyn_liveworkstreamid', { table: 'msdyn_liveworkstream', id: workstream }],
        ['msdyn_isactiveconfiguration', true],
      ]),
    );
    for (const other of others.filter((each) => each.id !== event.id)) {
      if (serverLogic === 'nasty') {
        throw refusedByPlugin(
          'Only one active routing configuration is allowed for each workstream.',
        );
      }
      const cells = new Map([...other.cells, ['msdyn_isactiveconfiguration', false] as const]);
      store.put('msdyn_routingconfiguration', other.id, cells);
    }
  },
};

/** A record type is set up for routing once: one with another id has to be deleted first. */
export const recordRoutingLogic: TableLogic = {
  beforeWrite(event) {
    const table = event.cells.get('msdyn_entitylogicalname');
    if (typeof table !== 'string') return;
    const { store } = event.environment;
    const rows = store.find(
      'msdyn_masterentityroutingconfiguration',
      'msdyn_entitylogicalname',
      table,
    );
    if ([...rows].some((row) => row.id !== event.id)) {
      throw refusedByPlugin(`A routing configuration for the entity '${table}' already exists.`);
    }
  },
};
