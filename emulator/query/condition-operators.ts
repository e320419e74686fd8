import { parseGuid, sqlServerSortKey } from '#shared/model/guid.ts';
import type { Caller } from '../environment.ts';
import {
  conditionValueCount,
  conditionValueMissing,
  invalidOperator,
  invalidQueryValue,
  operatorNotAllowed,
} from '../errors/query-errors.ts';
import type { Cell } from '../store/store.ts';
import { likeMatcher } from './collation.ts';
import {
  comparableOf,
  kindOf,
  netType,
  parseComparable,
  scalarText,
  type Comparable,
} from './column-value.ts';
import {
  countedRanges,
  dayOf,
  fiscalPeriod,
  fiscalPeriodOf,
  fiscalYear,
  isWithin,
  relativeRanges,
  type DateRange,
} from './date-range.ts';
import type { RowSource } from './evaluate.ts';
import { hierarchyIds, teamsOf, userAndReports } from './hierarchy.ts';
import type { ColumnOf, Condition } from './query-form.ts';

/** What conditions about "me" and "now" are relative to. */
export interface ConditionContext {
  readonly rows: RowSource;
  readonly caller: Caller;
  readonly now: number;
}

/** A condition as FetchXML words it. OData's operators and query functions use the same words. */
export interface ColumnCondition {
  readonly column: ColumnOf;
  readonly operator: string;
  readonly values: readonly string[];
}

type Holds = (cell: Cell) => boolean;
interface Test {
  readonly holds: Holds;
  readonly among?: readonly string[];
}

/** Operator by its opposite, in the service's sense: `not` is lowered with it. */
const opposites: ReadonlyMap<string, string> = new Map(
  [
    ['eq', 'ne'],
    ['gt', 'le'],
    ['lt', 'ge'],
    ['like', 'not-like'],
    ['begins-with', 'not-begin-with'],
    ['ends-with', 'not-end-with'],
    ['in', 'not-in'],
    ['between', 'not-between'],
    ['null', 'not-null'],
    ['contain-values', 'not-contain-values'],
    ['eq-userid', 'ne-userid'],
    ['eq-businessid', 'ne-businessid'],
    ['under', 'not-under'],
  ].flatMap(([one, other]) =>
    one === undefined || other === undefined
      ? []
      : [
          [one, other],
          [other, one],
        ],
  ),
);

export function oppositeOf(operator: string): string | undefined {
  return opposites.get(operator === 'neq' ? 'ne' : operator);
}

/** Lowers one condition; throws the service's errors for unknown operators and values that do not fit. */
export function columnCondition(context: ConditionContext, condition: ColumnCondition): Condition {
  const test = operatorTest(context, condition);
  return { kind: 'test', column: condition.column, ...test };
}

function operatorTest(context: ConditionContext, condition: ColumnCondition): Test {
  const { operator } = condition;
  const build = operators.get(operator);
  if (build !== undefined) return build(context, condition);
  const relative = relativeRanges.get(operator);
  if (relative !== undefined) return within(condition, relative(context.now));
  const counted = countedRanges.get(operator);
  if (counted !== undefined) {
    return within(condition, counted(context.now, wholeNumber(condition, 0)));
  }
  throw invalidOperator(operator);
}

type Build = (context: ConditionContext, condition: ColumnCondition) => Test;

const operators: ReadonlyMap<string, Build> = new Map<string, Build>([
  ['eq', equal],
  ['ne', (context, condition) => negated(equal(context, condition))],
  ['neq', (context, condition) => negated(equal(context, condition))],
  ['gt', (_, condition) => ordered(condition, (cell, value) => cell > value)],
  ['ge', (_, condition) => ordered(condition, (cell, value) => cell >= value)],
  ['lt', (_, condition) => ordered(condition, (cell, value) => cell < value)],
  ['le', (_, condition) => ordered(condition, (cell, value) => cell <= value)],
  ['in', isIn],
  ['not-in', (context, condition) => negated(isIn(context, condition))],
  ['null', () => ({ holds: isEmpty })],
  ['not-null', () => ({ holds: (cell) => !isEmpty(cell) })],
  ['between', (_, condition) => between(condition)],
  // Unlike the other negative operators: SQL's two comparisons are both unknown for null.
  [
    'not-between',
    (_, condition) => {
      const { holds } = between(condition);
      return { holds: (cell) => cell !== null && !holds(cell) };
    },
  ],
  ['like', (_, condition) => like(condition, (value) => value)],
  ['not-like', (_, condition) => negated(like(condition, (value) => value))],
  ['begins-with', (_, condition) => like(condition, (value) => `${value}%`)],
  ['not-begin-with', (_, condition) => negated(like(condition, (value) => `${value}%`))],
  ['ends-with', (_, condition) => like(condition, (value) => `%${value}`)],
  ['not-end-with', (_, condition) => negated(like(condition, (value) => `%${value}`))],
  ['contain-values', (_, condition) => containValues(condition)],
  ['not-contain-values', (_, condition) => negated(containValues(condition))],
  ['on', (_, condition) => within(condition, dayOf(dateValue(condition)))],
  [
    'on-or-after',
    (_, condition) => within(condition, range('from', dayOf(dateValue(condition)).from)),
  ],
  [
    'on-or-before',
    (_, condition) => within(condition, range('before', dayOf(dateValue(condition)).before)),
  ],
  ['in-fiscal-year', (_, condition) => within(condition, fiscalYear(wholeNumber(condition, 0)))],
  ['in-fiscal-period', (_, condition) => inFiscalPeriod(condition)],
  ['in-fiscal-period-and-year', (_, condition) => within(condition, periodAndYear(condition))],
  [
    'in-or-after-fiscal-period-and-year',
    (_, condition) => within(condition, range('from', periodAndYear(condition).from)),
  ],
  [
    'in-or-before-fiscal-period-and-year',
    (_, condition) => within(condition, range('before', periodAndYear(condition).before)),
  ],
  ['eq-userid', (context, condition) => oneOf(condition, [context.caller.userId])],
  ['ne-userid', (context, condition) => negated(oneOf(condition, [context.caller.userId]))],
  ['eq-businessid', (context, condition) => oneOf(condition, [context.caller.businessUnitId])],
  [
    'ne-businessid',
    (context, condition) => negated(oneOf(condition, [context.caller.businessUnitId])),
  ],
  ['eq-userlanguage', (context) => ({ holds: (cell) => cell === languageOf(context) })],
  [
    'eq-userteams',
    (context, condition) => oneOf(condition, teamsOf(context.rows, [context.caller.userId])),
  ],
  [
    'eq-useroruserteams',
    (context, condition) =>
      oneOf(condition, [context.caller.userId, ...teamsOf(context.rows, [context.caller.userId])]),
  ],
  [
    'eq-useroruserhierarchy',
    (context, condition) => oneOf(condition, userAndReports(context.rows, context.caller.userId)),
  ],
  [
    'eq-useroruserhierarchyandteams',
    (context, condition) => {
      const users = userAndReports(context.rows, context.caller.userId);
      return oneOf(condition, [...users, ...teamsOf(context.rows, users)]);
    },
  ],
  ['under', (context, condition) => inHierarchy(context, condition, ['below'])],
  ['not-under', (context, condition) => negated(inHierarchy(context, condition, ['below']))],
  ['eq-or-under', (context, condition) => inHierarchy(context, condition, ['self', 'below'])],
  ['above', (context, condition) => inHierarchy(context, condition, ['above'])],
  ['eq-or-above', (context, condition) => inHierarchy(context, condition, ['self', 'above'])],
]);

// The service writes `col <> @value OR col IS NULL`: a row without a value is not equal to it.
function negated(test: Test): Test {
  const { holds } = test;
  return { holds: (cell) => !holds(cell) };
}

function isEmpty(cell: Cell): boolean {
  return cell === null || (Array.isArray(cell) && cell.length === 0);
}

function firstValue(condition: ColumnCondition): string {
  const [value] = condition.values;
  if (value === undefined) throw conditionValueMissing(condition.operator);
  if (condition.values.length > 1) {
    throw conditionValueCount(condition.operator, 'exactly one value is', condition.values.length);
  }
  return value;
}

function valueOf(context: ConditionContext, column: ColumnOf, text: string): Comparable {
  const { entity, attribute } = column;
  // Columns that name a table also take its type code.
  if (attribute.type === 'EntityName' && /^\s*\d+\s*$/.test(text)) {
    const named = context.rows.metadata.entityOfTypeCode(Number(text));
    return parseComparable(entity, attribute, named?.logicalName ?? text);
  }
  return parseComparable(entity, attribute, text);
}

function equal(context: ConditionContext, condition: ColumnCondition): Test {
  return equalsOneOf(context, condition, [firstValue(condition)]);
}

function isIn(context: ConditionContext, condition: ColumnCondition): Test {
  if (condition.values.length === 0) throw conditionValueMissing(condition.operator);
  return equalsOneOf(context, condition, condition.values);
}

function equalsOneOf(
  context: ConditionContext,
  condition: ColumnCondition,
  texts: readonly string[],
): Test {
  const { column } = condition;
  const kind = kindOf(column.attribute);
  const keyOf = comparableOf(kind);
  const values = new Set(texts.map((text) => valueOf(context, column, text)));
  const [only] = values;
  const holds: Holds =
    values.size === 1
      ? (cell) => keyOf(cell) === only
      : (cell) => {
          const key = keyOf(cell);
          return key !== undefined && values.has(key);
        };
  if (kind !== 'guid') return { holds };
  return { holds, among: texts.flatMap((text) => parseGuid(text.trim()) ?? []) };
}

function ordered(
  condition: ColumnCondition,
  compare: (cell: Comparable, value: Comparable) => boolean,
): Test {
  const { entity, attribute } = condition.column;
  const keyOf = comparableOf(kindOf(attribute));
  const value = parseComparable(entity, attribute, firstValue(condition));
  return {
    holds: (cell) => {
      const key = keyOf(cell);
      return key !== undefined && compare(key, value);
    },
  };
}

function between(condition: ColumnCondition): Test {
  const { entity, attribute } = condition.column;
  const [lower, upper] = condition.values;
  if (lower === undefined || upper === undefined || condition.values.length !== 2) {
    throw conditionValueCount(
      condition.operator,
      'exactly two values are',
      condition.values.length,
    );
  }
  const keyOf = comparableOf(kindOf(attribute));
  const from = parseComparable(entity, attribute, lower);
  const to = parseComparable(entity, attribute, upper);
  return {
    holds: (cell) => {
      const key = keyOf(cell);
      return key !== undefined && key >= from && key <= to;
    },
  };
}

function like(condition: ColumnCondition, pattern: (value: string) => string): Test {
  const matches = likeMatcher(pattern(firstValue(condition)));
  return { holds: (cell) => cell !== null && matches(scalarText(cell)) };
}

function containValues(condition: ColumnCondition): Test {
  const { entity, attribute } = condition.column;
  if (kindOf(attribute) !== 'choices') {
    throw operatorNotAllowed(condition.operator, entity.logicalName, attribute.logicalName);
  }
  const wanted = new Set(condition.values.map((_, index) => wholeNumber(condition, index)));
  return {
    holds: (cell) => Array.isArray(cell) && (cell as readonly number[]).some((v) => wanted.has(v)),
  };
}

function wholeNumber(condition: ColumnCondition, index: number): number {
  const text = condition.values[index];
  if (text === undefined) throw conditionValueMissing(condition.operator);
  if (!/^\s*-?\d+\s*$/.test(text)) {
    throw invalidQueryValue(text, {
      table: condition.column.entity.logicalName,
      name: condition.column.attribute.logicalName,
      netType: netType('number'),
    });
  }
  return Number(text);
}

function range(end: 'from' | 'before', time: number | undefined): DateRange {
  return time === undefined ? {} : { [end]: time };
}

function dateValue(condition: ColumnCondition): number {
  const { entity, attribute } = condition.column;
  assertDate(condition);
  return Number(parseComparable(entity, attribute, firstValue(condition)));
}

function assertDate(condition: ColumnCondition): void {
  const { entity, attribute } = condition.column;
  if (kindOf(attribute) !== 'datetime') {
    throw operatorNotAllowed(condition.operator, entity.logicalName, attribute.logicalName);
  }
}

function within(condition: ColumnCondition, dates: DateRange): Test {
  assertDate(condition);
  return {
    holds: (cell) => {
      const time = typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
      return !Number.isNaN(time) && isWithin(dates, time);
    },
  };
}

function inFiscalPeriod(condition: ColumnCondition): Test {
  assertDate(condition);
  const period = wholeNumber(condition, 0);
  return {
    holds: (cell) => typeof cell === 'string' && fiscalPeriodOf(Date.parse(cell)) === period,
  };
}

function periodAndYear(condition: ColumnCondition): DateRange {
  if (condition.values.length !== 2) {
    throw conditionValueCount(
      condition.operator,
      'a period and a year are',
      condition.values.length,
    );
  }
  return fiscalPeriod(wholeNumber(condition, 0), wholeNumber(condition, 1));
}

function oneOf(condition: ColumnCondition, ids: readonly string[]): Test {
  const { entity, attribute } = condition.column;
  if (kindOf(attribute) !== 'guid') {
    throw operatorNotAllowed(condition.operator, entity.logicalName, attribute.logicalName);
  }
  const keyOf = comparableOf('guid');
  const wanted = new Set<Comparable>(ids.map((id) => sqlServerSortKey(id)));
  return {
    among: ids.map((id) => id.toLowerCase()),
    holds: (cell) => {
      const key = keyOf(cell);
      return key !== undefined && wanted.has(key);
    },
  };
}

function inHierarchy(
  context: ConditionContext,
  condition: ColumnCondition,
  parts: readonly ('self' | 'below' | 'above')[],
): Test {
  const { entity, attribute } = condition.column;
  const id = parseGuid(firstValue(condition));
  const ids = hierarchyIds(context.rows, { entity, attribute }, id ?? '', parts);
  if (ids === undefined || id === undefined) {
    throw operatorNotAllowed(condition.operator, entity.logicalName, attribute.logicalName);
  }
  return oneOf(condition, ids);
}

function languageOf(context: ConditionContext): number {
  const language = context.rows.store
    .get('usersettings', context.caller.userId)
    ?.cells.get('uilanguageid');
  return typeof language === 'number' && language > 0 ? language : 1033;
}
