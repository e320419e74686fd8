import {
  columnsNotComparable,
  conditionValueCount,
  operatorNotAllowed,
  tooManyConditions,
} from '../errors/query-errors.ts';
import { compareColumns } from './column-comparison.ts';
import { kindOf } from './column-value.ts';
import { columnCondition } from './condition-operators.ts';
import { columnIn, scopeNamed, type Reading, type Scope } from './fetch-scope.ts';
import { requiredAttribute } from './xml-attributes.ts';
import type { ColumnOf, Condition } from './query-form.ts';
import type { XmlElement } from './xml-tree.ts';

const maxConditions = 500;

/** Reads a condition element. */
export function readCondition(reading: Reading, element: XmlElement, scope: Scope): Condition {
  reading.conditions++;
  if (reading.conditions > maxConditions) throw tooManyConditions();
  const named = element.attributes.get('entityname');
  const table = named === undefined || named === '' ? scope : scopeNamed(reading, named);
  const column = columnIn(table, requiredAttribute(element, 'attribute'));
  const operator = requiredAttribute(element, 'operator');
  const valueOf = element.attributes.get('valueof');
  if (valueOf !== undefined) {
    const other = otherColumn(reading, table, valueOf);
    const condition = compareColumns(operator, column, other);
    if (condition === undefined) {
      throw operatorNotAllowed(operator, table.entity.logicalName, column.attribute.logicalName);
    }
    if (kindOf(column.attribute) !== kindOf(other.attribute)) {
      throw columnsNotComparable(column.attribute.logicalName, other.attribute.logicalName);
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
