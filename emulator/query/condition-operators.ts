import { invalidOperator } from '../errors/query-errors.ts';
import {
  between,
  containValues,
  equal,
  inHierarchy,
  isEmpty,
  isIn,
  languageOf,
  like,
  negated,
  oneOf,
  ordered,
  wholeNumber,
  type ColumnCondition,
  type ConditionContext,
  type Test,
} from './condition-tests.ts';
import { dateValue, inFiscalPeriod, periodAndYear, range, within } from './date-conditions.ts';
import { countedRanges, dayOf, fiscalYear, relativeRanges } from './date-range.ts';
import { teamsOf, userAndReports } from './hierarchy.ts';
import type { Condition } from './query-form.ts';

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

/** The operator that holds where this one does not, in the sense of the service. */
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
