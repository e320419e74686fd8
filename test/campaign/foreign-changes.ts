import type { Environment } from '#emulator/environment.ts';
import type { Cell } from '#emulator/store/store.ts';
import { rowState } from '#support/environment-state.ts';
import type { Fault, FaultContext, Overtaken } from './faults.ts';

/**
 * Somebody else works in the target while the stage does: changes a planned row, takes the id of a new
 * one, deletes one, or changes a row that the plan has nothing to do with.
 */
export function foreignChange({ random, operations, scenario, world }: FaultContext): Fault {
  const at = 1 + Math.floor(random() * operations);
  const overtaken: Overtaken = { rows: new Set(), before: new Set() };
  const { environment } = scenario.place.emulator;
  const deeds = [changePlanned, occupy, removePlanned, changeOther] as const;
  const deed = deeds[Math.floor(random() * deeds.length)] ?? changeOther;
  const choice = random();
  return {
    told: `before operation ${at} somebody: ${deed.name}`,
    overtaken,
    onOperation: (n) => {
      if (n === at) deed({ environment, world, scenario, overtaken, choice });
    },
  };
}

interface Deed {
  readonly environment: Environment;
  readonly world: FaultContext['world'];
  readonly scenario: FaultContext['scenario'];
  readonly overtaken: Overtaken;
  readonly choice: number;
}

/** A column that the plan writes gets a value of their own. */
function changePlanned({ environment, world, scenario, overtaken, choice }: Deed): void {
  const planned = world.actions.flatMap((action) => {
    if (action.kind !== 'update' && action.kind !== 'create') return [];
    const texts = action.changes.filter(({ after }) => typeof after === 'string');
    const row = environment.store.get(action.row.table, action.row.id);
    const column = texts.find(({ column }) => /name$|description$|title$/.test(column))?.column;
    return row === undefined || column === undefined ? [] : [{ action, row, column }];
  });
  const chosen = planned[Math.floor(choice * planned.length)];
  if (chosen === undefined) return;
  const { action, row, column } = chosen;
  const { table, id } = action.row;
  const key = `${table}/${id}`;
  overtaken.rows.add(key);
  const start = scenario.states?.start.get(key);
  const isUntouched = start !== undefined && start === scenario.place.copier.holdings().get(key);
  if (isUntouched) overtaken.before.add(key);
  write(environment, { table, id }, new Map([...row.cells, [column, 'Somebody else']]));
}

/** A row that the plan creates is there before, with other values. */
function occupy({ environment, world, overtaken, choice }: Deed): void {
  const free = world.actions.flatMap(({ kind, row: { table, id } }) => {
    const made = kind === 'create' ? world.copies.after.rows.get(table)?.get(id) : undefined;
    const isFree = environment.store.get(table, id) === undefined;
    return made !== undefined && isFree ? [{ table, id, made }] : [];
  });
  const chosen = free[Math.floor(choice * free.length)];
  if (chosen === undefined) return;
  const { table, id, made } = chosen;
  const nameColumn = environment.metadata.entity(table)?.primaryName;
  const cells = new Map<string, Cell>([...made.cells, ['importsequencenumber', 1]]);
  if (nameColumn !== undefined) cells.set(nameColumn, 'Somebody else');
  overtaken.rows.add(`${table}/${id}`);
  write(environment, { table, id }, cells);
}

/** A quick reply or a tag goes, with its links. */
function removePlanned({ environment, world, overtaken, choice }: Deed): void {
  const leaves = world.actions.filter(
    ({ kind, row: { table, id } }) =>
      (kind === 'create' || kind === 'delete') &&
      ['msdyn_cannedmessage', 'msdyn_octag'].includes(table) &&
      environment.store.get(table, id) !== undefined,
  );
  const chosen = leaves[Math.floor(choice * leaves.length)];
  if (chosen === undefined) return;
  const { table, id } = chosen.row;
  overtaken.rows.add(`${table}/${id}`);
  for (const pair of remove(environment, table, id)) overtaken.rows.add(pair);
}

/** A row that the plan has nothing to do with. */
function changeOther({ environment, overtaken }: Deed): void {
  const row = [...environment.store.rows('queue')].find(({ cells }) => {
    const name = cells.get('name');
    return typeof name === 'string' && !name.startsWith('Chat: ');
  });
  if (row === undefined) return;
  overtaken.rows.add(`queue/${row.id}`);
  write(
    environment,
    { table: 'queue', id: row.id },
    new Map([...row.cells, ['description', 'Somebody else']]),
  );
}

/** Quick replies leave the source while it is read. */
export function sourceLosesRows({ random, operations, scenario }: FaultContext): Fault {
  const at = 1 + Math.floor(random() * operations);
  const choice = random();
  const { environment } = scenario.place.emulator;
  return {
    told: `before operation ${at} a row leaves the source`,
    overtaken: { rows: new Set(), before: new Set() },
    onOperation: (n) => {
      if (n !== at) return;
      const tables = ['msdyn_cannedmessage', 'msdyn_octag', 'msdyn_chatansweroption'];
      const table = tables[Math.floor(choice * tables.length)] ?? 'msdyn_octag';
      const ids = Array.from(environment.store.rows(table), ({ id: each }) => each);
      for (const id of ids) remove(environment, table, id);
    },
  };
}

function write(
  { store }: Environment,
  { table, id }: { readonly table: string; readonly id: string },
  cells: ReadonlyMap<string, Cell>,
): void {
  store.put(table, id, cells);
}

/** Deletes a row and the pairs that name it, as the service does; gives the keys of the pairs. */
function remove({ store, metadata }: Environment, table: string, id: string): readonly string[] {
  store.delete(table, id);
  const gone: string[] = [];
  for (const { logicalName, isIntersect } of metadata.entities()) {
    if (!isIntersect) continue;
    const pairs = Array.from(store.rows(logicalName));
    for (const pair of pairs) {
      if (![...pair.cells.values()].includes(id)) continue;
      const key = rowState(logicalName, pair)?.[0];
      if (key !== undefined) gone.push(key);
      store.delete(logicalName, pair.id);
    }
  }
  return gone;
}
