import { comparableOf, compareValues, kindOf } from './column-value.ts';
import type { ColumnOf, Condition } from './query-form.ts';

const outcomes: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ['eq', (order) => order === 0],
  ['ne', (order) => order !== 0],
  ['neq', (order) => order !== 0],
  ['gt', (order) => order > 0],
  ['ge', (order) => order >= 0],
  ['lt', (order) => order < 0],
  ['le', (order) => order <= 0],
]);

/** Compares two columns; undefined for operators that only take values. Null on either side never holds. */
export function compareColumns(
  operator: string,
  left: ColumnOf,
  right: ColumnOf,
): Condition | undefined {
  const outcome = outcomes.get(operator);
  if (outcome === undefined) return undefined;
  const leftKey = comparableOf(kindOf(left.attribute));
  const rightKey = comparableOf(kindOf(right.attribute));
  return {
    kind: 'columns',
    left,
    right,
    holds: (leftCell, rightCell) => {
      const a = leftKey(leftCell);
      const b = rightKey(rightCell);
      return a !== undefined && b !== undefined && outcome(compareValues(a, b));
    },
  };
}
