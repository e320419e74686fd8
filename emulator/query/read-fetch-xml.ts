import {
  entityMismatch,
  invalidFetchNode,
  invalidFetchXml,
  invalidFilterType,
  invalidJoin,
  notInAggregate,
  unknownEntity,
} from '../errors/query-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { Aggregation } from './aggregate.ts';
import type { ConditionContext } from './condition-tests.ts';
import { joinOf } from './fetch-join.ts';
import { declareLinks, newScope, type Reading, type Scope } from './fetch-scope.ts';
import { flagAttribute, numberAttribute, optional, requiredAttribute } from './xml-attributes.ts';
import {
  allOf,
  anyOf,
  type Condition,
  type Join,
  type JoinKind,
  type OutputColumn,
  type QueryForm,
  type Source,
} from './query-form.ts';
import {
  aggregationOf,
  assertUnique,
  readColumn,
  readOrder,
  readableColumns,
} from './read-fetch-columns.ts';
import { readCondition } from './read-fetch-condition.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

/** A FetchXML document lowered, with what only its answer needs. */
export interface FetchQuery {
  readonly form: QueryForm;
  readonly allColumns: boolean;
  readonly top?: number;
  readonly count?: number;
  readonly page: number;
  readonly pagingCookie?: string;
  readonly wantsTotal: boolean;
  readonly aggregation?: Aggregation;
}

/** Reads and checks a whole FetchXML document; throws the service's errors. */
export function readFetchXml(context: ConditionContext, text: string, entity?: Entity): FetchQuery {
  const fetch = parseXml(text);
  if (fetch.name !== 'fetch') throw invalidFetchNode(fetch.name);
  const entities = fetch.children.filter((child) => child.name === 'entity');
  const [root] = entities;
  if (root === undefined || entities.length > 1) {
    throw invalidFetchXml('A fetch has exactly one entity element.');
  }
  const name = requiredAttribute(root, 'name');
  const rootEntity = context.rows.metadata.entity(name);
  if (rootEntity === undefined) throw unknownEntity(name);
  if (entity !== undefined && entity.logicalName !== name) throw entityMismatch();

  const reading: Reading = {
    context,
    scopes: [],
    declared: new Map(),
    aggregate: flagAttribute(fetch, 'aggregate'),
    rawChoices: flagAttribute(fetch, 'useraworderby'),
    order: [],
    aggregates: [],
    links: 0,
    conditions: 0,
  };
  const scope = newScope(reading, rootEntity, undefined, undefined);
  declareLinks(reading, root, scope);
  const parts = readTable(reading, root, scope);
  const columns = parts.columns ?? readableColumns(rootEntity);
  if (reading.aggregate) {
    assertUnique(reading.aggregates.map((column) => column.alias));
    if (parts.columns === undefined && reading.aggregates.length === 0) throw notInAggregate();
  }
  // Links' orders stand behind the table's own, wherever they are written:
  // learn.microsoft.com/power-apps/developer/data-platform/fetchxml/order-rows
  const orders = reading.order.toSorted(
    (left, right) => Number(left.scope !== scope) - Number(right.scope !== scope),
  );
  const form: QueryForm = {
    root: { slot: 0, entity: rootEntity, columns, joins: parts.joins },
    ...optional('where', parts.filter),
    order: reading.aggregate
      ? []
      : orders.map(({ element, scope: table }) => readOrder(reading, element, table)),
    distinct: flagAttribute(fetch, 'distinct') && !reading.aggregate,
    slots: reading.scopes.length,
  };
  return {
    form,
    allColumns: parts.columns === undefined,
    page: numberAttribute(fetch, 'page') ?? 1,
    wantsTotal: flagAttribute(fetch, 'returntotalrecordcount'),
    ...optional('top', readTop(fetch)),
    ...optional('count', numberAttribute(fetch, 'count')),
    ...optional('pagingCookie', fetch.attributes.get('paging-cookie')),
    ...optional(
      'aggregation',
      reading.aggregate
        ? {
            ...aggregationOf(reading),
            ...optional('limit', numberAttribute(fetch, 'aggregatelimit')),
          }
        : undefined,
    ),
  };
}

const withoutTop = ['page', 'count', 'paging-cookie'];

// Neither pages nor totals go with it: learn.microsoft.com/power-apps/developer/data-platform/fetchxml/count-rows
function readTop(fetch: XmlElement): number | undefined {
  const top = numberAttribute(fetch, 'top');
  if (top === undefined) return undefined;
  const page = withoutTop.find((name) => (fetch.attributes.get(name) ?? '') !== '');
  if (page !== undefined) {
    throw invalidFetchXml("The top attribute can't be specified with paging attribute page");
  }
  if (flagAttribute(fetch, 'returntotalrecordcount')) {
    throw invalidFetchXml("The top attribute can't be specified with returntotalrecordcount");
  }
  if (top < 1) throw invalidFetchXml('A value greater than zero must be specified.');
  return top;
}

interface TableParts {
  /** Absent: no attribute element, or all-attributes. */
  readonly columns: readonly OutputColumn[] | undefined;
  readonly joins: readonly Join[];
  readonly filter: Condition | undefined;
}

function readTable(reading: Reading, element: XmlElement, scope: Scope): TableParts {
  const columns: OutputColumn[] = [];
  const joins: Join[] = [];
  const conditions: (Condition | undefined)[] = [];
  let none = false;
  let all = false;
  for (const child of element.children) {
    switch (child.name) {
      case 'attribute':
        readColumn(reading, child, { scope, columns });
        break;
      case 'all-attributes':
        all = true;
        break;
      case 'no-attrs':
        none = true;
        break;
      case 'order':
        reading.order.push({ element: child, scope });
        break;
      case 'filter':
        conditions.push(readFilter(reading, child, scope));
        break;
      case 'link-entity': {
        const link = readLink(reading, child);
        if ('condition' in link) conditions.push(link.condition);
        else joins.push(link.join);
        break;
      }
      default:
        throw invalidFetchNode(child.name);
    }
  }
  const named = columns.length > 0 || none || scope.parent !== undefined;
  return {
    columns: all
      ? scope.parent === undefined
        ? undefined
        : readableColumns(scope.entity)
      : named
        ? columns
        : undefined,
    joins,
    filter: allOf(conditions),
  };
}

const joinKinds: ReadonlyMap<string, JoinKind> = new Map([
  ['inner', 'inner'],
  ['natural', 'inner'],
  ['outer', 'outer'],
  ['matchfirstrowusingcrossapply', 'first'],
]);

// `all` keeps rows that have related rows of which none satisfies the filter, and `not all` is the same
// as `any`: learn.microsoft.com/power-apps/developer/data-platform/fetchxml/filter-rows
const relatedModes: ReadonlyMap<string, 'any' | 'none' | 'all'> = new Map([
  ['any', 'any'],
  ['exists', 'any'],
  ['in', 'any'],
  ['not any', 'none'],
  ['all', 'all'],
  ['not all', 'any'],
]);

function readLink(
  reading: Reading,
  element: XmlElement,
): { readonly join: Join } | { readonly condition: Condition } {
  const scope = reading.declared.get(element);
  if (scope?.parent === undefined) throw invalidFetchNode(element.name);
  const { parent } = scope;
  const type = element.attributes.get('link-type') ?? 'inner';
  const parts = readTable(reading, element, scope);
  const source: Source = {
    slot: scope.slot,
    entity: scope.entity,
    columns: parts.columns ?? [],
    joins: parts.joins,
    ...optional('alias', scope.alias),
    ...optional('filter', parts.filter),
  };
  const kind = joinKinds.get(type);
  if (kind !== undefined) return { join: joinOf(reading, element, { parent, source, kind }) };
  const mode = relatedModes.get(type);
  if (mode === undefined) throw invalidJoin(type);
  return {
    condition: {
      kind: 'related',
      parent: { slot: parent.slot, entity: parent.entity },
      join: joinOf(reading, element, { parent, source, kind: 'inner' }),
      mode,
    },
  };
}

function readFilter(reading: Reading, element: XmlElement, scope: Scope): Condition | undefined {
  const type = element.attributes.get('type') ?? 'and';
  if (type !== 'and' && type !== 'or') throw invalidFilterType();
  const parts: Condition[] = [];
  for (const child of element.children) {
    if (child.name === 'condition') parts.push(readCondition(reading, child, scope));
    else if (child.name === 'filter') {
      const nested = readFilter(reading, child, scope);
      if (nested !== undefined) parts.push(nested);
    } else if (child.name === 'link-entity') {
      const link = readLink(reading, child);
      if (!('condition' in link)) {
        throw invalidJoin(child.attributes.get('link-type') ?? 'inner');
      }
      parts.push(link.condition);
    } else throw invalidFetchNode(child.name);
  }
  if (parts.length === 0) return undefined;
  if (parts.length === 1) return parts[0];
  return type === 'or' ? anyOf(parts) : { kind: 'and', parts };
}
