import type { Guid } from '../model/guid.ts';
import type { Link, Row, Value } from '../model/row.ts';
import type { EnvironmentManyToMany, EnvironmentTable } from '../model/table.ts';

/** Which rows of the target are asked for. */
export type RowSelection =
  | { readonly by: 'ids'; readonly ids: readonly Guid[] }
  /** Rows whose `columns` equal one of the `keys`; lookups compare by id. */
  | {
      readonly by: 'keys';
      readonly columns: readonly string[];
      readonly keys: readonly (readonly Value[])[];
    };

/** What the planner asks the target; questions are grouped, so that few requests answer them. */
export interface TargetLookup {
  /** Metadata; a table that the target does not have is absent. */
  tables(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, EnvironmentTable>>;
  rows(
    table: EnvironmentTable,
    columns: readonly string[],
    where: RowSelection,
    signal: AbortSignal,
  ): AsyncIterable<Row>;
  /** Pairs whose first side is one of `from`. */
  links(
    table: EnvironmentTable,
    relationship: EnvironmentManyToMany,
    from: readonly Guid[],
    signal: AbortSignal,
  ): AsyncIterable<Link>;
  /** The managed solutions that rows belong to, as people name them; `undefined` where nobody may know. */
  solutionsOf?(
    ids: readonly Guid[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Guid, readonly string[]> | undefined>;
}

/** Lines kept aside in buckets, so that a plan of any size needs little memory. */
export interface Spool {
  append(bucket: string, line: string): Promise<void>;
  /** In the order they were appended; may be read more than once. */
  lines(bucket: string, signal: AbortSignal): AsyncIterable<string>;
  /** Long texts by their hash, for whoever applies the plan. */
  keepText(sha256: string, text: string): Promise<void>;
}

/** What a map file says of a source row: its row in the target, to leave references out, or not yet decided. */
export type Mapped =
  | { readonly is: 'row'; readonly id: Guid }
  | { readonly is: 'dropped' }
  | { readonly is: 'undecided' };

/** Mapped rows by `table/id`. */
export type RowMap = ReadonlyMap<string, Mapped>;
