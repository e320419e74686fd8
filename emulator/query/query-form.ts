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

/** Rows by slot. */
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

/** A column that the answer shows. */
export interface OutputColumn {
  readonly attribute: Attribute;
  readonly alias?: string;
  /** How many rows stand right below the row in its table's hierarchy, instead of the value. */
  readonly countsChildren?: boolean;
}

/** `first` takes one match where `inner` takes all. */
export type JoinKind = 'inner' | 'outer' | 'first';

/** A table joined to another by equal columns. */
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
      /** Ids or texts one of which the column has to hold: lets the evaluator use an index. */
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

/** One column of the order. */
export interface OrderTerm {
  readonly column: ColumnOf;
  readonly descending: boolean;
  /** Choices by number instead of by label. */
  readonly raw: boolean;
}

/** Holds for every row. */
export const always: Condition = { kind: 'and', parts: [] };
/** Holds for no row. */
export const never: Condition = { kind: 'or', parts: [] };

/** Conjunction without the trivial parts. */
export function allOf(parts: readonly (Condition | undefined)[]): Condition | undefined {
  const present = parts.filter((part) => part !== undefined);
  if (present.length < 2) return present[0];
  return { kind: 'and', parts: present };
}

/** Disjunction. Ids of one column become one test, so that an index can find them. */
export function anyOf(parts: readonly Condition[]): Condition {
  const [first] = parts;
  if (first?.kind !== 'test' || first.among === undefined) return { kind: 'or', parts };
  const { slot, attribute } = first.column;
  const among: string[] = [];
  for (const part of parts) {
    if (part.kind !== 'test' || part.among === undefined) return { kind: 'or', parts };
    if (part.column.slot !== slot || part.column.attribute !== attribute) {
      return { kind: 'or', parts };
    }
    among.push(...part.among);
  }
  const holds = (cell: Cell): boolean =>
    parts.some((part) => part.kind === 'test' && part.holds(cell));
  return { kind: 'test', column: first.column, holds, among };
}
