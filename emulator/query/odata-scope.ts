import { unknownProperty } from '../errors/query-errors.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import { columnCondition } from './condition-operators.ts';
import type { ConditionContext } from './condition-tests.ts';
import { navigationOf, type Navigation } from './navigation.ts';
import type { Path } from './odata-expression.ts';
import type { ColumnOf, Condition, Join } from './query-form.ts';
import { attributeOfProperty } from './row-members.ts';

/** A table of an OData query while it is lowered: paths add the joins they need. */
export interface ODataScope {
  readonly slot: number;
  readonly entity: Entity;
  readonly joins: Join[];
  /** Scopes that paths of this one lead to, by navigation property. */
  readonly reached: Map<string, ODataScope>;
}

/** The state of lowering one query: slots are numbered across all of it. */
export interface Lowering {
  readonly context: ConditionContext;
  slots: number;
}

/** Gives a table the next slot. */
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

/** What names in an expression mean. */
export interface Names {
  /** Where paths without a variable start. */
  readonly root: ODataScope;
  readonly variables: ReadonlyMap<string, ODataScope>;
}

/** A condition on one column. */
export function testColumn(
  lowering: Lowering,
  column: ColumnOf,
  condition: { readonly operator: string; readonly values: readonly string[] },
): Condition {
  return columnCondition(lowering.context, { column, ...condition });
}

/** The table a path's navigation properties lead to, joined on the way. */
export function scopeAt(
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
