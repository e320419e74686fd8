import type { Entity } from '../metadata/metadata.ts';
import { isReference, type Reference, type StoredRow } from '../store/store.ts';
import { cellReader, referencedRow } from './column-value.ts';
import { relatedRows, type RowSource } from './related-rows.ts';
import type { QueryContext } from './interface.ts';
import { lowerOData } from './lower-odata.ts';
import type { Navigation } from './navigation.ts';
import { isNested, type ExpandItem, type Selection } from './odata-options.ts';
import { pageRows, sortTerms } from './page-rows.ts';
import { composeCookie, skipTokenText, wrapCookie } from './paging-cookie.ts';
import { maxPageSize } from './collection.ts';
import type { QueryForm } from './query-form.ts';
import { rowSourceOf } from './row-source.ts';
import {
  addProperty,
  etagOf,
  isAuditTable,
  impliedColumns,
  isOwnerTable,
  isReadable,
  propertyOf,
  type Members,
  type Property,
} from './row-members.ts';

/** Writes the members of rows. */
export type WriteRows = (rows: readonly StoredRow[]) => readonly Members[];

/** What rows of a table show in an answer. */
export interface RowShape {
  readonly entity: Entity;
  readonly selection: Selection;
  readonly expand: readonly ExpandItem[];
  readonly etag: boolean;
  /** A row asked for by its key: its collections come without links and without the lookups that led to them. */
  readonly alone?: boolean;
  /** Lookup that led here: children show it though nobody selected it. */
  readonly back?: string;
}

/** Writer of OData rows of one shape, expansions included. */
export function rowWriter(context: QueryContext, shape: RowShape): WriteRows {
  return shapeWriter(context, shape, isNested(shape.expand));
}

function shapeWriter(context: QueryContext, shape: RowShape, nested: boolean): WriteRows {
  const { entity, expand } = shape;
  const properties = propertiesOf(context, shape);
  const expanders = expand.map((item) =>
    expander(context, entity, { item, nested, alone: shape.alone === true }),
  );
  const withEtag = shape.etag && !isAuditTable(entity);
  return (rows) => {
    const page = rows.map((row) => {
      const members: Members = withEtag ? { '@odata.etag': etagOf(entity, row) } : {};
      return { members, row };
    });
    for (const property of properties) addProperty(context, page, property, 'kept');
    return page.map(({ members, row }) => {
      if (isOwnerTable(entity) && !('ownerid' in members)) members['ownerid'] = row.id;
      for (const add of expanders) add(members, row);
      return members;
    });
  };
}

function propertiesOf(context: QueryContext, shape: RowShape): readonly Property[] {
  const { entity, selection } = shape;
  const all = [...entity.attributes.values()].filter((attribute) => isReadable(attribute));
  const selected = selection.attributes ?? all;
  const columns = new Map(selected.map((attribute) => [attribute.logicalName, attribute]));
  const add = (name: string | undefined): void => {
    const attribute = name === undefined ? undefined : entity.attributes.get(name);
    if (attribute !== undefined && isReadable(attribute)) {
      columns.set(attribute.logicalName, attribute);
    }
  };
  // The key of a single row stands before what comes unasked, but not a contact's:
  // learn.microsoft.com/power-apps/developer/data-platform/webapi/web-api-conditional-operations-sample
  // and web-api-query-data-sample
  const keyFirst = shape.alone === true && entity.logicalName !== 'contact';
  if (keyFirst && selection.attributes !== undefined) add(entity.primaryId);
  for (const attribute of impliedColumns(entity, selected)) add(attribute.logicalName);
  for (const item of shape.expand) {
    if (item.reference && item.navigation.kind === 'single') {
      add(item.navigation.column.logicalName);
    }
  }
  if (selection.attributes !== undefined) add(shape.back);
  if (selection.attributes === undefined || !isAuditTable(entity)) add(entity.primaryId);
  // Recorded of rows of elastic tables that are read by their key.
  if (shape.alone === true && entity.tableType === 'Elastic') {
    for (const name of ['versionnumber', 'partitionid', 'ownerid', 'owningbusinessunit']) {
      if (!columns.has(name)) add(name);
    }
  }
  return [...columns.values()].map((attribute) => propertyOf(context, entity, attribute));
}

type Expander = (members: Members, row: StoredRow) => void;

interface Expansion {
  readonly item: ExpandItem;
  readonly nested: boolean;
  readonly alone: boolean;
}

function expander(context: QueryContext, entity: Entity, expansion: Expansion): Expander {
  const { navigation } = expansion.item;
  if (navigation.kind === 'single') return singleExpander(context, entity, expansion);
  return collectionExpander(context, entity, { ...expansion, navigation });
}

function formOf(context: QueryContext, item: ExpandItem): QueryForm {
  const { environment, caller } = context;
  return lowerOData(
    { rows: rowSourceOf(context), caller, now: environment.now() },
    item.navigation.target,
    { filter: item.filter, orderBy: item.orderBy },
  );
}

function singleExpander(context: QueryContext, entity: Entity, expansion: Expansion): Expander {
  const { item, nested } = expansion;
  const { navigation } = item;
  const { target, name } = navigation;
  const column = navigation.kind === 'single' ? navigation.column : undefined;
  const rows = rowSourceOf(context);
  const form = formOf(context, item);
  const write = shapeWriter(
    context,
    {
      entity: target,
      selection: item.selection,
      expand: item.expand,
      // Only where a single row was asked for: learn.microsoft.com/power-apps/developer/data-platform/webapi/web-api-basic-operations-sample
      etag: expansion.alone && !nested,
    },
    nested,
  );
  const read = column === undefined ? () => null : cellReader(rows, entity, column);
  return (members, row) => {
    const cell = read(row);
    if (!isReference(cell) || !leadsTo(cell, target)) {
      members[name] = null;
    } else if (item.reference) {
      const set = rows.metadata.entity(cell.table)?.entitySetName ?? target.entitySetName;
      members[name] = { '@odata.id': `${context.rootUrl}${set}(${cell.id})` };
    } else {
      const found = referencedRow(rows, target, cell);
      const shown =
        found !== undefined &&
        pageRows(rows, form, { limit: 1, counted: false }, [found]).tuples.length > 0;
      members[name] = shown ? (write([found])[0] ?? null) : null;
    }
  };
}

function leadsTo(reference: Reference, target: Entity): boolean {
  return reference.table === target.logicalName || target.logicalName === 'owner';
}

function collectionExpander(
  context: QueryContext,
  entity: Entity,
  expansion: Expansion & { readonly navigation: Exclude<Navigation, { kind: 'single' }> },
): Expander {
  const { item, nested, alone, navigation } = expansion;
  const { name, target } = navigation;
  const rows = rowSourceOf(context);
  const form = formOf(context, item);
  const children = childRows(rows, entity, navigation);
  const write = shapeWriter(
    context,
    {
      entity: target,
      selection: item.selection,
      expand: item.expand,
      etag: !nested,
      ...(nested || alone || navigation.kind !== 'collection'
        ? {}
        : { back: navigation.column.logicalName }),
    },
    nested,
  );
  const pageSize = nested ? (context.preferences.maxPageSize ?? maxPageSize) : maxPageSize;
  const limit = Math.min(item.top ?? pageSize, pageSize, maxPageSize);
  const terms = sortTerms(rows, form);
  return (members, row) => {
    const page = pageRows(rows, form, { limit, counted: true }, children(row));
    members[name] = write(page.tuples.flatMap(([child]) => child ?? []));
    const link = `${context.rootUrl}${entity.entitySetName}(${row.id})/${name}`;
    const options = item.optionsText === '' ? [] : [item.optionsText];
    if (alone && !page.more) return;
    if (nested) {
      if (!page.more) return;
      const cookie = wrapCookie(composeCookie(terms, { number: 1, tuples: page.tuples }), 2);
      options.push(`$skiptoken=${skipTokenText(withCount(cookie, page.total))}`);
    }
    members[`${name}@odata.nextLink`] =
      options.length === 0 ? link : `${link}?${options.join('&')}`;
  };
}

function withCount(wrapper: string, total: number): string {
  return wrapper.replace(' />', ` countOfRecords="${total}" />`);
}

/** Rows a collection-valued navigation property leads to. */
export function childRows(
  rows: RowSource,
  entity: Entity,
  navigation: Exclude<Navigation, { kind: 'single' }>,
): (row: StoredRow) => readonly StoredRow[] {
  const key = entity.attributes.get(entity.primaryId);
  if (key === undefined) return () => [];
  const source = { slot: 0, columns: [], joins: [] };
  if (navigation.kind === 'collection') {
    return relatedRows(
      rows,
      {
        kind: 'inner',
        source: { ...source, entity: navigation.target },
        from: navigation.column,
        to: key,
      },
      entity,
    );
  }
  const { intersect, target, nearColumn, farColumn } = navigation;
  const targetKey = target.attributes.get(target.primaryId);
  if (targetKey === undefined) return () => [];
  const pairs = relatedRows(
    rows,
    { kind: 'inner', source: { ...source, entity: intersect }, from: nearColumn, to: key },
    entity,
  );
  const far = relatedRows(
    rows,
    { kind: 'inner', source: { ...source, entity: target }, from: targetKey, to: farColumn },
    intersect,
  );
  return (row) => pairs(row).flatMap((pair) => far(pair));
}
