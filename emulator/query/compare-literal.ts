import { incompatibleTypes } from '../errors/query-errors.ts';
import type { Attribute } from '../metadata/metadata.ts';
import { kindOf } from './column-value.ts';
import { oppositeOf } from './condition-operators.ts';
import { navigationOf } from './navigation.ts';
import type { Literal, Path } from './odata-expression.ts';
import { scopeAt, testColumn, type Lowering, type Names } from './odata-scope.ts';
import { never, type ColumnOf, type Condition } from './query-form.ts';

/**
 * Throws where a navigation property stands for a value.
 * A navigation property is a row, which compares with nothing but null.
 */
export function assertNoRow(
  lowering: Lowering,
  names: Names,
  comparison: { readonly path: Path; readonly literal: Literal; readonly operator: string },
): void {
  const { path, literal, operator } = comparison;
  if (literal.type === 'null') return;
  const { scope, rest } = scopeAt(lowering, names, path.segments);
  const [name] = rest;
  if (name === undefined || name !== path.segments.at(-1)) return;
  const navigation = navigationOf(lowering.context.rows.metadata, scope.entity, name);
  if (navigation?.kind !== 'single') return;
  throw incompatibleTypes(
    `Microsoft.Dynamics.CRM.${navigation.target.logicalName}`,
    literal.type,
    operatorKinds.get(operator) ?? operator,
  );
}

const operatorKinds: ReadonlyMap<string, string> = new Map([
  ['eq', 'Equal'],
  ['ne', 'NotEqual'],
  ['gt', 'GreaterThan'],
  ['ge', 'GreaterThanOrEqual'],
  ['lt', 'LessThan'],
  ['le', 'LessThanOrEqual'],
]);

/** Lowers a comparison of a column with a literal. */
export function compareLiteral(
  lowering: Lowering,
  column: ColumnOf,
  comparison: { readonly operator: string; readonly right: Literal; readonly negated: boolean },
): Condition {
  const { right, negated } = comparison;
  const operator = negated
    ? (oppositeOf(comparison.operator) ?? comparison.operator)
    : comparison.operator;
  if (right.type === 'null') {
    if (operator === 'eq') return testColumn(lowering, column, { operator: 'null', values: [] });
    if (operator === 'ne')
      return testColumn(lowering, column, { operator: 'not-null', values: [] });
    return never;
  }
  // Also ids in quotes are texts to the service.
  assertComparable(edmType(column.attribute), right.type, comparison.operator);
  return testColumn(lowering, column, { operator, values: [right.text] });
}

/** The type a column has in the service's metadata document. */
export function edmType(attribute: Attribute): string {
  switch (kindOf(attribute)) {
    case 'guid':
      return 'Edm.Guid';
    case 'number':
      return attribute.type === 'Double' ? 'Edm.Double' : 'Edm.Int32';
    case 'decimal':
      return 'Edm.Decimal';
    case 'bigint':
      return 'Edm.Int64';
    case 'boolean':
      return 'Edm.Boolean';
    case 'datetime':
      return attribute.dateTimeBehavior === 'DateOnly' ? 'Edm.Date' : 'Edm.DateTimeOffset';
    case 'bytes':
      return attribute.typeName === 'FileType' ? 'Edm.Guid' : 'Edm.Binary';
    case 'text':
    case 'choices':
      return 'Edm.String';
  }
}

const comparableTypes: readonly (readonly string[])[] = [
  ['Edm.Int32', 'Edm.Int64', 'Edm.Double', 'Edm.Decimal'],
  ['Edm.DateTimeOffset', 'Edm.Date'],
];

/** Throws where values of two types have nothing to do with each other. */
export function assertComparable(left: string, right: string, operator: string): void {
  const compatible =
    left === right ||
    comparableTypes.some((types) => types.includes(left) && types.includes(right));
  if (!compatible) throw incompatibleTypes(left, right, operatorKinds.get(operator) ?? operator);
}
