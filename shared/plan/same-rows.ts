import type { Row, Shape, Value } from '../model/row.ts';
import { isLookup } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';
import type { ResolvedIdentities } from './identity.ts';
import { isNeverCompared } from './platform-columns.ts';
import type { IndexedTable, SourceIndex } from './source-index.ts';

/** Where a column's cell stands in the rows of the package and in those of the target. */
interface Place {
  readonly at: number;
  readonly targetAt: number;
  /** Only nothing is the same as nothing: dates that move with time, ids in texts. */
  readonly isOpaque: boolean;
}

interface Places {
  readonly shape: Shape;
  readonly targetShape: Shape;
  readonly table: IndexedTable;
  readonly compared: readonly Place[];
}

/**
 * Tells rows that are the same to the last character from those that have to be looked at: most rows of
 * most promotions are. What it does not recognize may still be equal.
 */
export class SameRows {
  readonly #index: SourceIndex;
  readonly #identities: ResolvedIdentities;
  /** Of the last row: rows come table by table. */
  #places: Places | undefined;

  constructor(index: SourceIndex, identities: ResolvedIdentities) {
    this.#index = index;
    this.#identities = identities;
  }

  /** Whether every value that the row says stands in the target's row already. */
  areSame(row: Row, target: Row, table: IndexedTable, described: EnvironmentTable): boolean {
    const { compared } = this.#placesOf(row.shape, target.shape, table, described);
    for (const { at, targetAt, isOpaque } of compared) {
      const value = row.cells[at];
      if (value === undefined) continue;
      const isSame = this.#isSame(value, target.cells[targetAt] ?? null);
      if (!isSame || (isOpaque && value !== null)) return false;
    }
    return true;
  }

  #isSame(value: Value, held: Value): boolean {
    if (!isLookup(value)) return value === held;
    if (!isLookup(held)) return false;
    const node = this.#index.nodeOf(value);
    const match = node === undefined ? undefined : this.#identities.matchOf(node);
    return match?.is === 'same' && match.target.id === held.id && match.target.table === held.table;
  }

  #placesOf(
    shape: Shape,
    targetShape: Shape,
    table: IndexedTable,
    described: EnvironmentTable,
  ): Places {
    const known = this.#places;
    if (known?.shape === shape && known.targetShape === targetShape && known.table === table)
      return known;
    const places = {
      shape,
      targetShape,
      table,
      compared: comparedPlaces(shape, targetShape, table, described),
    };
    this.#places = places;
    return places;
  }
}

/** Columns whose values count. */
function comparedPlaces(
  shape: Shape,
  targetShape: Shape,
  table: IndexedTable,
  described: EnvironmentTable,
): readonly Place[] {
  const { rules, sources } = table;
  return shape.columns.flatMap((column, at): Place[] => {
    if (column === described.idColumn || rules.withheld.has(column) || isNeverCompared(column))
      return [];
    const isShifted = sources.some(
      (source) => (source.columns.get(column)?.dateMode ?? 'absolute') !== 'absolute',
    );
    const isOpaque = isShifted || rules.textReferences.has(column);
    return [{ at, targetAt: targetShape.columns.indexOf(column), isOpaque }];
  });
}
