import type { Attribute, Entity } from '../metadata/metadata.ts';
import { isReference, type Cell, type StoredRow } from '../store/store.ts';
import {
  fileId,
  isFile,
  cellReader,
  isLookup,
  kindOf,
  scalarText,
  type ReadCell,
} from './column-value.ts';
import { rowsSharing } from '../logic/shared-columns.ts';
import { columnReadable, principalsOf } from './column-security.ts';
import { formattedValue } from './format-value.ts';
import type { QueryContext } from './interface.ts';
import { RawNumber } from './json-text.ts';

/** Annotation that tells which column an alias stands for. */
export const columnName = 'OData.Community.Display.V1.AttributeName';
const formattedName = 'OData.Community.Display.V1.FormattedValue';
const lookupTableName = 'Microsoft.Dynamics.CRM.lookuplogicalname';
const navigationName = 'Microsoft.Dynamics.CRM.associatednavigationproperty';

/** JSON members of a row under construction, in their order. */
export type Members = Record<string, unknown>;

/** One column of an answer: the property it appears as, and how its value is read. */
export interface Property {
  readonly name: string;
  readonly entity: Entity;
  readonly attribute: Attribute;
  readonly read: ReadCell;
  /** The name is a query's own: annotations tell which column it stands for. */
  readonly aliased?: true;
}

/** Name of a column in a row: lookups show their id under `_x_value`. */
export function propertyName(attribute: Attribute): string {
  return isLookup(attribute) ? `_${attribute.logicalName}_value` : attribute.logicalName;
}

/** Can the column be asked for and returned at all? */
export function isReadable(attribute: Attribute): boolean {
  return attribute.validForRead && attribute.validODataAttribute && attribute.type !== 'PartyList';
}

/** A column as a property of the answer; secured ones read as null without a profile, but in rows that share them. */
export function propertyOf(
  context: QueryContext,
  entity: Entity,
  attribute: Attribute,
  name = propertyName(attribute),
): Property {
  const read = cellReader(context.environment, entity, attribute);
  const readable = !attribute.secured || columnReadable(context, entity, attribute);
  if (readable) return { name, entity, attribute, read };
  const shared = rowsSharing(
    context.environment,
    { entity, attribute },
    { principals: principalsOf(context), right: 'readaccess' },
  );
  return { name, entity, attribute, read: (row) => (shared.has(row.id) ? read(row) : null) };
}

/** The column a property stands for. Lookups are properties only as `_x_value`. */
export function attributeOfProperty(entity: Entity, name: string): Attribute | undefined {
  const lookup = /^_(.+)_value$/.exec(name)?.[1];
  const column = lookup === undefined ? undefined : entity.attributes.get(lookup);
  if (column !== undefined && isLookup(column)) return isReadable(column) ? column : undefined;
  if (name === 'ownerid' && isOwnerTable(entity)) return entity.attributes.get(entity.primaryId);
  const attribute = entity.attributes.get(name);
  if (attribute === undefined || isLookup(attribute)) return undefined;
  return isReadable(attribute) ? attribute : undefined;
}

/** Columns without which a row of the table says little: the service adds them to every selection. */
const alwaysShown: ReadonlyMap<string, readonly string[]> = new Map([
  ['audit', ['transactionid']],
  ['systemform', ['objecttypecode', 'type']],
]);

/** Rows of the audit history are kept elsewhere: they have no version, and their key is no column to select. */
export function isAuditTable(entity: Entity): boolean {
  return entity.logicalName === 'audit';
}

/** Columns that come along unasked, in the order in which the service appends them. */
export function impliedColumns(
  entity: Entity,
  selected: readonly Attribute[],
  composites: 'with composites' | 'without composites' = 'with composites',
): readonly Attribute[] {
  const names = new Set(selected.map((attribute) => attribute.logicalName));
  const implied: Attribute[] = [];
  const add = (name: string): void => {
    const attribute = entity.attributes.get(name);
    if (attribute === undefined || names.has(name) || !isReadable(attribute)) return;
    names.add(name);
    implied.push(attribute);
  };
  if (selected.some((attribute) => attribute.type === 'Money')) add('transactioncurrencyid');
  for (const number of composites === 'with composites' ? ['1', '2', '3'] : []) {
    const component = new RegExp(
      `^address${number}_(line\\d|city|stateorprovince|postalcode|country)$`,
    );
    if (selected.some((attribute) => component.test(attribute.logicalName))) {
      add(`address${number}_composite`);
    }
  }
  for (const name of alwaysShown.get(entity.logicalName) ?? []) add(name);
  return implied;
}

/** Rows of one page with what is written of them so far. */
export interface Written {
  readonly members: Members;
  readonly row: StoredRow | undefined;
}

/**
 * Writes a column of a page with the annotations the request wants, which stand before the value. Rows lie
 * scattered in memory; when all cells of a column are read first, it answers for several rows at a time.
 */
export function addProperty(
  context: QueryContext,
  page: readonly Written[],
  property: Property,
  nulls: 'kept' | 'omitted',
): void {
  const cells = page.map(({ row }) => (row === undefined ? null : property.read(row)));
  for (const [at, written] of page.entries()) {
    addCell(context, written, property, { cell: cells[at] ?? null, nulls });
  }
}

function addCell(
  context: QueryContext,
  { members, row }: Written,
  property: Property,
  { cell, nulls }: { readonly cell: Cell; readonly nulls: 'kept' | 'omitted' },
): void {
  const { name, entity, attribute, aliased } = property;
  const value = jsonValue(property, cell, row);
  if (value === null) {
    if (nulls === 'kept') members[name] = null;
    return;
  }
  annotate(context, members, name, { entity, attribute, cell, row, aliased });
  members[name] = value;
  if (attribute.typeName === 'FileType' && isFile(cell)) members[`${name}_name`] = cell.fileName;
}

/** Annotations of a value under a name: also those of aggregates and joined columns. */
export function annotate(
  context: QueryContext,
  members: Members,
  name: string,
  value: {
    readonly entity: Entity;
    readonly attribute: Attribute;
    readonly cell: Cell;
    readonly row: StoredRow | undefined;
    readonly aliased?: true | undefined;
  },
): void {
  const { entity, attribute, cell, row, aliased } = value;
  const annotation = (wanted: string): boolean => context.preferences.annotation(wanted);
  const format = (): void => {
    if (!annotation(formattedName)) return;
    const text = formattedValue(context.environment, attribute, cell, row);
    if (text !== undefined) members[`${name}@${formattedName}`] = text;
  };
  if (aliased === true && annotation(columnName)) {
    members[`${name}@${columnName}`] = attribute.logicalName;
  }
  if (!isAuditTable(entity)) format();
  if (isReference(cell)) {
    const navigation =
      aliased === true || isAuditTable(entity)
        ? undefined
        : navigationOf(context, entity, attribute, cell.table);
    if (navigation !== undefined && annotation(navigationName)) {
      members[`${name}@${navigationName}`] = navigation;
    }
    if (annotation(lookupTableName)) members[`${name}@${lookupTableName}`] = cell.table;
  }
  if (isAuditTable(entity)) format();
}

function navigationOf(
  context: QueryContext,
  entity: Entity,
  attribute: Attribute,
  table: string,
): string | undefined {
  const relationships = context.environment.metadata
    .manyToOne(entity.logicalName)
    .filter(({ referencingAttribute }) => referencingAttribute === attribute.logicalName);
  const found =
    relationships.find(({ referencedEntity }) => referencedEntity === table) ??
    (attribute.type === 'Owner' ? relationships[0] : undefined);
  return found?.referencingNavigation ?? (attribute.type === 'Owner' ? 'ownerid' : undefined);
}

/** A cell as the JSON of a row has it. */
export function jsonValue(
  column: { readonly entity: Entity; readonly attribute: Attribute },
  cell: Cell,
  row?: StoredRow,
): unknown {
  if (cell === null) return null;
  if (isReference(cell)) return cell.id;
  if (isFile(cell)) {
    return column.attribute.typeName === 'ImageType'
      ? Buffer.from(cell.bytes).toString('base64')
      : fileId(cell, row?.id ?? '', column.attribute.logicalName);
  }
  const kind = kindOf(column.attribute);
  if (kind === 'choices') return scalarText(cell);
  if (column.attribute.type === 'ManagedProperty') {
    return {
      Value: cell === true || cell === 'true',
      CanBeChanged: true,
      ManagedPropertyLogicalName: column.attribute.logicalName,
    };
  }
  if ((kind === 'decimal' || kind === 'bigint') && typeof cell === 'string') {
    return new RawNumber(cell);
  }
  return cell;
}

/** The row's version as an ETag; rows of elastic tables have one in the form of their own store. */
export function etagOf(entity: Entity, { version }: StoredRow): string {
  if (entity.tableType !== 'Elastic') return `W/"${version}"`;
  const hex = version.toString(16).padStart(8, '0');
  return `W/"${hex}-0000-0200-0000-${hex.padStart(12, '0')}"`;
}

/** Columns the platform derives for users and teams: they are owners, and an owner's key is `ownerid`. */
export function isOwnerTable(entity: Entity): boolean {
  return entity.logicalName === 'systemuser' || entity.logicalName === 'team';
}
