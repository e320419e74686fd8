import { timeText, type Caller, type Environment } from '../environment.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import { initialStatus } from './state.ts';

/** Fills what the platform fills when a row is created: defaults, owner, times, state. */
export function fillOnCreate(
  given: { readonly environment: Environment; readonly caller: Caller },
  entity: Entity,
  cells: Map<string, Cell>,
): void {
  fillDefaults(entity, cells);
  if (entity.logicalName === 'systemuser') fillApplicationUser(cells);
  const now = timeText(given.environment);
  const user: Cell = { table: 'systemuser', id: given.caller.userId };
  // The given time becomes createdon, and the real one takes its place.
  const overridden = cells.get('overriddencreatedon') ?? null;
  set('createdon', overridden ?? now);
  if (overridden !== null) set('overriddencreatedon', now);
  set('modifiedon', now);
  set('createdby', user);
  set('modifiedby', user);
  if (entity.ownership === 'UserOwned') {
    if ((cells.get('ownerid') ?? null) === null) set('ownerid', user);
    fillOwner(given.environment, entity, cells);
  } else if (!cells.has('owningbusinessunit')) {
    set('owningbusinessunit', { table: 'businessunit', id: given.caller.businessUnitId });
  }
  if (!cells.has('organizationid')) {
    set('organizationid', { table: 'organization', id: given.environment.organizationId });
  }
  if (entity.logicalName === 'team' && (cells.get('administratorid') ?? null) === null)
    set('administratorid', user);
  if (inBusinessUnits.has(entity.logicalName) && (cells.get('businessunitid') ?? null) === null)
    set('businessunitid', { table: 'businessunit', id: given.caller.businessUnitId });
  fillFullName(entity, new Map(), cells);
  fillMoney(given.environment, entity, cells);
  for (const [column, value] of initialStatus(entity)) {
    if ((cells.get(column) ?? null) === null) cells.set(column, value);
  }

  function set(column: string, value: Cell): void {
    const attribute = entity.attributes.get(column);
    if (attribute === undefined) return;
    // `organizationid` is a plain id on some tables.
    const plain = attribute.type === 'Uniqueidentifier' && value !== null;
    const id = plain && typeof value === 'object' && 'id' in value ? value.id : undefined;
    cells.set(column, id ?? value);
  }
}

/** Rows that live in a business unit: in the caller's when none is given. */
const inBusinessUnits: ReadonlySet<string> = new Set(['systemuser', 'team']);

/** Sets who changed the row and when; a new owner brings the owner's business unit. */
export function fillOnUpdate(
  given: { readonly environment: Environment; readonly caller: Caller },
  row: { readonly entity: Entity; readonly before: ReadonlyMap<string, Cell> },
  cells: Map<string, Cell>,
): void {
  const { entity, before } = row;
  fillFullName(entity, before, cells);
  if (entity.attributes.has('modifiedon')) cells.set('modifiedon', timeText(given.environment));
  if (entity.attributes.has('modifiedby')) {
    cells.set('modifiedby', { table: 'systemuser', id: given.caller.userId });
  }
  if (cells.has('ownerid')) fillOwner(given.environment, entity, cells);
}

/** An application user needs its application only: the platform names it after that. */
function fillApplicationUser(cells: Map<string, Cell>): void {
  const application = cells.get('applicationid');
  if (typeof application !== 'string') return;
  for (const column of ['domainname', 'internalemailaddress']) {
    if ((cells.get(column) ?? null) === null) cells.set(column, `${application}@emulator.local`);
  }
  if ((cells.get('lastname') ?? null) === null) cells.set('lastname', application);
}

/** People are shown as first and last name. */
function fillFullName(
  entity: Entity,
  before: ReadonlyMap<string, Cell>,
  cells: Map<string, Cell>,
): void {
  const { attributes } = entity;
  if (!attributes.has('fullname') || !attributes.has('firstname')) return;
  if (!cells.has('firstname') && !cells.has('lastname')) return;
  const names = ['firstname', 'lastname'].map((name) =>
    cells.has(name) ? cells.get(name) : before.get(name),
  );
  cells.set('fullname', names.filter((name) => typeof name === 'string').join(' '));
}

/** Amounts bring a currency, its rate, and themselves in the base currency: all rates here are 1. */
function fillMoney(environment: Environment, entity: Entity, cells: Map<string, Cell>): void {
  const { attributes } = entity;
  if (!attributes.has('transactioncurrencyid')) return;
  const amounts = [...cells].filter(
    ([name, cell]) => cell !== null && attributes.get(name)?.type === 'Money',
  );
  if (amounts.length === 0) return;
  if ((cells.get('transactioncurrencyid') ?? null) === null) {
    const [currency] = environment.store.rows('transactioncurrency');
    if (currency === undefined) return;
    cells.set('transactioncurrencyid', { table: 'transactioncurrency', id: currency.id });
  }
  if (attributes.has('exchangerate')) cells.set('exchangerate', '1.000000000000');
  for (const [name, cell] of amounts) {
    if (attributes.has(`${name}_base`)) cells.set(`${name}_base`, cell);
  }
}

function fillDefaults(entity: Entity, cells: Map<string, Cell>): void {
  for (const [name, attribute] of entity.attributes) {
    if (attribute.defaultValue === undefined || cells.has(name)) continue;
    if (attribute.type === 'State' || attribute.type === 'Status') continue;
    // -1 stands for "no default" in the metadata of choices.
    if (attribute.type === 'Picklist' && attribute.defaultValue === -1) continue;
    cells.set(name, attribute.defaultValue);
  }
}

function fillOwner(environment: Environment, entity: Entity, cells: Map<string, Cell>): void {
  const owner = cells.get('ownerid');
  if (owner === null || typeof owner !== 'object' || !('table' in owner)) return;
  const row: StoredRow | undefined = environment.store.get(owner.table, owner.id);
  const values: readonly [string, Cell][] = [
    ['owningbusinessunit', row?.cells.get('businessunitid') ?? null],
    ['owninguser', owner.table === 'systemuser' ? owner : null],
    ['owningteam', owner.table === 'team' ? owner : null],
  ];
  for (const [column, value] of values) {
    if (entity.attributes.has(column)) cells.set(column, value);
  }
}
