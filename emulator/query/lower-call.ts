import { badQuery, unknownFunction } from '../errors/query-errors.ts';
import { edmType } from './compare-literal.ts';
import { oppositeOf } from './condition-operators.ts';
import type { Call } from './odata-expression.ts';
import { columnAt, testColumn, type Lowering, type Names } from './odata-scope.ts';
import type { ColumnOf, Condition } from './query-form.ts';
import { queryFunctions } from './query-functions.ts';

const textFunctions: ReadonlyMap<string, (value: string) => { operator: string; value: string }> =
  new Map([
    ['contains', (value: string) => ({ operator: 'like', value: `%${value}%` })],
    ['startswith', (value: string) => ({ operator: 'begins-with', value })],
    ['endswith', (value: string) => ({ operator: 'ends-with', value })],
  ]);

/** Lowers a function of a filter. */
export function lowerCall(
  lowering: Lowering,
  names: Names,
  term: { readonly call: Call; readonly negated: boolean },
): Condition {
  const { call, negated } = term;
  const textFunction = textFunctions.get(call.name);
  if (textFunction === undefined) return lowerQueryFunction(lowering, names, term);
  const [path, value] = call.values;
  const column =
    path?.kind === 'path' && call.values.length === 2 ? columnAt(lowering, names, path) : undefined;
  if (
    column === undefined ||
    value?.kind !== 'literal' ||
    value.type !== 'Edm.String' ||
    edmType(column.attribute) !== 'Edm.String'
  ) {
    throw badQuery(
      `No function signature for the function with name '${call.name}' matches the specified arguments. The function signatures considered are: ${call.name}(Edm.String Nullable=true, Edm.String Nullable=true).`,
    );
  }
  const { operator, value: text } = textFunction(value.text);
  return testColumn(lowering, column, {
    operator: negated ? (oppositeOf(operator) ?? operator) : operator,
    values: [text],
  });
}

function lowerQueryFunction(
  lowering: Lowering,
  names: Names,
  term: { readonly call: Call; readonly negated: boolean },
): Condition {
  const { call, negated } = term;
  const operator = queryFunctions.get(call.name.replace('Microsoft.Dynamics.CRM.', ''));
  if (operator === undefined) throw unknownFunction(call.name);
  const property = call.named.get('PropertyName')?.[0];
  if (property === undefined) throw badQuery(`The function '${call.name}' needs a PropertyName.`);
  const column = functionColumn(lowering, names, property);
  const contains = operator === 'like' || operator === 'not-like';
  const values = ['PropertyValue', 'PropertyValues', 'PropertyValue1', 'PropertyValue2'].flatMap(
    (name) => (call.named.get(name) ?? []).map((value) => (contains ? `%${value}%` : value)),
  );
  const opposite = oppositeOf(operator);
  if (!negated || opposite !== undefined) {
    return testColumn(lowering, column, {
      operator: (negated ? opposite : undefined) ?? operator,
      values,
    });
  }
  const condition = testColumn(lowering, column, { operator, values });
  if (condition.kind !== 'test') return condition;
  const { holds } = condition;
  return { kind: 'test', column, holds: (cell) => !holds(cell) };
}

// Query functions name columns by their logical names, lookups too; property names do as well.
function functionColumn(lowering: Lowering, names: Names, property: string): ColumnOf {
  const { entity, slot } = names.root;
  const attribute = entity.attributes.get(property);
  if (attribute !== undefined) return { slot, entity, attribute };
  return columnAt(lowering, names, { kind: 'path', segments: property.split('/') });
}
