import type { Finding } from '../errors/finding.ts';
import type { Change } from '../model/plan.ts';
import type { Lookup, Row } from '../model/row.ts';
import type { EnvironmentTable, SourceTable } from '../model/table.ts';
import type { ResolvedIdentities } from './identity.ts';
import type { PlanPolicy } from './policy.ts';
import type { NamedRow } from './row-finding.ts';
import type { IndexedTable, Node, SourceIndex } from './source-index.ts';

/** What holds for all rows of one comparison. */
export interface ComparisonFrame {
  readonly index: SourceIndex;
  readonly identities: ResolvedIdentities;
  readonly deferredOf: (node: Node) => ReadonlySet<string>;
  readonly policy?: PlanPolicy;
  /** Rows that a solution is to bring, by `table/id`, with the solution's name where one is known. */
  readonly carried?: ReadonlyMap<string, string | undefined>;
  /** When the package is applied, for relative dates. */
  readonly now: number;
  readonly exportedAt: ReadonlyMap<string, string>;
  /** Told of lookups to rows that are nowhere; absent: such a lookup blocks its row. */
  readonly leave?: (row: NamedRow, column: string, to: Lookup) => void;
}

/** A row of the package, merged from the steps it occurs in, and what the target has of it. */
export interface RowPair {
  readonly node: Node;
  readonly row: Row;
  readonly table: IndexedTable;
  readonly described: EnvironmentTable;
  readonly sources: readonly SourceTable[];
  /** Absent when the row is to be created. */
  readonly target?: Row;
}

/** What has to happen so that the target row says what the source row says. */
export interface Comparison {
  readonly fate: 'created' | 'updated' | 'unchanged' | 'skipped' | 'blocked';
  readonly rows: readonly Change[];
  readonly references: readonly Change[];
  readonly states: readonly Change[];
  /** The changes take effect on live conversations at once. */
  readonly live: boolean;
  readonly problem?: Finding;
  readonly notices: readonly Finding[];
}

/** A comparison that asks for nothing. */
export const nothingToDo = {
  rows: [],
  references: [],
  states: [],
  live: false,
  notices: [],
} as const;
