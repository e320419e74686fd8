import {
  deleteRestricted,
  duplicateKey,
  duplicatePair,
  duplicateRow,
  messageNotSupported,
  requiredColumn,
} from '../errors/payload-errors.ts';
import { nonPrimaryImage } from '../errors/message-errors.ts';
import { assertAccess } from '../logic/access.ts';
import { fillAutoNumbers } from '../logic/auto-numbers.ts';
import { assertOwnerMayRead, assertRowAccess } from '../logic/visible-rows.ts';
import { afterWrite, beforeDelete, beforeWrite, type WriteEvent } from '../logic/server-logic.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import { rememberDeleted } from '../query/change-tracking.ts';
import { audit } from './audit-history.ts';
import type { BoundRow } from './bind.ts';
import { assertFileOfRow } from './blocked-files.ts';
import { recordFiles } from './file-attachments.ts';
import type { CollectionNavigation } from './navigation.ts';
import type { Payload, WriteContext } from './read-payload.ts';
import { checkInitialStatus, pairStatus } from './state.ts';
import { fillOnCreate, fillOnUpdate } from './system-columns.ts';

/** Creates a row and everything nested in it, or nothing. */
export function createRow(context: WriteContext, payload: Payload): StoredRow {
  const { environment, caller } = context;
  const { entity } = payload;
  const { store } = environment;
  if (entity.isIntersect && !writableIntersects.has(entity.logicalName)) {
    throw messageNotSupported('Create', entity);
  }
  assertAccess(environment, caller, entity, 'Create');
  assertNewOwner(environment, entity, payload.cells);
  assertFileOfRow(environment, entity, payload.cells);
  assertPrimaryImage(entity, payload.cells);
  return store.transaction(() => {
    const id = payload.id ?? environment.newId();
    if (store.get(entity.logicalName, id) !== undefined) throw duplicateRow();
    const { cells } = payload;
    for (const parent of payload.parents) {
      const row = createRow(context, parent.payload);
      cells.set(parent.column, { table: parent.payload.entity.logicalName, id: row.id });
    }
    fillOnCreate(context, entity, cells);
    fillAutoNumbers(environment, entity, cells);
    checkInitialStatus(entity, id, cells);
    const event: WriteEvent = { environment, caller, entity, id, cells };
    beforeWrite(event);
    assertRequired(entity, cells, 'create');
    assertKeysUnique(context, entity, { id, cells });
    const row = store.put(entity.logicalName, id, withoutNulls(cells));
    audit({ environment, caller, entity, id, after: row.cells });
    afterWrite(event, row);
    createNested(context, { entity, row }, payload);
    return store.get(entity.logicalName, id) ?? row;
  });
}

/** Other images need a row that is there: learn.microsoft.com/power-apps/developer/data-platform/image-column-data */
function assertPrimaryImage(entity: Entity, cells: ReadonlyMap<string, Cell>): void {
  for (const [name, cell] of cells) {
    if (typeof cell !== 'object' || cell === null || !('bytes' in cell)) continue;
    if (name === entity.primaryImage) continue;
    if (entity.attributes.get(name)?.typeName === 'ImageType')
      throw nonPrimaryImage(entity.logicalName, name);
  }
}

function assertNewOwner(
  environment: WriteContext['environment'],
  entity: Entity,
  cells: ReadonlyMap<string, Cell>,
): void {
  const owner = cells.get('ownerid');
  if (typeof owner !== 'object' || owner === null || !('table' in owner)) return;
  assertOwnerMayRead(environment, entity, owner);
}

/** Changes the columns of the payload in an existing row. */
export function updateRow(context: WriteContext, before: StoredRow, payload: Payload): StoredRow {
  const { environment, caller } = context;
  const { entity, cells } = payload;
  assertRowAccess(environment, caller, { entity, row: before, verb: 'Write' });
  if (cells.has('ownerid')) {
    assertRowAccess(environment, caller, { entity, row: before, verb: 'Assign' });
    assertNewOwner(environment, entity, cells);
  }
  assertFileOfRow(environment, entity, cells);
  return environment.store.transaction(() => {
    assertRequired(entity, cells, 'update');
    pairStatus(entity, before, cells);
    fillOnUpdate(context, { entity, before: before.cells }, cells);
    const event: WriteEvent = { environment, caller, entity, id: before.id, before, cells };
    beforeWrite(event);
    const merged = withoutNulls(new Map([...before.cells, ...cells]));
    assertKeysUnique(context, entity, { id: before.id, cells: merged });
    const row = environment.store.put(entity.logicalName, before.id, merged);
    recordFiles(environment, entity, { before, cells });
    audit({ environment, caller, entity, id: before.id, before: before.cells, after: merged });
    afterWrite(event, row);
    return environment.store.get(entity.logicalName, before.id) ?? row;
  });
}

/** Deletes a row and does to its children what their relationships say. */
export function deleteRow(context: WriteContext, entity: Entity, row: StoredRow): void {
  const { environment, caller } = context;
  assertRowAccess(environment, caller, { entity, row, verb: 'Delete' });
  environment.store.transaction(() => {
    removeWithChildren(context, entity, row);
  });
}

function removeWithChildren(context: WriteContext, entity: Entity, row: StoredRow): void {
  const { environment, caller } = context;
  const { store, metadata } = environment;
  beforeDelete({ environment, caller, entity, id: row.id, before: row });
  const self: Cell = { table: entity.logicalName, id: row.id };
  for (const relationship of metadata.oneToMany(entity.logicalName)) {
    if (relationship.cascadeDelete === 'NoCascade') continue;
    const { referencingEntity, referencingAttribute } = relationship;
    const child = metadata.entity(referencingEntity);
    if (child === undefined || store.count(referencingEntity) === 0) continue;
    for (const childRow of store.find(referencingEntity, referencingAttribute, self)) {
      if (relationship.cascadeDelete === 'Restrict') throw deleteRestricted();
      // A cascade may have taken this row by another way.
      const current = store.get(referencingEntity, childRow.id);
      if (current === undefined) continue;
      if (relationship.cascadeDelete === 'Cascade') removeWithChildren(context, child, current);
      else {
        const cells = new Map(current.cells);
        cells.delete(referencingAttribute);
        store.put(referencingEntity, current.id, cells);
      }
    }
  }
  for (const relationship of metadata.manyToMany(entity.logicalName)) {
    const { intersectEntity, entity1, entity1Attribute, entity2, entity2Attribute } = relationship;
    const columns = [
      ...(entity1 === entity.logicalName ? [entity1Attribute] : []),
      ...(entity2 === entity.logicalName ? [entity2Attribute] : []),
    ];
    for (const column of columns) {
      for (const pair of store.find(intersectEntity, column, row.id)) {
        store.delete(intersectEntity, pair.id);
      }
    }
  }
  store.delete(entity.logicalName, row.id);
  rememberDeleted(environment, entity.logicalName, row.id);
  audit({ environment, caller, entity, id: row.id, before: row.cells });
}

/** Pairs are made by associating; these few tables are rows of their own. */
const writableIntersects: ReadonlySet<string> = new Set(['listmember']);

/** Ties two rows by a collection-valued navigation property of the first. */
export function associate(
  context: WriteContext,
  near: BoundRow,
  link: { readonly navigation: CollectionNavigation; readonly far: BoundRow },
): void {
  const { environment, caller } = context;
  const { store } = environment;
  const { navigation, far } = link;
  assertAccess(environment, caller, near.entity, 'Append');
  assertAccess(environment, caller, far.entity, 'AppendTo');
  if (navigation.kind === 'one-to-many') {
    const cell: Cell = { table: near.entity.logicalName, id: near.row.id };
    setLookup(context, far, { column: navigation.is.referencingAttribute, cell });
    return;
  }
  const { intersectEntity } = navigation.is;
  const pair = new Map<string, Cell>([
    [navigation.nearColumn, near.row.id],
    [navigation.farColumn, far.row.id],
  ]);
  if (store.findAll(intersectEntity, pair).length > 0) throw duplicatePair();
  store.transaction(() => {
    store.put(intersectEntity, environment.newId(), pair);
  });
}

/** Unties two rows; a pair that is not there is not refused. */
export function disassociate(
  context: WriteContext,
  near: BoundRow,
  link: { readonly navigation: CollectionNavigation; readonly far: BoundRow },
): void {
  const { store } = context.environment;
  const { navigation, far } = link;
  assertAccess(context.environment, context.caller, near.entity, 'Append');
  if (navigation.kind === 'one-to-many') {
    const current = far.row.cells.get(navigation.is.referencingAttribute);
    const points = typeof current === 'object' && current !== null && 'id' in current;
    if (!points || current.id !== near.row.id) return;
    setLookup(context, far, { column: navigation.is.referencingAttribute, cell: null });
    return;
  }
  const { intersectEntity } = navigation.is;
  const pair = new Map<string, Cell>([
    [navigation.nearColumn, near.row.id],
    [navigation.farColumn, far.row.id],
  ]);
  store.transaction(() => {
    for (const row of store.findAll(intersectEntity, pair)) store.delete(intersectEntity, row.id);
  });
}

/** Writes one lookup as an update of its row. */
export function setLookup(
  context: WriteContext,
  of: BoundRow,
  to: { readonly column: string; readonly cell: Cell },
): void {
  const cells = new Map<string, Cell>([[to.column, to.cell]]);
  updateRow(context, of.row, { entity: of.entity, cells, parents: [], nested: [] });
}

function createNested(context: WriteContext, near: BoundRow, payload: Payload): void {
  for (const { navigation, created, bound } of payload.nested) {
    for (const child of created) {
      if (navigation.kind === 'one-to-many') {
        const cell: Cell = { table: near.entity.logicalName, id: near.row.id };
        child.cells.set(navigation.is.referencingAttribute, cell);
      }
      const row = createRow(context, child);
      if (navigation.kind === 'one-to-many') continue;
      associate(context, near, { navigation, far: { entity: child.entity, row } });
    }
    for (const far of bound) associate(context, near, { navigation, far });
  }
}

function assertRequired(
  entity: Entity,
  cells: ReadonlyMap<string, Cell>,
  mode: 'create' | 'update',
): void {
  for (const [name, attribute] of entity.attributes) {
    // Only what the database cannot do without is enforced by the service; forms enforce the rest.
    if (attribute.requiredLevel !== 'SystemRequired' || !attribute.validForCreate) continue;
    if (name === entity.primaryId || attribute.attributeOf !== undefined) continue;
    if (!cells.has(name) && (mode === 'update' || !neededTypes.has(attribute.type))) continue;
    if ((cells.get(name) ?? null) === null) throw requiredColumn(entity, name);
  }
}

/** Numbers, choices and dates that a row cannot be without get a value of the platform's when left out. */
const neededTypes: ReadonlySet<string> = new Set(['Customer', 'Lookup', 'Owner', 'String']);

function assertKeysUnique(
  context: WriteContext,
  entity: Entity,
  row: { readonly id: string; readonly cells: ReadonlyMap<string, Cell> },
): void {
  for (const key of entity.keys) {
    const cells = new Map(key.attributes.map((name) => [name, row.cells.get(name) ?? null]));
    // Rows with a null among their key columns are not checked.
    if ([...cells.values()].includes(null)) continue;
    const others = context.environment.store.findAll(entity.logicalName, cells);
    if (others.some((other) => other.id !== row.id)) {
      throw duplicateKey(key.schemaName, key.attributes);
    }
  }
}

function withoutNulls(cells: ReadonlyMap<string, Cell>): ReadonlyMap<string, Cell> {
  return new Map([...cells].filter(([, cell]) => cell !== null));
}
