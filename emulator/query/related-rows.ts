import type { Attribute, Entity } from '../metadata/metadata.ts';
import { isReference, type Cell, type StoredRow } from '../store/store.ts';
import {
  cellReader,
  comparableOf,
  isLookup,
  kindOf,
  referencedRow,
  type CellSource,
  type Comparable,
} from './column-value.ts';
import type { Join } from './query-form.ts';

/** What a query runs over: the store, and which rows the caller may see. */
export interface RowSource extends CellSource {
  /** Absent: all rows of all tables. */
  readonly visible?: (entity: Entity) => ((row: StoredRow) => boolean) | undefined;
}

/** Below this number of probes an index look-up per row is cheaper than reading the joined table. */
const probesBeforeHash = 16;

/** Rows of the joined table that match a parent row: by id, by index while few are asked for, then by hash. */
export function relatedRows(
  rows: RowSource,
  join: Join,
  parentEntity: Entity,
): (parent: StoredRow | undefined) => readonly StoredRow[] {
  const { entity } = join.source;
  const { from, to } = join;
  const readTo = cellReader(rows, parentEntity, to);
  const keyOfTo = comparableOf(kindOf(to));
  const visible = rows.visible?.(entity);
  const seen = (found: readonly StoredRow[]): readonly StoredRow[] =>
    visible === undefined ? found : found.filter((row) => visible(row));

  if (from.logicalName === entity.primaryId) {
    return (parent) => {
      const row = parent === undefined ? undefined : referencedRow(rows, entity, readTo(parent));
      return row === undefined ? [] : seen([row]);
    };
  }

  let probes = 0;
  let hash: ReadonlyMap<Comparable, readonly StoredRow[]> | undefined;
  const indexed = isIndexed(from);
  return (parent) => {
    if (parent === undefined) return [];
    const cell = readTo(parent);
    const key = keyOfTo(cell);
    if (key === undefined) return [];
    if (hash === undefined && indexed && probes < probesBeforeHash) {
      probes++;
      const id = idOf(cell);
      return id === undefined ? [] : seen(findById(rows, entity, { column: from, id }));
    }
    hash ??= hashOf(rows, entity, from);
    return seen(hash.get(key) ?? []);
  };
}

function idOf(cell: Cell): string | undefined {
  if (typeof cell === 'string') return cell.toLowerCase();
  return isReference(cell) ? cell.id : undefined;
}

/** Lookups and the two id columns of intersect tables. */
export function isIndexed(column: Attribute): boolean {
  return isLookup(column) ? column.targets.length > 0 : column.type === 'Uniqueidentifier';
}

/** Rows whose lookup or id column holds an id, or whose text column a text. */
export function findById(
  rows: RowSource,
  entity: Entity,
  wanted: { readonly column: Attribute; readonly id: string },
): readonly StoredRow[] {
  const { column, id } = wanted;
  const table = entity.logicalName;
  const name = column.logicalName;
  if (!isLookup(column)) return [...rows.store.find(table, name, id)];
  // A row has one reference in the column, but a store may find it under each target's name.
  const found = new Map<string, StoredRow>();
  for (const target of column.targets) {
    for (const row of rows.store.find(table, name, { table: target, id })) found.set(row.id, row);
  }
  return [...found.values()];
}

function hashOf(
  rows: RowSource,
  entity: Entity,
  column: Attribute,
): ReadonlyMap<Comparable, readonly StoredRow[]> {
  const read = cellReader(rows, entity, column);
  const keyOf = comparableOf(kindOf(column));
  const hash = new Map<Comparable, StoredRow[]>();
  for (const row of rows.store.rows(entity.logicalName)) {
    const key = keyOf(read(row));
    if (key === undefined) continue;
    const bucket = hash.get(key);
    if (bucket === undefined) hash.set(key, [row]);
    else bucket.push(row);
  }
  return hash;
}
