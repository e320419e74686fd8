import {
  aliasNeeded,
  duplicateAlias,
  invalidDateGrouping,
  invalidFetchXml,
  notInAggregate,
  unknownAlias,
} from '../errors/query-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import { isDateGrouping, type AggregateFunction, type Aggregation } from './aggregate.ts';
import { kindOf } from './column-value.ts';
import { columnIn, scopeNamed, type Reading, type Scope } from './fetch-scope.ts';
import { flagAttribute, optional, requiredAttribute } from './xml-attributes.ts';
import type { OrderTerm, OutputColumn } from './query-form.ts';
import { isReadable } from './row-members.ts';
import type { XmlElement } from './xml-tree.ts';

/** Columns that come back when none is named. */
export function readableColumns(entity: Entity): readonly OutputColumn[] {
  return [...entity.attributes.values()]
    .filter((attribute) => isReadable(attribute))
    .map((attribute) => ({ attribute }));
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

/** Reads an attribute element: a column to show, to group by or to aggregate. */
export function readColumn(
  reading: Reading,
  element: XmlElement,
  target: { readonly scope: Scope; readonly columns: OutputColumn[] },
): void {
  const { scope, columns } = target;
  const column = columnIn(scope, requiredAttribute(element, 'name'));
  const alias = element.attributes.get('alias');
  if (!reading.aggregate) {
    columns.push({
      attribute: column.attribute,
      ...optional('alias', alias),
      ...(countsChildren(element, scope) ? { countsChildren: true } : {}),
    });
    return;
  }
  if (alias === undefined || alias === '') throw aliasNeeded('aggregate');
  const grouping = element.attributes.get('dategrouping');
  if (grouping !== undefined) {
    if (!isDateGrouping(grouping)) throw invalidDateGrouping();
    if (kindOf(column.attribute) !== 'datetime') throw invalidDateGrouping();
  }
  if (flagAttribute(element, 'groupby')) {
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
    distinct: flagAttribute(element, 'distinct'),
  });
}

// learn.microsoft.com/power-apps/developer/data-platform/fetchxml/aggregate-data
function countsChildren(element: XmlElement, scope: Scope): boolean {
  const rowAggregate = element.attributes.get('rowaggregate');
  if (rowAggregate === undefined) return false;
  const isKey = element.attributes.get('name') === scope.entity.primaryId;
  if (rowAggregate.toLowerCase() !== 'countchildren' || !isKey) {
    throw invalidFetchXml(`The rowaggregate '${rowAggregate}' cannot be used here.`);
  }
  if ((element.attributes.get('alias') ?? '') === '') throw aliasNeeded('aggregate');
  return true;
}

/** Throws where an alias comes twice. */
export function assertUnique(aliases: readonly string[]): void {
  const seen = new Set<string>();
  for (const alias of aliases) {
    if (seen.has(alias)) throw duplicateAlias(alias);
    seen.add(alias);
  }
}

/** The aggregation that a document asks for. */
export function aggregationOf(reading: Reading): Aggregation {
  return {
    columns: reading.aggregates,
    order: reading.order.map(({ element }) => {
      const alias = element.attributes.get('alias');
      if (alias === undefined) throw aliasNeeded('order');
      if (!reading.aggregates.some((column) => column.alias === alias)) throw unknownAlias(alias);
      return { alias, descending: flagAttribute(element, 'descending') };
    }),
  };
}

/** Reads an order element. */
export function readOrder(reading: Reading, element: XmlElement, scope: Scope): OrderTerm {
  const named = element.attributes.get('entityname');
  const table = named === undefined || named === '' ? scope : scopeNamed(reading, named);
  return {
    column: columnIn(table, requiredAttribute(element, 'attribute')),
    descending: flagAttribute(element, 'descending'),
    raw: reading.rawChoices,
  };
}
