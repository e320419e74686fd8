import {
  aliasNeeded,
  conditionValueCount,
  duplicateAlias,
  entityMismatch,
  invalidDateGrouping,
  invalidFetchNode,
  invalidFetchXml,
  invalidFilterType,
  invalidJoin,
  missingFetchAttribute,
  notInAggregate,
  operatorNotAllowed,
  tooManyConditions,
  tooManyLinks,
  unknownAlias,
  unknownAttribute,
  unknownEntity,
} from '../errors/query-errors.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import type { Aggregation, AggregateColumn, AggregateFunction } from './aggregate.ts';
import { isDateGrouping } from './aggregate.ts';
import { compareColumns } from './column-comparison.ts';
import { columnCondition, type ConditionContext } from './condition-operators.ts';
import {
  allOf,
  type ColumnOf,
  type Condition,
  type Join,
  type JoinKind,
  type OrderTerm,
  type OutputColumn,
  type QueryForm,
  type Source,
} from './query-form.ts';
import { isReadable } from './row-members.ts';
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

/** A table of the query while it is read: conditions elsewhere may name it. */
interface Scope {
  readonly slot: number;
  readonly entity: Entity;
  readonly alias: string | undefined;
  readonly parent: Scope | undefined;
}

interface Reading {
  readonly context: ConditionContext;
  readonly scopes: Scope[];
  readonly declared: Map<XmlElement, Scope>;
  readonly aggregate: boolean;
  readonly rawChoices: boolean;
  readonly order: { readonly element: XmlElement; readonly scope: Scope }[];
  readonly aggregates: AggregateColumn[];
  links: number;
  conditions: number;
}

const maxLinks = 15;
const maxConditions = 500;

/** Reads and checks a whole FetchXML document; throws the service's errors. */
export function readFetchXml(context: ConditionContext, text: string, entity?: Entity): FetchQuery {
  const fetch = parseXml(text);
  if (fetch.name !== 'fetch') throw invalidFetchNode(fetch.name);
  const entities = fetch.children.filter((child) => child.name === 'entity');
  const [root] = entities;
  if (root === undefined || entities.length > 1) {
    throw invalidFetchXml('A fetch has exactly one entity element.');
  }
  const name = required(root, 'name');
  const rootEntity = context.rows.metadata.entity(name);
  if (rootEntity === undefined) throw unknownEntity(name);
  if (entity !== undefined && entity.logicalName !== name) throw entityMismatch();

  const reading: Reading = {
    context,
    scopes: [],
    declared: new Map(),
    aggregate: flag(fetch, 'aggregate'),
    rawChoices: flag(fetch, 'useraworderby'),
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
  const form: QueryForm = {
    root: { slot: 0, entity: rootEntity, columns, joins: parts.joins },
    ...optional('where', parts.filter),
    order: reading.aggregate
      ? []
      : reading.order.map(({ element, scope: table }) => readOrder(reading, element, table)),
    distinct: flag(fetch, 'distinct') && !reading.aggregate,
    slots: reading.scopes.length,
  };
  return {
    form,
    allColumns: parts.columns === undefined,
    page: number(fetch, 'page') ?? 1,
    wantsTotal: flag(fetch, 'returntotalrecordcount'),
    ...optional('top', number(fetch, 'top')),
    ...optional('count', number(fetch, 'count')),
    ...optional('pagingCookie', fetch.attributes.get('paging-cookie')),
    ...optional('aggregation', reading.aggregate ? aggregationOf(reading) : undefined),
  };
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  const member: Partial<Record<string, Value>> = value === undefined ? {} : { [name]: value };
  return member;
}

function required(element: XmlElement, attribute: string): string {
  const value = element.attributes.get(attribute);
  if (value === undefined || value === '') throw missingFetchAttribute(attribute, element.name);
  return value;
}

function flag(element: XmlElement, attribute: string): boolean {
  const value = element.attributes.get(attribute)?.trim().toLowerCase();
  if (value === undefined || value === '' || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw invalidFetchXml(
    `The only valid values for ${attribute} attribute are 'true', 'false', '1', and '0'.`,
  );
}

function number(element: XmlElement, attribute: string): number | undefined {
  const value = element.attributes.get(attribute);
  if (value === undefined || value.trim() === '') return undefined;
  if (!/^\s*\d+\s*$/.test(value)) {
    throw invalidFetchXml(`The ${attribute} attribute must be a number greater than zero.`);
  }
  return Number(value);
}

/** Columns that come back when none is named. */
export function readableColumns(entity: Entity): readonly OutputColumn[] {
  return [...entity.attributes.values()]
    .filter((attribute) => isReadable(attribute))
    .map((attribute) => ({ attribute }));
}

function newScope(
  reading: Reading,
  entity: Entity,
  alias: string | undefined,
  parent: Scope | undefined,
): Scope {
  const scope: Scope = { slot: reading.scopes.length, entity, alias, parent };
  reading.scopes.push(scope);
  return scope;
}

// Conditions may name a link that stands after them, so all links get their slots first.
function declareLinks(reading: Reading, element: XmlElement, parent: Scope): void {
  for (const child of element.children) {
    if (child.name === 'filter') declareLinks(reading, child, parent);
    if (child.name !== 'link-entity') continue;
    reading.links++;
    if (reading.links > maxLinks) throw tooManyLinks();
    const name = required(child, 'name');
    const entity = reading.context.rows.metadata.entity(name);
    if (entity === undefined) throw unknownEntity(name);
    const given = child.attributes.get('alias');
    const alias = given === undefined || given === '' ? `${name}${reading.links}` : given;
    if (reading.scopes.some((scope) => scope.alias === alias)) throw duplicateAlias(alias);
    const scope = newScope(reading, entity, alias, parent);
    reading.declared.set(child, scope);
    declareLinks(reading, child, scope);
  }
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

function attributeOf(entity: Entity, name: string): Attribute {
  const attribute = entity.attributes.get(name);
  if (attribute === undefined) throw unknownAttribute(entity.logicalName, name);
  return attribute;
}

function columnIn(scope: Scope, name: string): ColumnOf {
  return {
    slot: scope.slot,
    entity: scope.entity,
    attribute: attributeOf(scope.entity, name),
  };
}

const aggregateFunctions: ReadonlyMap<string, AggregateFunction> = new Map([
  ['count', 'count'],
  ['countcolumn', 'countcolumn'],
  ['sum', 'sum'],
  ['avg', 'avg'],
  ['min', 'min'],
  ['max', 'max'],
  ['rowaggregate', 'count'],
]);

function readColumn(
  reading: Reading,
  element: XmlElement,
  target: { readonly scope: Scope; readonly columns: OutputColumn[] },
): void {
  const { scope, columns } = target;
  const column = columnIn(scope, required(element, 'name'));
  const alias = element.attributes.get('alias');
  if (!reading.aggregate) {
    columns.push({ attribute: column.attribute, ...optional('alias', alias) });
    return;
  }
  if (alias === undefined || alias === '') throw aliasNeeded('aggregate');
  const grouping = element.attributes.get('dategrouping');
  if (grouping !== undefined && !isDateGrouping(grouping)) throw invalidDateGrouping();
  if (flag(element, 'groupby')) {
    reading.aggregates.push({
      kind: 'group',
      alias,
      column,
      ...optional('grouping', grouping),
    });
    return;
  }
  const aggregate = element.attributes.get('aggregate');
  const operation = aggregate === undefined ? undefined : aggregateFunctions.get(aggregate);
  if (operation === undefined) throw notInAggregate();
  reading.aggregates.push({
    kind: 'aggregate',
    alias,
    column,
    operation,
    distinct: flag(element, 'distinct'),
  });
}

function assertUnique(aliases: readonly string[]): void {
  const seen = new Set<string>();
  for (const alias of aliases) {
    if (seen.has(alias)) throw duplicateAlias(alias);
    seen.add(alias);
  }
}

function aggregationOf(reading: Reading): Aggregation {
  return {
    columns: reading.aggregates,
    order: reading.order.map(({ element }) => {
      const alias = element.attributes.get('alias');
      if (alias === undefined) throw aliasNeeded('order');
      if (!reading.aggregates.some((column) => column.alias === alias)) throw unknownAlias(alias);
      return { alias, descending: flag(element, 'descending') };
    }),
  };
}

function readOrder(reading: Reading, element: XmlElement, scope: Scope): OrderTerm {
  const named = element.attributes.get('entityname');
  const table = named === undefined || named === '' ? scope : scopeNamed(reading, named);
  return {
    column: columnIn(table, required(element, 'attribute')),
    descending: flag(element, 'descending'),
    raw: reading.rawChoices,
  };
}

function scopeNamed(reading: Reading, name: string): Scope {
  const found =
    reading.scopes.find((scope) => scope.alias === name) ??
    reading.scopes.find((scope) => scope.entity.logicalName === name);
  if (found === undefined) throw unknownAlias(name);
  return found;
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
  const { from, to } = linkColumns(reading, element, scope);
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
  if (kind !== undefined) return { join: { kind, source, from, to } };
  const mode = relatedModes.get(type);
  if (mode === undefined) throw invalidJoin(type);
  return {
    condition: {
      kind: 'related',
      parent: { slot: parent.slot, entity: parent.entity },
      join: { kind: 'inner', source, from, to },
      mode,
    },
  };
}

function linkColumns(
  reading: Reading,
  element: XmlElement,
  scope: Scope,
): { readonly from: Attribute; readonly to: Attribute } {
  const parent = scope.parent?.entity ?? scope.entity;
  const from = element.attributes.get('from');
  const to = element.attributes.get('to');
  if (from !== undefined && to !== undefined) {
    return { from: attributeOf(scope.entity, from), to: attributeOf(parent, to) };
  }
  if (from !== undefined || to !== undefined) {
    throw missingFetchAttribute(from === undefined ? 'from' : 'to', element.name);
  }
  const { metadata } = reading.context.rows;
  const lookup = metadata
    .manyToOne(parent.logicalName)
    .find(({ referencedEntity }) => referencedEntity === scope.entity.logicalName);
  if (lookup !== undefined) {
    return {
      from: attributeOf(scope.entity, lookup.referencedAttribute),
      to: attributeOf(parent, lookup.referencingAttribute),
    };
  }
  const back = metadata
    .manyToOne(scope.entity.logicalName)
    .find(({ referencedEntity }) => referencedEntity === parent.logicalName);
  if (back === undefined) throw missingFetchAttribute('from', element.name);
  return {
    from: attributeOf(scope.entity, back.referencingAttribute),
    to: attributeOf(parent, back.referencedAttribute),
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
  return parts.length === 1 ? parts[0] : { kind: type, parts };
}

function readCondition(reading: Reading, element: XmlElement, scope: Scope): Condition {
  reading.conditions++;
  if (reading.conditions > maxConditions) throw tooManyConditions();
  const named = element.attributes.get('entityname');
  const table = named === undefined || named === '' ? scope : scopeNamed(reading, named);
  const column = columnIn(table, required(element, 'attribute'));
  const operator = required(element, 'operator');
  const valueOf = element.attributes.get('valueof');
  if (valueOf !== undefined) {
    const other = otherColumn(reading, table, valueOf);
    const condition = compareColumns(operator, column, other);
    if (condition === undefined) {
      throw operatorNotAllowed(operator, table.entity.logicalName, column.attribute.logicalName);
    }
    return condition;
  }
  const children = element.children.filter((child) => child.name === 'value');
  const value = element.attributes.get('value');
  const values =
    children.length > 0 ? children.map((child) => child.text) : value === undefined ? [] : [value];
  if ((operator === 'null' || operator === 'not-null') && values.length > 0) {
    // `value=""` comes from older designers and is let through.
    if (values.some((text) => text !== '')) {
      throw conditionValueCount(operator, 'no values are', values.length);
    }
    return columnCondition(reading.context, { column, operator, values: [] });
  }
  return columnCondition(reading.context, { column, operator, values });
}

// `valueof` names a column of the same table, or of another one as `alias.column`.
function otherColumn(reading: Reading, scope: Scope, name: string): ColumnOf {
  const [alias, column] = name.split('.');
  if (alias !== undefined && column !== undefined) {
    return columnIn(scopeNamed(reading, alias), column);
  }
  return columnIn(scope, name);
}
