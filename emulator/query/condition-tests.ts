import { parseGuid, sqlServerSortKey } from '#shared/model/guid.ts';
import type { Caller } from '../environment.ts';
import {
  conditionValueCount,
  conditionValueMissing,
  invalidQueryValue,
  operatorNotAllowed,
} from '../errors/query-errors.ts';
import type { Cell } from '../store/store.ts';
import { likeMatcher } from '../store/collation.ts';
import {
  comparableOf,
  kindOf,
  netType,
  parseComparable,
  scalarText,
  type Comparable,
} from './column-value.ts';
import { hierarchyIds } from './hierarchy.ts';
import type { ColumnOf } from './query-form.ts';
import type { RowSource } from './related-rows.ts';

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

/** Whether a cell satisfies a condition. */
export interface Test {
  readonly holds: Holds;
  readonly among?: readonly string[];
}

/** The service writes `col <> @value OR col IS NULL`: a row without a value is not equal to it. */
export function negated(test: Test): Test {
  const { holds } = test;
  return { holds: (cell) => !holds(cell) };
}

/** Null, or no choice chosen. */
export function isEmpty(cell: Cell): boolean {
  return cell === null || (Array.isArray(cell) && cell.length === 0);
}

/** The one value of a condition. */
export function firstValue(condition: ColumnCondition): string {
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

/** `eq`: one value. */
export function equal(context: ConditionContext, condition: ColumnCondition): Test {
  return equalsOneOf(context, condition, [firstValue(condition)]);
}

/** `in`: any of the values. */
export function isIn(context: ConditionContext, condition: ColumnCondition): Test {
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
  const isText = column.attribute.type === 'String' && column.attribute.attributeOf === undefined;
  if (isText && texts.every((text) => text.trim() !== '')) return { holds, among: texts };
  if (kind !== 'guid') return { holds };
  return { holds, among: texts.flatMap((text) => parseGuid(text.trim()) ?? []) };
}

/** `gt`, `ge`, `lt`, `le`: null never holds. */
export function ordered(
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

/** `between`: both ends included. */
export function between(condition: ColumnCondition): Test {
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

/** `like` and its relatives; `pattern` makes a LIKE pattern of the value. */
export function like(condition: ColumnCondition, pattern: (value: string) => string): Test {
  const matches = likeMatcher(pattern(firstValue(condition)));
  return { holds: (cell) => cell !== null && matches(scalarText(cell)) };
}

/** `contain-values`: any of the choices is chosen. */
export function containValues(condition: ColumnCondition): Test {
  const { entity, attribute } = condition.column;
  if (kindOf(attribute) !== 'choices') {
    throw operatorNotAllowed(condition.operator, entity.logicalName, attribute.logicalName);
  }
  const wanted = new Set(condition.values.map((_, index) => wholeNumber(condition, index)));
  return {
    holds: (cell) => Array.isArray(cell) && (cell as readonly number[]).some((v) => wanted.has(v)),
  };
}

/** A condition's value as a whole number. */
export function wholeNumber(condition: ColumnCondition, index: number): number {
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

/** The lookup or key is one of these ids. */
export function oneOf(condition: ColumnCondition, ids: readonly string[]): Test {
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

/** The row stands in the named parts of a hierarchy around another. */
export function inHierarchy(
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

/** The caller's language, as its settings say. */
export function languageOf(context: ConditionContext): number {
  const language = context.rows.store
    .get('usersettings', context.caller.userId)
    ?.cells.get('uilanguageid');
  return typeof language === 'number' && language > 0 ? language : 1033;
}
