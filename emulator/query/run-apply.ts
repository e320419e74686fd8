import { badQuery } from '../errors/query-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { StoredRow } from '../store/store.ts';
import { aggregateRows, type AggregateColumn, type AggregateFunction } from './aggregate.ts';
import { collection } from './collection.ts';
import { kindOf } from './column-value.ts';
import type { JsonObject, QueryContext, QueryOptions } from './interface.ts';
import { columnOfPath, newODataScope, type Lowering, type ODataScope } from './odata-scope.ts';
import { lowerFilter } from './lower-filter.ts';
import { parseFilter } from './odata-expression.ts';
import { splitOutside } from './split-outside.ts';
import { allOf, type Condition, type QueryForm } from './query-form.ts';
import { isReadable, propertyName, type Members } from './row-members.ts';
import { rowSourceOf } from './row-source.ts';
import { aggregateMembers } from './run-fetch-xml.ts';

/** `$apply`: filters, then at most one grouping or aggregation. */
export function runApply(
  context: QueryContext,
  entity: Entity,
  apply: string,
  query: { readonly options: QueryOptions; readonly within?: Iterable<StoredRow> },
): JsonObject {
  if (query.options.has('$orderby')) {
    throw badQuery('The query node SingleValueOpenPropertyAccess is not supported');
  }
  const rows = rowSourceOf(context);
  const lowering: Lowering = {
    context: { rows, caller: context.caller, now: context.environment.now() },
    slots: 0,
  };
  const scope = newODataScope(lowering, entity);
  const conditions: Condition[] = [];
  const filter = query.options.get('$filter');
  if (filter !== undefined) conditions.push(lowerFilter(lowering, scope, parseFilter(filter)));
  const columns: AggregateColumn[] = [];
  for (const transformation of splitOutside(apply, '/')) {
    const match = /^\s*(\w+)\s*\((.*)\)\s*$/s.exec(transformation);
    const body = match?.[2] ?? '';
    switch (match?.[1] ?? '') {
      case 'filter':
        conditions.push(lowerFilter(lowering, scope, parseFilter(body)));
        break;
      case 'groupby':
        columns.push(...readGroupBy(lowering, scope, body));
        break;
      case 'aggregate':
        columns.push(...readAggregates(lowering, scope, body));
        break;
      default:
        throw badQuery(`Syntax error at position 0 in '${apply}'.`);
    }
  }
  const where = allOf(conditions);
  const form: QueryForm = {
    root: { slot: scope.slot, entity, columns: [], joins: scope.joins },
    ...(where === undefined ? {} : { where }),
    order: [],
    distinct: false,
    slots: lowering.slots,
  };
  const aggregation = { columns: inAnswerOrder(columns, scope), order: [] };
  const results = aggregateRows(rows, form, aggregation, query.within);
  // Behind a row the service answers with all columns, as it does without aggregates.
  const others = query.within === undefined ? {} : nullsOf(entity);
  return collection(context, {
    context: entity.entitySetName,
    total: -1,
    related: query.within !== undefined,
    value: results
      .filter((values) => values.some((value) => value.counted || value.cell !== null))
      .map((values) => ({ ...others, ...aggregateMembers(context, values) })),
  });
}

function nullsOf(entity: Entity): Members {
  const columns = [...entity.attributes.values()].filter(isReadable);
  return Object.fromEntries(columns.map((attribute) => [propertyName(attribute), null]));
}

// Own columns first, then aggregates, then columns of tables that a path led to.
function inAnswerOrder(
  columns: readonly AggregateColumn[],
  scope: ODataScope,
): readonly AggregateColumn[] {
  const rank = (column: AggregateColumn): number => {
    if (column.kind === 'aggregate') return 1;
    return column.column.slot === scope.slot ? 0 : 2;
  };
  return columns.toSorted((left, right) => rank(left) - rank(right));
}

function readGroupBy(
  lowering: Lowering,
  scope: ODataScope,
  text: string,
): readonly AggregateColumn[] {
  const [list = '', ...rest] = splitOutside(text, ',').map((part) => part.trim());
  const names = /^\((.*)\)$/s.exec(list)?.[1];
  if (names === undefined) throw badQuery(`Syntax error at position 0 in '${text}'.`);
  const groups = names.split(',').map((name): AggregateColumn => {
    const column = columnOfPath(lowering, scope, name.trim());
    // learn.microsoft.com/power-apps/developer/data-platform/webapi/query/aggregate-data
    if (kindOf(column.attribute) === 'datetime') {
      throw badQuery(`Grouping by '${name.trim()}' is not supported: its values are dates.`);
    }
    const alias =
      column.slot === scope.slot
        ? propertyName(column.attribute)
        : `${column.entity.logicalName}_${propertyName(column.attribute)}`;
    return { kind: 'group', alias, column };
  });
  const aggregates = rest.flatMap((part) => {
    const body = /^aggregate\s*\((.*)\)$/s.exec(part)?.[1];
    if (body === undefined) throw badQuery(`Syntax error at position 0 in '${part}'.`);
    return readAggregates(lowering, scope, body);
  });
  return [...groups, ...aggregates];
}

const methods: ReadonlyMap<string, AggregateFunction> = new Map([
  ['sum', 'sum'],
  ['average', 'avg'],
  ['min', 'min'],
  ['max', 'max'],
  ['countdistinct', 'countcolumn'],
]);

function readAggregates(
  lowering: Lowering,
  scope: ODataScope,
  text: string,
): readonly AggregateColumn[] {
  return splitOutside(text, ',').map((part): AggregateColumn => {
    const count = /^\s*\$count\s+as\s+(\w+)\s*$/.exec(part);
    if (count !== null) {
      return {
        kind: 'aggregate',
        alias: count[1] ?? '',
        column: columnOfPath(lowering, scope, scope.entity.primaryId),
        operation: 'count',
        distinct: false,
      };
    }
    const match = /^\s*([\w/]+)\s+with\s+(\w+)\s+as\s+(\w+)\s*$/.exec(part);
    const operation = methods.get(match?.[2] ?? '');
    if (match === null || operation === undefined) {
      throw badQuery(`Syntax error at position 0 in '${part.trim()}'.`);
    }
    return {
      kind: 'aggregate',
      alias: match[3] ?? '',
      column: columnOfPath(lowering, scope, match[1] ?? ''),
      operation,
      distinct: operation === 'countcolumn',
    };
  });
}
