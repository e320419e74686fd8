import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Row } from '../model/row.ts';
import type { RowSource } from '../model/row-source.ts';
import type { RuleBook } from '../model/rules.ts';
import type { Comparison } from './comparison.ts';
import type { DeleteOrders, PlanPolicy } from './policy.ts';
import type { RowMap, Spool, TargetLookup } from './ports.ts';
import type { IndexedTable } from './source-index.ts';

/** Everything a plan is made from. */
export interface PlanInput {
  readonly source: RowSource;
  readonly book: RuleBook;
  readonly target: TargetLookup;
  readonly environment: { readonly organizationId: Guid; readonly url: string };
  readonly map?: RowMap;
  readonly spool: Spool;
  /**
   * What becomes of a lookup to a row that is neither in the source nor in the target: the row is
   * blocked, or the lookup stays as it is and is told, as files of other tools mean it.
   */
  readonly lookupsToNowhere?: 'block' | 'leave';
  /** Milliseconds since 1970: only relative dates depend on it. */
  readonly now: number;
  readonly tool: string;
  /** Findings of whoever opened the source. */
  readonly findings: readonly Finding[];
  readonly manual: readonly Finding[];
  readonly progress: (label: string, done: number) => void;
  /** Rows that would be created are sought by name: a target made by hand may have them. */
  readonly seekDuplicates?: boolean;
  /** What people decided about differences. */
  readonly policy?: PlanPolicy;
  /** Rows that a solution is to bring, by `table/id`, with the solution's name where one is known. */
  readonly carried?: ReadonlyMap<string, string | undefined>;
  /** Absent: nothing is deleted. */
  readonly deletes?: DeleteOrders;
  /** Told of every row as it is compared; verification looks at the target through it. */
  readonly compared?: (row: ComparedRow) => void;
}

/** One row of the package beside the target's, and what the comparison found. */
export interface ComparedRow {
  readonly table: IndexedTable;
  readonly source: Row;
  readonly target: Row | undefined;
  readonly comparison: Comparison;
}
