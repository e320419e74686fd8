import type { Attribute, Entity } from '../metadata/metadata.ts';
import type { Cell, StoredRow } from '../store/store.ts';

/**
 * What OData options and FetchXML both lower to. Tables that take part have a slot each; a result is a
 * tuple of rows by slot, with nothing in the slots that an outer join left open.
 */
export interface QueryForm {
  readonly root: Source;
  /** Conditions over all slots: SQL's WHERE. */
  readonly where?: Condition;
  readonly order: readonly OrderTerm[];
  /** Rows that agree in all output columns appear once. */
  readonly distinct: boolean;
  /** Number of slots, those of subqueries included. */
  readonly slots: number;
}

export type Tuple = readonly (StoredRow | undefined)[];

/** A table in the query. */
export interface Source {
  readonly slot: number;
  readonly entity: Entity;
  readonly alias?: string;
  readonly columns: readonly OutputColumn[];
  readonly joins: readonly Join[];
  /** Part of the join: SQL's ON. */
  readonly filter?: Condition;
}

export interface OutputColumn {
  readonly attribute: Attribute;
  readonly alias?: string;
}

export type JoinKind = 'inner' | 'outer' | 'first';

export interface Join {
  readonly kind: JoinKind;
  readonly source: Source;
  /** Column of the joined table. */
  readonly from: Attribute;
  /** Column of the table it is joined to. */
  readonly to: Attribute;
}

/** A column of a table in the query. */
export interface ColumnOf {
  readonly slot: number;
  readonly entity: Entity;
  readonly attribute: Attribute;
}

/**
 * Conditions hold or do not: null decides in each operator, and a negation is lowered to the opposite
 * operators, as the service does. So `ne` holds for null and `gt` and its opposite `le` both do not.
 */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | {
      readonly kind: 'test';
      readonly column: ColumnOf;
      readonly holds: (cell: Cell) => boolean;
      /** Ids one of which the column has to hold: lets the evaluator use an index. */
      readonly among?: readonly string[];
    }
  | {
      readonly kind: 'columns';
      readonly left: ColumnOf;
      readonly right: ColumnOf;
      readonly holds: (left: Cell, right: Cell) => boolean;
    }
  | {
      /** Rows of another table that match the row in `parent`, with their own joins and filter. */
      readonly kind: 'related';
      readonly parent: { readonly slot: number; readonly entity: Entity };
      readonly join: Join;
      /** `all` is Dataverse's: there are matching rows, and none of them satisfies the filter. */
      readonly mode: 'any' | 'none' | 'all';
    };

export interface OrderTerm {
  readonly column: ColumnOf;
  readonly descending: boolean;
  /** Choices by number instead of by label. */
  readonly raw: boolean;
}

export const always: Condition = { kind: 'and', parts: [] };
export const never: Condition = { kind: 'or', parts: [] };

/** Conjunction without the trivial parts. */
export function allOf(parts: readonly (Condition | undefined)[]): Condition | undefined {
  const present = parts.filter((part) => part !== undefined);
  if (present.length < 2) return present[0];
  return { kind: 'and', parts: present };
}
