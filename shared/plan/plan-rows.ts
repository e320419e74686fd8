import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Change, Phase, ServerMadeBy } from '../model/plan.ts';
import type { Row, RowRef } from '../model/row.ts';
import type { EnvironmentTable, SourceTable } from '../model/table.ts';
import type { PlanInput } from './plan-input.ts';
import { AffectedLines } from './affected-lines.ts';
import { compareRow, comparedColumns } from './compare.ts';
import type { Comparison, ComparisonFrame } from './comparison.ts';
import type { DraftBook, DraftPlace } from './draft-book.ts';
import type { ResolvedIdentities } from './identity.ts';
import { mergeOccurrences, type Occurrence } from './merge-rows.ts';
import type { Order } from './order.ts';
import { plannedValue } from './planned-value.ts';
import { LookupsToNowhere } from './lookups-to-nowhere.ts';
import { rowProblem } from './row-finding.ts';
import { SameRows } from './same-rows.ts';
import type { IndexedTable, Node, SourceIndex } from './source-index.ts';

/** What the comparison of rows needs to know. */
export interface PlannerParts {
  readonly input: Pick<
    PlanInput,
    | 'source'
    | 'target'
    | 'spool'
    | 'now'
    | 'progress'
    | 'compared'
    | 'lookupsToNowhere'
    | 'policy'
    | 'carried'
  >;
  readonly environment: ReadonlyMap<string, EnvironmentTable>;
  readonly index: SourceIndex;
  readonly identities: ResolvedIdentities;
  readonly order: Order;
  readonly drafts: DraftBook;
}

interface ReadyRow {
  readonly node: Node;
  readonly row: Row;
  readonly sources: readonly SourceTable[];
}

const rowsPerRead = 500;

/** Compares the rows of one table after the other and drafts their actions. */
export class RowPlanner {
  readonly #parts: PlannerParts;
  readonly #frame: ComparisonFrame;
  /** Absent where people decided about differences: what they say counts before what rows say. */
  readonly #same: SameRows | undefined;
  readonly problems: Map<Node, Finding>;
  readonly #notices: Finding[] = [];
  #lines: AffectedLines | undefined;
  readonly #nowhere = new LookupsToNowhere();
  /** Rows that occur in several steps wait here for their last occurrence. */
  readonly #incomplete = new Map<Node, Occurrence[]>();

  constructor(parts: PlannerParts) {
    this.#parts = parts;
    const { index, identities, order, input } = parts;
    this.problems = new Map(identities.problems);
    for (const node of order.stuck)
      if (!this.problems.has(node))
        this.problems.set(
          node,
          rowProblem(
            'URM1322',
            { ref: index.refOf(node), name: index.nameOf(node) },
            {
              summary: 'Its required lookups form a circle, so that it cannot be created first',
              remedy: 'Make one of the lookups optional in the target, or create one row by hand.',
            },
          ),
        );
    this.#same = input.policy === undefined ? new SameRows(index, identities) : undefined;
    this.#frame = {
      index,
      identities,
      deferredOf: order.deferredOf,
      ...(input.policy === undefined ? {} : { policy: input.policy }),
      ...(input.carried === undefined ? {} : { carried: input.carried }),
      now: input.now,
      exportedAt: input.source.exportedAt ?? new Map(),
      ...(input.lookupsToNowhere === 'leave'
        ? {
            leave: (row, column, to) => {
              this.#nowhere.add(row, column, to);
            },
          }
        : {}),
    };
  }

  get notices(): readonly Finding[] {
    return [...this.#notices, ...this.#nowhere.findings()];
  }

  async planTable(source: SourceTable, signal: AbortSignal): Promise<void> {
    const { input, index } = this.#parts;
    const table = index.tables.get(source.name);
    if (table === undefined) return;
    let ready: ReadyRow[] = [];
    let done = 0;
    for await (const row of input.source.rows(source, signal)) {
      const complete = this.#complete(row, source);
      if (complete !== undefined) ready.push(complete);
      done += 1;
      if (ready.length < rowsPerRead) continue;
      await this.#planRows(table, ready, signal);
      ready = [];
    }
    await this.#planRows(table, ready, signal);
    input.progress(`${source.step} ${source.name}`, done);
  }

  #complete(row: Row, source: SourceTable): ReadyRow | undefined {
    const { index } = this.#parts;
    const node = index.nodeOf({ table: source.name, id: row.id });
    if (node === undefined) return undefined;
    const times = index.occurrencesOf(node);
    if (times === 1) return { node, row, sources: [source] };
    const seen = [...(this.#incomplete.get(node) ?? []), { row, source }];
    if (seen.length < times) {
      this.#incomplete.set(node, seen);
      return undefined;
    }
    this.#incomplete.delete(node);
    const merged = mergeOccurrences(seen, index.nameOf(node));
    if (merged === undefined) return undefined;
    this.#notices.push(...merged.notices);
    return { node, row: merged.row, sources: seen.map((occurrence) => occurrence.source) };
  }

  async #planRows(
    table: IndexedTable,
    rows: readonly ReadyRow[],
    signal: AbortSignal,
  ): Promise<void> {
    if (rows.length === 0) return;
    const described = this.#parts.environment.get(table.name);
    const targets = await this.#readTargets(table, described, rows, signal);
    for (const ready of rows) {
      const work = this.#planRow(ready, table, described, targets);
      if (work !== undefined) await work;
    }
  }

  async #readTargets(
    table: IndexedTable,
    described: EnvironmentTable | undefined,
    rows: readonly ReadyRow[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Guid, Row>> {
    const { identities, input } = this.#parts;
    const found = new Map<Guid, Row>();
    if (described === undefined) return found;
    const ids: Guid[] = [];
    for (const { node } of rows) {
      const match = identities.matchOf(node);
      if (match.is === 'same') ids.push(match.target.id);
    }
    if (ids.length === 0) return found;
    const columns = comparedColumns(table, described, input.policy);
    const read = input.target.rows(described, columns, { by: 'ids', ids }, signal);
    for await (const row of read) found.set(row.id, row);
    return found;
  }

  /** Nothing to wait for where the row needs nothing: so it is with most of them. */
  #planRow(
    ready: ReadyRow,
    table: IndexedTable,
    described: EnvironmentTable | undefined,
    targets: ReadonlyMap<Guid, Row>,
  ): Promise<void> | undefined {
    const { identities, drafts, index, input } = this.#parts;
    const { node, row, sources } = ready;
    const match = identities.matchOf(node);
    if (match.is === 'dropped') {
      drafts.settle(node, 'skipped');
      return undefined;
    }
    if (this.problems.has(node) || described === undefined)
      return drafts.block(node, this.#parts.order.levelOf(node));
    const target = match.is === 'same' ? targets.get(match.target.id) : undefined;
    if (match.is === 'same' && target === undefined) {
      this.problems.set(
        node,
        rowProblem(
          'URM1325',
          { ref: index.refOf(node), name: index.nameOf(node) },
          {
            summary: 'The row disappeared from the target while the plan was made',
            remedy: 'Plan again.',
          },
        ),
      );
      return drafts.block(node, this.#parts.order.levelOf(node));
    }
    const pair = { node, row, table, described, sources };
    const isSame =
      identities.isSystem(node) ||
      (target !== undefined && this.#same?.areSame(row, target, table, described) === true);
    const comparison: Comparison = isSame
      ? unchanged
      : compareRow(target === undefined ? pair : { ...pair, target }, this.#frame);
    input.compared?.({ table, source: row, target, comparison });
    this.#notices.push(...comparison.notices);
    if (comparison.problem !== undefined) this.problems.set(node, comparison.problem);
    if (comparison.fate === 'blocked') return drafts.block(node, this.#parts.order.levelOf(node));
    if (comparison.fate !== 'unchanged' && comparison.fate !== 'skipped')
      return this.#draft(node, comparison, target?.version);
    drafts.settle(node, comparison.fate);
    return undefined;
  }

  async #draft(node: Node, comparison: Comparison, version: string | undefined): Promise<void> {
    const { drafts, order, identities, index } = this.#parts;
    drafts.settle(node, comparison.fate);
    const ref = index.refOf(node);
    const row = identities.targetOf(node) ?? ref;
    const at = (phase: Phase, level: number): DraftPlace => ({
      step: index.stepOf(node),
      phase,
      level,
      row: { table: row.table, id: row.id },
      ...(row.id === ref.id ? {} : { source: ref.id }),
      name: index.nameOf(node),
    });
    const level = order.levelOf(node);
    let known = version;
    const update = async (
      phase: Phase,
      on: number,
      changes: readonly Change[],
      lines: readonly RowRef[] = [],
    ): Promise<void> => {
      if (changes.length === 0) return;
      const shown = await this.#shown(changes);
      const seen = known === undefined ? {} : { version: known };
      const switches = lines.length === 0 ? {} : { switches: lines };
      const place = at(phase, on);
      await drafts.add(node, { kind: 'update', ...place, ...seen, ...switches, changes: shown });
      known = undefined;
    };
    if (comparison.fate === 'created') {
      const changes = await this.#shown(comparison.rows);
      const serverMade = this.#serverMadeBy(node);
      const made = serverMade === undefined ? {} : { serverMade };
      await drafts.add(node, { kind: 'create', ...at('rows', level), ...made, changes });
    } else if (!comparison.live) await update('rows', level, comparison.rows);
    await update('references', 0, comparison.references);
    await update('states', 0, comparison.states);
    // Last of all, when everything the change leads to is there and active.
    if (comparison.live) await update('states', 1, comparison.rows, this.#linesOf(node));
  }

  /** The lines, in the target, that a change of the row switches. */
  #linesOf(node: Node): readonly RowRef[] {
    const { index, identities } = this.#parts;
    this.#lines ??= new AffectedLines(index);
    return this.#lines.of(node).map((line) => {
      const { table, id } = identities.targetOf(line) ?? index.refOf(line);
      return { table, id };
    });
  }

  #serverMadeBy(node: Node): ServerMadeBy | undefined {
    const { index, identities } = this.#parts;
    const rows = index
      .makersOf(node)
      .filter(identities.isCreated)
      .map((maker) => index.refOf(maker));
    const key = index.tables.get(index.refOf(node).table)?.rules.serverMade?.key;
    return rows.length === 0 || key === undefined ? undefined : { rows, key: [...key.keys()] };
  }

  /** The changes as the plan shows them; long texts go to the spool. */
  async #shown(changes: readonly Change[]): Promise<readonly Change[]> {
    const shown: Change[] = [];
    for (const change of changes) {
      const before = plannedValue(change.before).planned;
      const { planned, long } = plannedValue(change.after);
      if (long !== undefined) await this.#parts.input.spool.keepText(long.sha256, long.text);
      shown.push({ ...change, before, after: planned });
    }
    return shown;
  }
}

const unchanged: Comparison = {
  fate: 'unchanged',
  rows: [],
  references: [],
  states: [],
  live: false,
  notices: [],
};
