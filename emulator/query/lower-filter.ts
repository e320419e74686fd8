import { badQuery, unknownProperty } from '../errors/query-errors.ts';
import { compareColumns } from './column-comparison.ts';
import { assertComparable, assertNoRow, compareLiteral, edmType } from './compare-literal.ts';
import { oppositeOf } from './condition-operators.ts';
import { lowerCall } from './lower-call.ts';
import { navigationOf } from './navigation.ts';
import type { Expression } from './odata-expression.ts';
import {
  columnAt,
  newODataScope,
  scopeAt,
  testColumn,
  type Lowering,
  type Names,
  type ODataScope,
} from './odata-scope.ts';
import { always, anyOf, never, type Condition, type Join } from './query-form.ts';

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
      const parts = expression.parts.map((part) =>
        lower(lowering, names, { expression: part, negated }),
      );
      return (expression.kind === 'and') === negated ? anyOf(parts) : { kind: 'and', parts };
    }
    case 'not':
      if (namesQueryFunction(expression.operand)) {
        throw badQuery(
          'Not operator along with the Custom Named Condition operators is not allowed',
        );
      }
      return lower(lowering, names, { expression: expression.operand, negated: !negated });
    case 'compare':
      return lowerComparison(lowering, names, { ...expression, negated });
    case 'lambda':
      return lowerLambda(lowering, names, { ...expression, negated });
    case 'call':
      return lowerCall(lowering, names, { call: expression, negated });
    case 'path': {
      const column = columnAt(lowering, names, expression);
      if (edmType(column.attribute) !== 'Edm.Boolean') throw badQuery(notBoolean);
      return testColumn(lowering, column, {
        operator: 'eq',
        values: [negated ? 'false' : 'true'],
      });
    }
    case 'literal':
      if (expression.type !== 'Edm.Boolean') throw badQuery(notBoolean);
      return (expression.text === 'true') === negated ? never : always;
  }
}

const notBoolean = 'The $filter expression must evaluate to a single boolean value.';

// Each has an opposite of its own: learn.microsoft.com/power-apps/developer/data-platform/webapi/use-web-api-functions
function namesQueryFunction(expression: Expression): boolean {
  if (expression.kind === 'and' || expression.kind === 'or') {
    return expression.parts.some(namesQueryFunction);
  }
  return expression.kind === 'call' && expression.name.startsWith('Microsoft.Dynamics.CRM.');
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
    const [one, other] = [columnAt(lowering, names, left), columnAt(lowering, names, right)];
    assertComparable(edmType(one.attribute), edmType(other.attribute), operator);
    const condition = compareColumns(effective, one, other);
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

interface LambdaTerm extends Extract<Expression, { kind: 'lambda' }> {
  readonly negated: boolean;
}

function lowerLambda(lowering: Lowering, names: Names, lambda: LambdaTerm): Condition {
  const collection = lambda.path.at(-1) ?? '';
  // learn.microsoft.com/power-apps/developer/data-platform/webapi/query/filter-rows
  if (lambda.path.length > (names.variables.has(lambda.path[0] ?? '') ? 2 : 1)) {
    throw badQuery(
      `The collection '${lambda.path.join('/')}' stands behind a lookup: any and all are not supported there.`,
    );
  }
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
