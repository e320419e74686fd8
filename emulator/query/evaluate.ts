import type { Attribute, Entity } from '../metadata/metadata.ts';
import type { ColumnTest } from '../store/key-order.ts';
import type { StoredRow } from '../store/store.ts';
import { cellReader, isStored } from './column-value.ts';
import type { Condition, Join, QueryForm, Source, Tuple } from './query-form.ts';
import { findById, isIndexed, relatedRows, type RowSource } from './related-rows.ts';

/** Returns true to stop. */
type Visit = (tuple: Tuple) => boolean;

type Test = (tuple: Tuple) => boolean;

type WorkingTuple = (StoredRow | undefined)[];

/**
 * Calls `visit` with every tuple of the query, unordered; a tuple that is kept has to be copied. Reads the root table once (or by index) and
 * joins by hash, so the time is linear in the tables that take part.
 */
export function visitTuples(
  rows: RowSource,
  form: QueryForm,
  visit: Visit,
  within?: Iterable<StoredRow>,
): void {
  const joins = flatten(form.root);
  const conjuncts = conjunctsOf(form.where).concat(conjunctsOf(form.root.filter));
  const run = joinRunner(rows, joins, conjuncts);
  const tuple: WorkingTuple = Array.from({ length: form.slots });
  const visible = rows.visible?.(form.root.entity);
  for (const row of within ?? candidates(rows, form.root, conjuncts)) {
    if (visible !== undefined && !visible(row)) continue;
    tuple.fill(undefined);
    tuple[form.root.slot] = row;
    if (run(tuple, visit)) return;
  }
}

interface FlatJoin {
  readonly join: Join;
  readonly parent: Source;
}

// SQL's FROM lists joins one after the other, so an inner join below an outer one drops the rows that
// the outer join left open.
function flatten(source: Source): readonly FlatJoin[] {
  return source.joins.flatMap((join) => [{ join, parent: source }, ...flatten(join.source)]);
}

function conjunctsOf(condition: Condition | undefined): readonly Condition[] {
  if (condition === undefined) return [];
  if (condition.kind === 'and') return condition.parts.flatMap((part) => conjunctsOf(part));
  return [condition];
}

/** Slots a condition reads from outside of itself. */
function slotsOf(condition: Condition): ReadonlySet<number> {
  switch (condition.kind) {
    case 'test':
      return new Set([condition.column.slot]);
    case 'columns':
      return new Set([condition.left.slot, condition.right.slot]);
    case 'and':
    case 'or':
      return new Set(condition.parts.flatMap((part) => [...slotsOf(part)]));
    case 'related': {
      const own = new Set<number>();
      const used = new Set<number>();
      const walk = (source: Source): void => {
        own.add(source.slot);
        for (const slot of source.filter === undefined ? [] : slotsOf(source.filter)) {
          used.add(slot);
        }
        for (const join of source.joins) walk(join.source);
      };
      walk(condition.join.source);
      return new Set([condition.parent.slot, ...[...used].filter((slot) => !own.has(slot))]);
    }
  }
}

type Run = (tuple: WorkingTuple, visit: Visit) => boolean;

/** Binds the joins in turn and tests each conjunct as soon as its slots are bound. */
function joinRunner(
  rows: RowSource,
  joins: readonly FlatJoin[],
  conjuncts: readonly Condition[],
): Run {
  const boundAt = new Map(joins.map(({ join }, index) => [join.source.slot, index + 1]));
  const tests: Test[][] = Array.from({ length: joins.length + 1 }, () => []);
  for (const conjunct of conjuncts) {
    const at = Math.max(0, ...[...slotsOf(conjunct)].map((slot) => boundAt.get(slot) ?? 0));
    tests[at]?.push(compile(rows, conjunct));
  }
  const matches = joins.map((flat) => matcher(rows, flat));

  const step = (tuple: WorkingTuple, at: number, visit: Visit): boolean => {
    for (const test of tests[at] ?? []) {
      if (!test(tuple)) return false;
    }
    const flat = joins[at];
    if (flat === undefined) return visit(tuple);
    const { join } = flat;
    const slot = join.source.slot;
    let found = false;
    for (const row of matches[at]?.(tuple) ?? []) {
      found = true;
      tuple[slot] = row;
      if (step(tuple, at + 1, visit)) return true;
      if (join.kind === 'first') break;
    }
    tuple[slot] = undefined;
    return !found && join.kind === 'outer' ? step(tuple, at + 1, visit) : false;
  };
  return (tuple, visit) => step(tuple, 0, visit);
}

/** Rows that a join adds to a tuple. */
function matcher(rows: RowSource, flat: FlatJoin): (tuple: WorkingTuple) => readonly StoredRow[] {
  const { join, parent } = flat;
  const slot = join.source.slot;
  const related = relatedRows(rows, join, parent.entity);
  const { filter } = join.source;
  if (filter === undefined) return (tuple) => related(tuple[parent.slot]);
  const test = compile(rows, filter);
  return (tuple) =>
    related(tuple[parent.slot]).filter((row) => {
      const before = tuple[slot];
      tuple[slot] = row;
      const holds = test(tuple);
      tuple[slot] = before;
      return holds;
    });
}

interface IndexedCondition {
  readonly column: Attribute;
  readonly ids: readonly string[];
}

/** The condition on the root table that narrows the search most: on its id, else on a lookup or a key. */
function indexedCondition(
  root: Source,
  conjuncts: readonly Condition[],
): IndexedCondition | undefined {
  let lookup: IndexedCondition | undefined;
  for (const condition of conjuncts) {
    if (condition.kind !== 'test' || condition.column.slot !== root.slot) continue;
    const ids = condition.among;
    if (ids === undefined) continue;
    const column = condition.column.attribute;
    if (column.logicalName === root.entity.primaryId) return { column, ids };
    if (isIndexed(column) || isIndexedText(root.entity, column)) lookup ??= { column, ids };
  }
  return lookup;
}

/** Names and the columns of alternate keys: what rows are looked up by. */
function isIndexedText(entity: Entity, column: Attribute): boolean {
  const name = column.logicalName;
  return name === entity.primaryName || entity.keys.some((key) => key.attributes.includes(name));
}

/** Can the rows of the root table be found without reading all of it? */
export function hasIndexedCondition(form: QueryForm): boolean {
  return indexedCondition(form.root, conjunctsOf(form.where)) !== undefined;
}

/** Rows of the root table to look at: by id or lookup where a condition names them, else all. */
function candidates(
  rows: RowSource,
  root: Source,
  conjuncts: readonly Condition[],
): Iterable<StoredRow> {
  const { entity } = root;
  const table = entity.logicalName;
  const indexed = indexedCondition(root, conjuncts);
  if (indexed === undefined) {
    const { store } = rows;
    return store.count(table) < fewRows
      ? store.rows(table)
      : store.rowsAfter(table, undefined, columnTest(root, conjuncts));
  }
  const ids = [...new Set(indexed.ids)];
  if (indexed.column.logicalName === entity.primaryId) {
    return ids.map((id) => rows.store.get(table, id)).filter((row) => row !== undefined);
  }
  return ids.flatMap((id) => findById(rows, entity, { column: indexed.column, id }));
}

/** Of a large table only the rows that pass a condition on one of its columns: read without the rows. */
export function scannedRows(
  { store }: RowSource,
  form: QueryForm,
  after?: string,
): Iterable<StoredRow> {
  const { root } = form;
  const conjuncts = conjunctsOf(form.where).concat(conjunctsOf(root.filter));
  return store.rowsAfter(root.entity.logicalName, after, columnTest(root, conjuncts));
}

function columnTest(root: Source, conjuncts: readonly Condition[]): ColumnTest | undefined {
  for (const condition of conjuncts) {
    if (condition.kind !== 'test' || condition.column.slot !== root.slot) continue;
    const { attribute } = condition.column;
    if (!isStored(root.entity, attribute)) continue;
    return { column: attribute.logicalName, holds: condition.holds };
  }
  return undefined;
}

const fewRows = 2000;

function compile(rows: RowSource, condition: Condition): Test {
  switch (condition.kind) {
    case 'and': {
      const parts = condition.parts.map((part) => compile(rows, part));
      return (tuple) => parts.every((part) => part(tuple));
    }
    case 'or': {
      const parts = condition.parts.map((part) => compile(rows, part));
      return (tuple) => parts.some((part) => part(tuple));
    }
    case 'test': {
      const { slot, entity, attribute } = condition.column;
      const read = cellReader(rows, entity, attribute);
      const { holds } = condition;
      return (tuple) => {
        const row = tuple[slot];
        return holds(row === undefined ? null : read(row));
      };
    }
    case 'columns': {
      const { left, right, holds } = condition;
      const readLeft = cellReader(rows, left.entity, left.attribute);
      const readRight = cellReader(rows, right.entity, right.attribute);
      return (tuple) => {
        const leftRow = tuple[left.slot];
        const rightRow = tuple[right.slot];
        return holds(
          leftRow === undefined ? null : readLeft(leftRow),
          rightRow === undefined ? null : readRight(rightRow),
        );
      };
    }
    case 'related':
      return compileRelated(rows, condition);
  }
}

function compileRelated(rows: RowSource, condition: Extract<Condition, { kind: 'related' }>): Test {
  const { join, parent, mode } = condition;
  const { source } = join;
  const related = relatedRows(rows, join, parent.entity);
  const run = joinRunner(rows, flatten(source), conjunctsOf(source.filter));
  return (tuple) => {
    const found = related(tuple[parent.slot]);
    const working: WorkingTuple = [...tuple];
    const satisfied = found.some((row) => {
      working[source.slot] = row;
      return run(working, () => true);
    });
    if (mode === 'any') return satisfied;
    return !satisfied && (mode === 'none' || found.length > 0);
  };
}
