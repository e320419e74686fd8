import { choiceOutOfRange, invalidStatus } from '../errors/payload-errors.ts';
import type { Attribute, Entity, Option } from '../metadata/metadata.ts';
import type { Cell, StoredRow } from '../store/store.ts';

/** State and status of a new row: the table's first state with its default status. */
export function initialStatus(entity: Entity): ReadonlyMap<string, Cell> {
  const state = stateColumn(entity);
  if (state === undefined) return new Map();
  const initial = typeof state.defaultValue === 'number' ? state.defaultValue : firstState(state);
  const status = defaultStatus(entity, initial);
  const cells = new Map<string, Cell>([[state.logicalName, initial]]);
  const statusColumnName = statusColumn(entity)?.logicalName;
  if (statusColumnName !== undefined && status !== undefined) cells.set(statusColumnName, status);
  return cells;
}

/** Pairs state and status of a create: rows start in their first state, so the status must fit it. */
export function checkInitialStatus(entity: Entity, id: string, cells: Map<string, Cell>): void {
  assertPair(entity, id, cells);
}

/**
 * Pairs state and status of an update: a state alone brings its default status, a status must fit the
 * state it goes with.
 */
export function pairStatus(entity: Entity, before: StoredRow, cells: Map<string, Cell>): void {
  const state = stateColumn(entity);
  const status = statusColumn(entity);
  if (state === undefined || status === undefined) return;
  const newState = cells.get(state.logicalName);
  const newStatus = cells.get(status.logicalName);
  // -1 and null ask for the state's default status.
  const wantsDefault = newStatus === undefined || newStatus === null || newStatus === -1;
  if (typeof newState === 'number' && wantsDefault) {
    const changes = newState !== before.cells.get(state.logicalName);
    const given = changes || newStatus !== undefined ? defaultStatus(entity, newState) : undefined;
    if (given !== undefined) cells.set(status.logicalName, given);
    else cells.delete(status.logicalName);
    return;
  }
  if (typeof newStatus !== 'number') return;
  const effective = new Map<string, Cell>([
    [state.logicalName, newState ?? before.cells.get(state.logicalName) ?? null],
    [status.logicalName, newStatus],
  ]);
  assertPair(entity, before.id, effective);
}

function assertPair(entity: Entity, id: string, cells: ReadonlyMap<string, Cell>): void {
  const state = stateColumn(entity);
  const status = statusColumn(entity);
  if (state === undefined || status === undefined) return;
  const stateValue = cells.get(state.logicalName);
  const statusValue = cells.get(status.logicalName);
  if (typeof stateValue !== 'number' || typeof statusValue !== 'number') return;
  const option = optionOf(status, statusValue);
  if (option === undefined && (status.options?.length ?? 0) > 0) {
    const accepted = (status.options ?? []).map((known) => known.value);
    throw choiceOutOfRange(entity, status.logicalName, { value: statusValue, accepted });
  }
  if (option?.state === undefined || option.state === stateValue) return;
  const stateLabel = optionOf(state, stateValue)?.label ?? String(stateValue);
  throw invalidStatus(entity, { status: statusValue, stateLabel, id });
}

function defaultStatus(entity: Entity, state: number): number | undefined {
  const stateOption = optionOf(stateColumn(entity), state);
  const known = statusColumn(entity)?.options?.find((option) => option.state === state);
  return stateOption?.defaultStatus ?? known?.value;
}

function firstState(state: Attribute): number {
  return state.options?.[0]?.value ?? 0;
}

function optionOf(attribute: Attribute | undefined, value: number): Option | undefined {
  return attribute?.options?.find((option) => option.value === value);
}

function stateColumn(entity: Entity): Attribute | undefined {
  const attribute = entity.attributes.get('statecode');
  return attribute?.type === 'State' ? attribute : undefined;
}

function statusColumn(entity: Entity): Attribute | undefined {
  const attribute = entity.attributes.get('statuscode');
  return attribute?.type === 'Status' ? attribute : undefined;
}
