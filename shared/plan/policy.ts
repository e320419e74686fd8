import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { RowRef, Value } from '../model/row.ts';
import type { SourceTable } from '../model/table.ts';

/** A row that somebody decides about: as the package has it, and as the target does. */
export interface PolicyRow {
  readonly table: string;
  readonly source: Guid;
  readonly target: Guid | undefined;
  readonly name: string;
}

/** A value that the environment has of its own. */
export interface Overlay {
  readonly column: string;
  /** A secret by the variable that holds it: it is written and never compared. */
  readonly value: string | number | boolean | null | { readonly variable: string };
  /** A secret is written to rows that exist, too. */
  readonly writeSecrets: boolean;
}

/** What people decided about differences, beyond what the catalogue knows. Every decision is told. */
export interface PlanPolicy {
  /** Values that stand in place of the package's. */
  overlaysOf(row: PolicyRow): readonly Overlay[];
  /** Columns of a table that overlays set. */
  overlaidColumns(table: string): readonly string[];
  /** Whether the target's value of an existing row is left as it is; `differs`: it is another one. */
  leaves(row: PolicyRow, column: string, differs: () => boolean): boolean;
  /** Whether solutions carry a row that occurs in these steps. */
  isCarried(sources: readonly SourceTable[]): boolean;
  /** Notes a row that is left to a solution. */
  leaveToSolution(row: PolicyRow): void;
  /** A setting is wrong: nothing may be applied. */
  readonly hasErrors: boolean;
  /** What was decided, when all rows are compared. */
  findings(): readonly Finding[];
}

/** Which rows of the target are to go. */
export interface DeleteOrders {
  /** Rows that left the source. */
  readonly removed: readonly RowRef[];
  readonly rules: readonly { readonly table: string; readonly where: ReadonlyMap<string, Value> }[];
  /** More than this are refused. */
  readonly max: number;
  /** Tables whose rows are made inactive instead. */
  readonly deactivate: ReadonlySet<string>;
}
