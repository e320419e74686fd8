import { conditionValueCount, operatorNotAllowed } from '../errors/query-errors.ts';
import { kindOf, parseComparable } from './column-value.ts';
import { firstValue, wholeNumber, type ColumnCondition, type Test } from './condition-tests.ts';
import { fiscalPeriod, fiscalPeriodOf, isWithin, type DateRange } from './date-range.ts';

/** A span with one end open. */
export function range(end: 'from' | 'before', time: number | undefined): DateRange {
  return time === undefined ? {} : { [end]: time };
}

/** A condition's value as a moment. */
export function dateValue(condition: ColumnCondition): number {
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

/** The date lies in a span. */
export function within(condition: ColumnCondition, dates: DateRange): Test {
  assertDate(condition);
  return {
    holds: (cell) => {
      const time = typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
      return !Number.isNaN(time) && isWithin(dates, time);
    },
  };
}

/** The date lies in a fiscal period of any year. */
export function inFiscalPeriod(condition: ColumnCondition): Test {
  assertDate(condition);
  const period = wholeNumber(condition, 0);
  return {
    holds: (cell) => typeof cell === 'string' && fiscalPeriodOf(Date.parse(cell)) === period,
  };
}

/** The fiscal period that a condition names with its year. */
export function periodAndYear(condition: ColumnCondition): DateRange {
  if (condition.values.length !== 2) {
    throw conditionValueCount(
      condition.operator,
      'a period and a year are',
      condition.values.length,
    );
  }
  return fiscalPeriod(wholeNumber(condition, 0), wholeNumber(condition, 1));
}
