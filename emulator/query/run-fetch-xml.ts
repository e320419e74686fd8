import { noHierarchy, tooDeepWithoutCookie } from '../errors/query-errors.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import type { StoredRow } from '../store/store.ts';
import { aggregateRows, type AggregateValue } from './aggregate.ts';
import { collection, maxPageSize } from './collection.ts';
import { isLookup, scalarText } from './column-value.ts';
import type { RowSource } from './related-rows.ts';
import { grouped } from './format-value.ts';
import { childCounter } from './hierarchy.ts';
import type { QueryContext, RunFetchXml } from './interface.ts';
import { pageRows, sortTerms, type SortTerm } from './page-rows.ts';
import { composeCookie, readCookie, wrapCookie } from './paging-cookie.ts';
import type { OutputColumn, Source, Tuple } from './query-form.ts';
import { readFetchXml, type FetchQuery } from './read-fetch-xml.ts';
import { rowSourceOf } from './row-source.ts';
import {
  addProperty,
  annotate,
  columnName,
  etagOf,
  impliedColumns,
  isReadable,
  jsonValue,
  propertyName,
  propertyOf,
  type Members,
  type Property,
} from './row-members.ts';

/** Without a cookie pages can only be counted, and only so far. */
const maxSimplePaging = 50_000;

/** Answers a FetchXML query: one page of rows, or its groups. */
export const runFetchXml: RunFetchXml = (context, entity, fetchXml, within, countedToo) => {
  const rows = rowSourceOf(context);
  const query = readFetchXml(
    { rows, caller: context.caller, now: context.environment.now() },
    fetchXml,
    entity,
  );
  const counted = query.wantsTotal || (countedToo === true && tellsCount(context));
  if (query.aggregation !== undefined) {
    return aggregated(context, entity, { query, within, counted });
  }

  const terms = sortTerms(rows, query.form);
  const cookies = query.top === undefined && allowsCookie(query);
  const limit = pageSize(context, query);
  const after =
    cookies && query.pagingCookie !== undefined ? readCookie(query.pagingCookie, terms) : undefined;
  const skip = after === undefined ? (query.page - 1) * limit : 0;
  if (skip + limit > maxSimplePaging && query.page > 1) throw tooDeepWithoutCookie();
  const request = {
    limit,
    skip,
    counted,
    ...(after === undefined ? {} : { after }),
  };
  const page = pageRows(rows, query.form, request, within);
  const more = query.top === undefined && page.more;
  const shape = tupleShape(context, query);
  const value = shape.write(page.tuples);
  return collection(context, {
    context: `${entity.entitySetName}${shape.contextColumns(value)}`,
    ...(counted ? { count: page.total } : {}),
    total: counted ? page.total : -1,
    moreRecords: more,
    links: linksOf(query.form.root),
    value,
    ...(more && cookies ? { pagingCookie: nextCookie(terms, query.page, page.tuples) } : {}),
  });
};

// The page about counts tells of `$count` beside a document; the page about paging asks for other
// annotations with it and shows no count:
// learn.microsoft.com/power-apps/developer/data-platform/fetchxml/count-rows and page-results
function tellsCount({ preferences }: QueryContext): boolean {
  return (
    preferences.annotation('Microsoft.Dynamics.CRM.totalrecordcount') ||
    !preferences.annotation('Microsoft.Dynamics.CRM.morerecords')
  );
}

function nextCookie(terms: readonly SortTerm[], page: number, tuples: readonly Tuple[]): string {
  return wrapCookie(composeCookie(terms, { number: page, tuples }), page + 1);
}

// Ordered by a linked column, or distinct without the key, a page has no position to continue from:
// learn.microsoft.com/power-apps/developer/data-platform/fetchxml/page-results
function allowsCookie(query: FetchQuery): boolean {
  const { form } = query;
  if (form.order.some((term) => term.column.slot !== form.root.slot)) return false;
  return !form.distinct || showsKey(query);
}

function showsKey(query: FetchQuery): boolean {
  const { form } = query;
  const { primaryId } = form.root.entity;
  return (
    !form.distinct || form.root.columns.some(({ attribute }) => attribute.logicalName === primaryId)
  );
}

function pageSize(context: QueryContext, query: FetchQuery): number {
  if (query.top !== undefined) return Math.min(query.top, maxPageSize);
  const size = query.count ?? context.preferences.maxPageSize ?? maxPageSize;
  return size < 1 ? maxPageSize : Math.min(size, maxPageSize);
}

interface TupleShape {
  write(tuples: readonly Tuple[]): readonly Members[];
  contextColumns(rows: readonly Members[]): string;
}

function tupleShape(context: QueryContext, query: FetchQuery): TupleShape {
  const { root } = query.form;
  const key = root.entity.attributes.get(root.entity.primaryId);
  const withKey = showsKey(query);
  const all = rootProperties(context, query);
  const properties = all.filter(({ aliased }) => aliased !== true);
  const aliased = all.filter((property) => property.aliased === true);
  const linked = linkedProperties(context, root);
  const keyListed = properties.some(({ attribute }) => attribute === key);

  const write = (tuples: readonly Tuple[]): readonly Members[] => {
    const page = tuples.map((tuple) => {
      const row = tuple[root.slot];
      const members: Members = {};
      if (row !== undefined && withKey) members['@odata.etag'] = etagOf(root.entity, row);
      return { members, row };
    });
    for (const property of properties) addProperty(context, page, property, 'omitted');
    if (withKey && !keyListed) {
      for (const { members, row } of page) {
        if (row !== undefined) members[root.entity.primaryId] = row.id;
      }
    }
    for (const property of aliased) addProperty(context, page, property, 'omitted');
    for (const { slot, property } of linked) {
      const joined = page.map(({ members }, at) => ({ members, row: tuples[at]?.[slot] }));
      addProperty(context, joined, property, 'omitted');
    }
    return page.map(({ members }) => members);
  };

  return {
    write,
    contextColumns: (rows) => {
      if (query.allColumns) return '';
      const names = properties.map(({ name }) => name);
      if (withKey && !keyListed) names.push(root.entity.primaryId);
      const shown = new Set(rows.flatMap((row) => Object.keys(row)));
      const listed = [
        ...names.filter((name) => rows.length === 0 || shown.has(name)),
        ...names.filter((name) => rows.length > 0 && !shown.has(name)),
      ].flatMap((name) => {
        const lookup = lookupOf(root.entity, name);
        return lookup === undefined ? [name] : [name, lookup];
      });
      const lookups = names.flatMap((name) => {
        const lookup = lookupOf(root.entity, name);
        return lookup === undefined ? [] : [`${lookup}()`];
      });
      const behind = aliased.map(({ attribute }) => attribute);
      const aliasedLookups = behind.filter(isLookup).map(({ logicalName }) => `${logicalName}()`);
      return `(${[
        ...listed,
        ...behind.map(({ logicalName }) => logicalName),
        ...lookups,
        ...aliasedLookups,
      ].join(',')})`;
    },
  };
}

function lookupOf(entity: Entity, name: string): string | undefined {
  const column = /^_(.+)_value$/.exec(name)?.[1];
  const attribute = column === undefined ? undefined : entity.attributes.get(column);
  return attribute !== undefined && isLookup(attribute) ? attribute.logicalName : undefined;
}

function rootProperties(context: QueryContext, query: FetchQuery): readonly Property[] {
  const { entity, columns } = query.form.root;
  const readable = columns.filter(({ attribute }) => isReadable(attribute));
  const named = readable.map((column): Property => {
    if (column.countsChildren === true) return childrenOf(context, entity, column);
    const { attribute, alias } = column;
    return alias === undefined
      ? propertyOf(context, entity, attribute)
      : { ...propertyOf(context, entity, attribute, alias), aliased: true };
  });
  // Views show parts of addresses alone: learn.microsoft.com/power-apps/developer/data-platform/webapi/web-api-query-data-sample
  const implied = impliedColumns(
    entity,
    readable.map(({ attribute }) => attribute),
    'without composites',
  ).map((attribute) => propertyOf(context, entity, attribute));
  return [...named, ...implied];
}

/** The number of rows below a row, as a whole number of the column's alias. */
function childrenOf(
  context: QueryContext,
  entity: Entity,
  { attribute, alias = attribute.logicalName }: OutputColumn,
): Property {
  const count = childCounter(rowSourceOf(context), entity.logicalName);
  if (count === undefined) throw noHierarchy(entity.logicalName);
  const shownAs: Attribute = {
    ...attribute,
    logicalName: alias,
    type: 'Integer',
    typeName: 'IntegerType',
  };
  return { name: alias, entity, attribute: shownAs, read: (row) => count(row.id) };
}

interface LinkedProperty {
  readonly slot: number;
  readonly property: Property;
}

function linkedProperties(context: QueryContext, parent: Source): readonly LinkedProperty[] {
  return parent.joins.flatMap(({ source }) => [
    ...source.columns
      .filter(({ attribute }) => isReadable(attribute))
      .map(({ attribute, alias }) => ({
        slot: source.slot,
        property: {
          ...propertyOf(
            context,
            source.entity,
            attribute,
            alias ?? `${source.alias ?? source.entity.logicalName}.${attribute.logicalName}`,
          ),
          aliased: true as const,
        },
      })),
    ...linkedProperties(context, source),
  ]);
}

/** Linked tables that show columns. */
function linksOf(parent: Source): readonly { readonly alias: string; readonly column: string }[] {
  return parent.joins.flatMap(({ source, to }) => [
    ...(source.alias === undefined || source.columns.length === 0
      ? []
      : [{ alias: source.alias, column: to.logicalName }]),
    ...linksOf(source),
  ]);
}

function aggregated(
  context: QueryContext,
  entity: Entity,
  of: {
    readonly query: FetchQuery;
    readonly within: Iterable<StoredRow> | undefined;
    readonly counted: boolean;
  },
) {
  const { query, within, counted } = of;
  const rows: RowSource = rowSourceOf(context);
  const { aggregation } = query;
  const results =
    aggregation === undefined ? [] : aggregateRows(rows, query.form, aggregation, within);
  const limit = query.top ?? query.count ?? maxPageSize;
  const from = query.top === undefined ? (query.page - 1) * limit : 0;
  return collection(context, {
    context: entity.entitySetName,
    ...(counted ? { count: results.length } : {}),
    total: counted ? results.length : -1,
    moreRecords: query.top === undefined && results.length > from + limit,
    value: results.slice(from, from + limit).map((values) => aggregateMembers(context, values)),
  });
}

/** A row of aggregates: nulls are left out. */
export function aggregateMembers(
  context: QueryContext,
  values: readonly AggregateValue[],
): Members {
  const members: Members = {};
  for (const { alias, column, cell, counted, row, label } of values) {
    if (cell === null) continue;
    const aliased = alias === propertyName(column.attribute) ? undefined : true;
    if (counted) {
      if (context.preferences.annotation(columnName)) {
        members[`${alias}@${columnName}`] = column.attribute.logicalName;
      }
      if (context.preferences.annotation('OData.Community.Display.V1.FormattedValue')) {
        members[`${alias}@OData.Community.Display.V1.FormattedValue`] =
          label ?? grouped(scalarText(cell));
      }
      members[alias] = cell;
    } else {
      annotate(context, members, alias, { ...column, cell, row, aliased });
      members[alias] = jsonValue(column, cell, row);
    }
  }
  return members;
}
