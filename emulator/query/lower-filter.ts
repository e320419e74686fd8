import {
  badQuery,
  incompatibleTypes,
  unknownFunction,
  unknownProperty,
} from '../errors/query-errors.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import { compareColumns } from './column-comparison.ts';
import { kindOf } from './column-value.ts';
import { columnCondition, oppositeOf, type ConditionContext } from './condition-operators.ts';
import { navigationOf, type Navigation } from './navigation.ts';
import type { Call, Expression, Literal, Path } from './odata-expression.ts';
import { queryFunctions } from './query-functions.ts';
import { never, always, type ColumnOf, type Condition, type Join } from './query-form.ts';
import { attributeOfProperty } from './row-members.ts';

/** A table of an OData query while it is lowered: paths add the joins they need. */
export interface ODataScope {
  readonly slot: number;
  readonly entity: Entity;
  readonly joins: Join[];
  /** Scopes that paths of this one lead to, by navigation property. */
  readonly reached: Map<string, ODataScope>;
}

export interface Lowering {
  readonly context: ConditionContext;
  slots: number;
}

export function newODataScope(lowering: Lowering, entity: Entity): ODataScope {
  const scope: ODataScope = {
    slot: lowering.slots,
    entity,
    joins: [],
    reached: new Map(),
  };
  lowering.slots++;
  return scope;
}

interface Names {
  /** Where paths without a variable start. */
  readonly root: ODataScope;
  readonly variables: ReadonlyMap<string, ODataScope>;
}

/** Lowers a `$filter` over a table. */
export function lowerFilter(
  lowering: Lowering,
  scope: ODataScope,
  expression: Expression,
): Condition {
  return lower(
    lowering,
    { root: scope, variables: new Map([['$it', scope]]) },
    {
      expression,
      negated: false,
    },
  );
}

interface Term {
  readonly expression: Expression;
  readonly negated: boolean;
}

// `not` is pushed down to the operators, as the service does: a negated `eq` is `ne`, which holds for null.
function lower(lowering: Lowering, names: Names, term: Term): Condition {
  const { expression, negated } = term;
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const kind = (expression.kind === 'and') === negated ? 'or' : 'and';
      return {
        kind,
        parts: [expression.left, expression.right].map((part) =>
          lower(lowering, names, { expression: part, negated }),
        ),
      };
    }
    case 'not':
      return lower(lowering, names, { expression: expression.operand, negated: !negated });
    case 'compare':
      return lowerComparison(lowering, names, { ...expression, negated });
    case 'lambda':
      return lowerLambda(lowering, names, { ...expression, negated });
    case 'call':
      return lowerCall(lowering, names, { call: expression, negated });
    case 'path':
      return test(lowering, columnAt(lowering, names, expression), {
        operator: 'eq',
        values: [negated ? 'false' : 'true'],
      });
    case 'literal':
      if (expression.type !== 'Edm.Boolean') {
        throw badQuery('The $filter expression must evaluate to a single boolean value.');
      }
      return (expression.text === 'true') === negated ? never : always;
  }
}

function test(
  lowering: Lowering,
  column: ColumnOf,
  condition: { readonly operator: string; readonly values: readonly string[] },
): Condition {
  return columnCondition(lowering.context, { column, ...condition });
}

/** The table a path's navigation properties lead to, joined on the way. */
function scopeAt(
  lowering: Lowering,
  names: Names,
  segments: readonly string[],
): { readonly scope: ODataScope; readonly rest: readonly string[] } {
  const variable = names.variables.get(segments[0] ?? '');
  let scope = variable ?? names.root;
  const path = variable === undefined ? segments : segments.slice(1);
  const { metadata } = lowering.context.rows;
  for (const [index, segment] of path.entries()) {
    const navigation = navigationOf(metadata, scope.entity, segment);
    if (navigation?.kind !== 'single') return { scope, rest: path.slice(index) };
    // The last segment may be a lookup's own name, which stands for its id; `nav/key` is the id too.
    const next = path[index + 1];
    if (next === undefined || (next === navigation.target.primaryId && index === path.length - 2)) {
      return { scope, rest: [segment] };
    }
    scope = joinTo(lowering, scope, navigation);
  }
  return { scope, rest: [] };
}

function joinTo(
  lowering: Lowering,
  scope: ODataScope,
  navigation: Extract<Navigation, { kind: 'single' }>,
): ODataScope {
  const known = scope.reached.get(navigation.name);
  if (known !== undefined) return known;
  const { target } = navigation;
  const key = target.attributes.get(target.primaryId);
  if (key === undefined) throw unknownProperty(navigation.name, scope.entity.logicalName);
  const joined = newODataScope(lowering, target);
  scope.reached.set(navigation.name, joined);
  scope.joins.push({
    kind: 'outer',
    source: {
      slot: joined.slot,
      entity: target,
      alias: navigation.name,
      columns: [],
      joins: joined.joins,
    },
    from: key,
    to: navigation.column,
  });
  return joined;
}

/** The column at the end of a path. */
export function columnAt(lowering: Lowering, names: Names, path: Path): ColumnOf {
  const { scope, rest } = scopeAt(lowering, names, path.segments);
  const [name, tail] = rest;
  const { entity, slot } = scope;
  if (name === undefined) throw unknownProperty(path.segments.at(-1) ?? '', entity.logicalName);
  const attribute = attributeOfProperty(entity, name) ?? lookupOf(lowering, entity, name);
  if (attribute === undefined) throw unknownProperty(name, entity.logicalName);
  // Managed properties are complex: their value stands one level deeper.
  if (tail !== undefined && !(attribute.type === 'ManagedProperty' && tail === 'Value')) {
    throw unknownProperty(tail, entity.logicalName);
  }
  return { slot, entity, attribute };
}

function lookupOf(lowering: Lowering, entity: Entity, name: string): Attribute | undefined {
  const navigation = navigationOf(lowering.context.rows.metadata, entity, name);
  return navigation?.kind === 'single' ? navigation.column : undefined;
}

/** The column a path from the query's own table leads to. */
export function columnOfPath(lowering: Lowering, scope: ODataScope, text: string): ColumnOf {
  return columnAt(
    lowering,
    { root: scope, variables: new Map() },
    { kind: 'path', segments: text.split('/') },
  );
}

const flipped: ReadonlyMap<string, string> = new Map([
  ['eq', 'eq'],
  ['ne', 'ne'],
  ['gt', 'lt'],
  ['ge', 'le'],
  ['lt', 'gt'],
  ['le', 'ge'],
]);

interface Comparison {
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
  readonly negated: boolean;
}

function lowerComparison(lowering: Lowering, names: Names, comparison: Comparison): Condition {
  const { left, right, operator, negated } = comparison;
  if (left.kind === 'path' && right.kind === 'literal') {
    assertNoRow(lowering, names, { path: left, literal: right, operator });
    return compareLiteral(lowering, columnAt(lowering, names, left), { operator, right, negated });
  }
  if (left.kind === 'literal' && right.kind === 'path') {
    return compareLiteral(lowering, columnAt(lowering, names, right), {
      operator: flipped.get(operator) ?? operator,
      right: left,
      negated,
    });
  }
  if (left.kind === 'path' && right.kind === 'path') {
    const effective = negated ? (oppositeOf(operator) ?? operator) : operator;
    const condition = compareColumns(
      effective,
      columnAt(lowering, names, left),
      columnAt(lowering, names, right),
    );
    if (condition !== undefined) return condition;
  }
  if (left.kind === 'literal' && right.kind === 'literal') {
    const equal = left.type === right.type && left.text === right.text;
    const holds = operator === 'eq' ? equal : !equal;
    if (operator === 'eq' || operator === 'ne') return holds === negated ? never : always;
  }
  // `contains(name,'x') eq false`
  if (right.kind === 'literal' && right.type === 'Edm.Boolean') {
    const flips = (right.text === 'false') === (operator === 'eq');
    if (operator === 'eq' || operator === 'ne') {
      return lower(lowering, names, { expression: left, negated: negated !== flips });
    }
  }
  throw badQuery('The $filter expression is not supported: operands must be columns and values.');
}

// A navigation property is a row, which compares with nothing but null.
function assertNoRow(
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

function compareLiteral(
  lowering: Lowering,
  column: ColumnOf,
  comparison: { readonly operator: string; readonly right: Literal; readonly negated: boolean },
): Condition {
  const { right, negated } = comparison;
  const operator = negated
    ? (oppositeOf(comparison.operator) ?? comparison.operator)
    : comparison.operator;
  if (right.type === 'null') {
    if (operator === 'eq') return test(lowering, column, { operator: 'null', values: [] });
    if (operator === 'ne') return test(lowering, column, { operator: 'not-null', values: [] });
    return never;
  }
  assertCompatible(column.attribute, comparison.operator, right);
  return test(lowering, column, { operator, values: [right.text] });
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

function assertCompatible(attribute: Attribute, operator: string, literal: Literal): void {
  const type = edmType(attribute);
  const numeric = ['Edm.Int32', 'Edm.Int64', 'Edm.Double', 'Edm.Decimal'];
  const dates = ['Edm.DateTimeOffset', 'Edm.Date'];
  const compatible =
    type === literal.type ||
    (numeric.includes(type) && numeric.includes(literal.type)) ||
    (dates.includes(type) && dates.includes(literal.type));
  if (!compatible) {
    throw incompatibleTypes(type, literal.type, operatorKinds.get(operator) ?? operator);
  }
}

const textFunctions: ReadonlyMap<string, (value: string) => { operator: string; value: string }> =
  new Map([
    ['contains', (value: string) => ({ operator: 'like', value: `%${value}%` })],
    ['startswith', (value: string) => ({ operator: 'begins-with', value })],
    ['endswith', (value: string) => ({ operator: 'ends-with', value })],
  ]);

function lowerCall(
  lowering: Lowering,
  names: Names,
  term: { readonly call: Call; readonly negated: boolean },
): Condition {
  const { call, negated } = term;
  const textFunction = textFunctions.get(call.name);
  if (textFunction === undefined) return lowerQueryFunction(lowering, names, term);
  const [path, value] = call.values;
  if (path?.kind !== 'path' || value?.kind !== 'literal' || call.values.length !== 2) {
    throw badQuery(
      `No function signature for the function with name '${call.name}' matches the specified arguments. The function signatures considered are: ${call.name}(Edm.String Nullable=true, Edm.String Nullable=true).`,
    );
  }
  const column = columnAt(lowering, names, path);
  const { operator, value: text } = textFunction(value.text);
  return test(lowering, column, {
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
  const values = ['PropertyValue', 'PropertyValues', 'PropertyValue1', 'PropertyValue2'].flatMap(
    (name) => call.named.get(name) ?? [],
  );
  const opposite = oppositeOf(operator);
  if (!negated || opposite !== undefined) {
    return test(lowering, column, {
      operator: (negated ? opposite : undefined) ?? operator,
      values,
    });
  }
  const condition = test(lowering, column, { operator, values });
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

interface LambdaTerm extends Extract<Expression, { kind: 'lambda' }> {
  readonly negated: boolean;
}

function lowerLambda(lowering: Lowering, names: Names, lambda: LambdaTerm): Condition {
  const collection = lambda.path.at(-1) ?? '';
  const { scope } = scopeAt(lowering, names, [...lambda.path.slice(0, -1), collection]);
  const navigation = navigationOf(lowering.context.rows.metadata, scope.entity, collection);
  if (navigation === undefined) throw unknownProperty(collection, scope.entity.logicalName);
  if (navigation.kind === 'single') {
    throw badQuery(`Any/All may only be used following a collection.`);
  }
  const key = scope.entity.attributes.get(scope.entity.primaryId);
  const targetKey = navigation.target.attributes.get(navigation.target.primaryId);
  if (key === undefined || targetKey === undefined) {
    throw unknownProperty(collection, scope.entity.logicalName);
  }
  const first =
    navigation.kind === 'many' ? newODataScope(lowering, navigation.intersect) : undefined;
  const inner = newODataScope(lowering, navigation.target);
  // All rows satisfy P: none satisfies not P.
  const body =
    lambda.body === undefined
      ? undefined
      : lower(
          lowering,
          {
            root: names.root,
            variables: new Map([...names.variables, [lambda.variable ?? '', inner]]),
          },
          { expression: lambda.body, negated: lambda.mode === 'all' },
        );
  // The filter stands on the outermost table of the subquery: it may read columns that later joins bind.
  const filter = body === undefined ? {} : { filter: body };
  const source = { slot: inner.slot, entity: inner.entity, columns: [], joins: inner.joins };
  const join: Join =
    navigation.kind === 'collection' || first === undefined
      ? {
          kind: 'inner',
          source: { ...source, ...filter },
          from: navigation.kind === 'collection' ? navigation.column : targetKey,
          to: key,
        }
      : {
          kind: 'inner',
          source: {
            slot: first.slot,
            entity: first.entity,
            columns: [],
            joins: [{ kind: 'inner', source, from: targetKey, to: navigation.farColumn }],
            ...filter,
          },
          from: navigation.nearColumn,
          to: key,
        };
  return {
    kind: 'related',
    parent: { slot: scope.slot, entity: scope.entity },
    join,
    mode: (lambda.mode === 'any') === lambda.negated ? 'none' : 'any',
  };
}
