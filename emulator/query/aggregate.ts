import { aggregateLimitExceeded, aggregateNotSupported } from '../errors/query-errors.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import {
  cellReader,
  comparableOf,
  compareValues,
  decimalText,
  kindOf,
  type Comparable,
} from './column-value.ts';
import { fiscalPeriodOf } from './date-range.ts';
import { visitTuples } from './evaluate.ts';
import type { RowSource } from './related-rows.ts';
import type { ColumnOf, QueryForm, Tuple } from './query-form.ts';

/** What is computed of a group's rows. */
export type AggregateFunction = 'count' | 'countcolumn' | 'sum' | 'avg' | 'min' | 'max';

const dateGroupings = [
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'fiscal-period',
  'fiscal-year',
] as const;
/** The part of a date that groups rows. */
export type DateGrouping = (typeof dateGroupings)[number];

/** Is the text one of the parts of dates? */
export function isDateGrouping(text: string): text is DateGrouping {
  return dateGroupings.some((grouping) => grouping === text);
}

/** A column of an aggregate query: what groups, or what is computed. */
export type AggregateColumn =
  | {
      readonly kind: 'group';
      readonly alias: string;
      readonly column: ColumnOf;
      readonly grouping?: DateGrouping;
    }
  | {
      readonly kind: 'aggregate';
      readonly alias: string;
      readonly column: ColumnOf;
      readonly operation: AggregateFunction;
      readonly distinct: boolean;
    };

/** An aggregate query beyond its rows. */
export interface Aggregation {
  readonly columns: readonly AggregateColumn[];
  readonly order: readonly { readonly alias: string; readonly descending: boolean }[];
  /** Fewer rows than the service's own limit. */
  readonly limit?: number;
}

/** One value of a result: `counted` ones are plain numbers, others look like their column. */
export interface AggregateValue {
  readonly alias: string;
  readonly column: ColumnOf;
  readonly cell: Cell;
  readonly counted: boolean;
  readonly row: StoredRow | undefined;
  /** What a number is called where it is not just a number. */
  readonly label?: string;
}

/** Beyond so many rows the service refuses to aggregate. */
const maxRows = 50_000;

interface Group {
  readonly keys: readonly (Comparable | undefined)[];
  readonly values: readonly Accumulator[];
}

interface Accumulator {
  add(tuple: Tuple): void;
  result(): AggregateValue;
}

/** Groups and aggregates the rows of a query. */
export function aggregateRows(
  rows: RowSource,
  form: QueryForm,
  aggregation: Aggregation,
  within?: Iterable<StoredRow>,
): readonly (readonly AggregateValue[])[] {
  const groupKeys = aggregation.columns
    .filter((column) => column.kind === 'group')
    .map((column) => keyReader(rows, column));
  const accumulators = aggregation.columns.map((column) => () => createAccumulator(rows, column));
  for (const create of accumulators) create();

  const groups = new Map<string, Group>();
  const limit = Math.min(aggregation.limit ?? maxRows, maxRows);
  let count = 0;
  const newGroup = (keys: Group['keys']): Group => ({
    keys,
    values: accumulators.map((create) => create()),
  });
  visitTuples(
    rows,
    form,
    (tuple) => {
      count++;
      if (count > limit) throw aggregateLimitExceeded();
      const keys = groupKeys.map((read) => read(tuple));
      const name = keys.map((key) => `${typeof key}${String(key)}`).join('\u0000');
      let group = groups.get(name);
      if (group === undefined) {
        group = newGroup(keys);
        groups.set(name, group);
      }
      for (const value of group.values) value.add(tuple);
      return false;
    },
    within,
  );
  // Without groups there is one row, also for an empty table.
  if (groupKeys.length === 0 && groups.size === 0) groups.set('', newGroup([]));

  const results = [...groups.values()]
    .toSorted((left, right) => compareKeys(left.keys, right.keys))
    .map((group) => group.values.map((value) => value.result()));
  return aggregation.order.length === 0 ? results : sorted(results, aggregation.order);
}

function compareKeys(left: Group['keys'], right: Group['keys']): number {
  for (const [index, a] of left.entries()) {
    const order = compareNullable(a, right[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareNullable(a: Comparable | undefined, b: Comparable | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compareValues(a, b);
}

function sorted(
  results: readonly (readonly AggregateValue[])[],
  order: Aggregation['order'],
): readonly (readonly AggregateValue[])[] {
  const keyOf = (result: readonly AggregateValue[], alias: string): Comparable | undefined => {
    const value = result.find((candidate) => candidate.alias === alias);
    if (value === undefined || value.cell === null) return undefined;
    if (typeof value.cell === 'number') return value.cell;
    return comparableOf(kindOf(value.column.attribute))(value.cell);
  };
  return results.toSorted((left, right) => {
    for (const { alias, descending } of order) {
      const compared = compareNullable(keyOf(left, alias), keyOf(right, alias));
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  });
}

function cellOf(rows: RowSource, column: ColumnOf): (tuple: Tuple) => Cell {
  const read = cellReader(rows, column.entity, column.attribute);
  return (tuple) => {
    const row = tuple[column.slot];
    return row === undefined ? null : read(row);
  };
}

function keyReader(
  rows: RowSource,
  group: Extract<AggregateColumn, { kind: 'group' }>,
): (tuple: Tuple) => Comparable | undefined {
  const read = cellOf(rows, group.column);
  const { grouping } = group;
  if (grouping !== undefined) {
    return (tuple) => {
      const cell = read(tuple);
      if (typeof cell !== 'string') return undefined;
      const time = Date.parse(cell);
      // Periods of different years are different groups.
      if (grouping !== 'fiscal-period') return groupOfDate(grouping, time);
      return groupOfDate('fiscal-year', time) * 100 + groupOfDate(grouping, time);
    };
  }
  const keyOf = comparableOf(kindOf(group.column.attribute));
  return (tuple) => keyOf(read(tuple));
}

function groupOfDate(grouping: DateGrouping, time: number): number {
  const date = new Date(time);
  switch (grouping) {
    case 'day':
      return date.getUTCDate();
    case 'week': {
      const firstDay = Date.UTC(date.getUTCFullYear(), 0, 1);
      const offset = new Date(firstDay).getUTCDay();
      return Math.floor(((time - firstDay) / 86_400_000 + offset) / 7) + 1;
    }
    case 'month':
      return date.getUTCMonth() + 1;
    case 'quarter':
    case 'fiscal-period':
      return fiscalPeriodOf(time);
    case 'year':
    case 'fiscal-year':
      return date.getUTCFullYear();
  }
}

// learn.microsoft.com/power-apps/developer/data-platform/fetchxml/aggregate-data
function labelOfDate(grouping: DateGrouping | undefined, time: number): string | undefined {
  if (grouping !== 'fiscal-period' && grouping !== 'fiscal-year') return undefined;
  const year = `FY${groupOfDate('fiscal-year', time)}`;
  return grouping === 'fiscal-year' ? year : `Quarter ${groupOfDate(grouping, time)} ${year}`;
}

function createAccumulator(rows: RowSource, column: AggregateColumn): Accumulator {
  if (column.kind === 'group') return firstOf(rows, column);
  switch (column.operation) {
    case 'count':
    case 'countcolumn':
      return counter(rows, column);
    case 'sum':
    case 'avg':
      return adder(rows, column);
    case 'min':
    case 'max':
      return extreme(rows, column);
  }
}

function firstOf(rows: RowSource, group: Extract<AggregateColumn, { kind: 'group' }>): Accumulator {
  const { alias, column, grouping } = group;
  const read = cellOf(rows, column);
  let cell: Cell = null;
  let row: StoredRow | undefined;
  let label: string | undefined;
  return {
    add: (tuple) => {
      if (row !== undefined) return;
      row = tuple[column.slot];
      const value = read(tuple);
      cell = value;
      if (grouping === undefined || typeof value !== 'string') return;
      const time = Date.parse(value);
      cell = groupOfDate(grouping, time);
      label = labelOfDate(grouping, time);
    },
    result: () => ({
      alias,
      column,
      cell,
      counted: grouping !== undefined,
      row,
      ...(label === undefined ? {} : { label }),
    }),
  };
}

type AggregateOf = Extract<AggregateColumn, { kind: 'aggregate' }>;

function counter(rows: RowSource, aggregate: AggregateOf): Accumulator {
  const { alias, column, operation, distinct } = aggregate;
  const read = cellOf(rows, column);
  const keyOf = comparableOf(kindOf(column.attribute));
  const seen = new Set<Comparable>();
  let count = 0;
  return {
    add: (tuple) => {
      if (operation === 'count') {
        count++;
        return;
      }
      const key = keyOf(read(tuple));
      if (key === undefined || (distinct && seen.has(key))) return;
      if (distinct) seen.add(key);
      count++;
    },
    result: () => ({ alias, column, cell: count, counted: true, row: undefined }),
  };
}

// The service answers sums and averages of money with nine decimals.
const moneyScale = 9;

function adder(rows: RowSource, aggregate: AggregateOf): Accumulator {
  const { alias, column, operation, distinct } = aggregate;
  const { attribute } = column;
  const kind = kindOf(attribute);
  if (kind !== 'decimal' && !(kind === 'number' && attribute.options === undefined)) {
    throw aggregateNotSupported(operation, attribute.type);
  }
  const read = cellOf(rows, column);
  const keyOf = comparableOf(kind);
  const seen = new Set<Comparable>();
  let exact = 0n;
  let sum = 0;
  let count = 0;
  let row: StoredRow | undefined;
  return {
    add: (tuple) => {
      const key = keyOf(read(tuple));
      if (key === undefined || (distinct && seen.has(key))) return;
      if (distinct) seen.add(key);
      count++;
      row ??= tuple[column.slot];
      if (typeof key === 'bigint') exact += key;
      else sum += Number(key);
    },
    result: () => {
      const base = { alias, column, counted: false, row };
      if (count === 0) return { ...base, cell: null };
      if (kind === 'decimal') {
        const total = operation === 'avg' ? exact / BigInt(count) : exact;
        return {
          ...base,
          cell: decimalText(total, attribute.type === 'Money' ? moneyScale : 10),
        };
      }
      const total = operation === 'avg' ? sum / count : sum;
      return { ...base, cell: attribute.type === 'Integer' ? Math.trunc(total) : total };
    },
  };
}

function extreme(rows: RowSource, aggregate: AggregateOf): Accumulator {
  const { alias, column, operation } = aggregate;
  const kind = kindOf(column.attribute);
  if (kind === 'choices' || kind === 'bytes' || kind === 'guid') {
    throw aggregateNotSupported(operation, column.attribute.type);
  }
  const read = cellOf(rows, column);
  const keyOf = comparableOf(kind);
  let best: Comparable | undefined;
  let cell: Cell = null;
  let row: StoredRow | undefined;
  return {
    add: (tuple) => {
      const candidate = read(tuple);
      const key = keyOf(candidate);
      if (key === undefined) return;
      const better =
        best === undefined ||
        (operation === 'max' ? compareValues(key, best) > 0 : compareValues(key, best) < 0);
      if (!better) return;
      best = key;
      cell = candidate;
      row = tuple[column.slot];
    },
    result: () => ({ alias, column, cell, counted: false, row }),
  };
}
