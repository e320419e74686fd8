import type { Environment } from '../environment.ts';
import type { Entity } from '../metadata/metadata.ts';
import { stableId } from '../metadata/stable-id.ts';
import type { Cell } from '../store/store.ts';

/** The solution that holds what was changed in an environment itself; the same everywhere. */
export const activeSolutionId = 'fd140aae-4df4-11dd-bd17-0019b9312238';

/** Fills in what a platform knows of every row: defaults, state, owner, times, solution. */
export function completeRow(
  environment: Environment,
  entity: Entity,
  row: {
    readonly id: string;
    readonly cells: Map<string, Cell>;
    /** When it was made. */
    readonly time: string;
    /** Who made it; absent: the administrator. */
    readonly userId?: string;
  },
): void {
  const { cells } = row;
  const user: Cell = { table: 'systemuser', id: row.userId ?? environment.administratorId };
  for (const [name, attribute] of entity.attributes) {
    if (attribute.defaultValue === undefined || attribute.defaultValue === -1) continue;
    if (!['State', 'Status'].includes(attribute.type)) fill(name, attribute.defaultValue);
  }
  fillState(entity, cells);
  fill('createdon', row.time);
  fill('modifiedon', row.time);
  fill('createdby', user);
  fill('modifiedby', user);
  if (entity.ownership === 'UserOwned') {
    fill('ownerid', user);
    fill('owninguser', user);
    fill('owningbusinessunit', { table: 'businessunit', id: environment.rootBusinessUnitId });
  }
  const organization = entity.attributes.get('organizationid');
  if (organization?.type === 'Lookup') {
    fill('organizationid', { table: 'organization', id: environment.organizationId });
  } else if (entity.logicalName !== 'organization') {
    fill('organizationid', environment.organizationId);
  }
  if (entity.solutionAware) {
    fill('ismanaged', false);
    fill('componentstate', 0);
    fill('componentidunique', stableId(`component ${entity.logicalName} ${row.id}`));
    fill('overwritetime', '1900-01-01T00:00:00Z');
    fill('solutionid', activeSolutionId);
  }

  function fill(column: string, value: Cell): void {
    if (entity.attributes.has(column) && !cells.has(column)) cells.set(column, value);
  }
}

function fillState(entity: Entity, cells: Map<string, Cell>): void {
  const state = entity.attributes.get('statecode');
  const status = entity.attributes.get('statuscode');
  if (state?.type !== 'State' || status?.type !== 'Status') return;
  if (!cells.has('statecode')) {
    const given = status.options?.find((each) => each.value === cells.get('statuscode'));
    cells.set('statecode', given?.state ?? state.options?.[0]?.value ?? 0);
  }
  if (cells.has('statuscode')) return;
  const stateValue = cells.get('statecode');
  const fallback = status.options?.find((each) => each.state === stateValue)?.value;
  const preferred = state.options?.find((each) => each.value === stateValue)?.defaultStatus;
  const value = preferred ?? fallback;
  if (value !== undefined) cells.set('statuscode', value);
}
