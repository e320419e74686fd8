import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import { cell, isLookup, type Row, type RowRef } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';
import { groupBy, pushTo } from './group-by.ts';
import type { ResolvedIdentities } from './identity.ts';
import type { Order } from './order.ts';
import type { TargetLookup } from './ports.ts';
import { placeOf } from './row-finding.ts';
import type { Node, SourceIndex } from './source-index.ts';

export interface MatchInput {
  readonly index: SourceIndex;
  readonly identities: ResolvedIdentities;
  readonly order: Order;
  readonly environment: ReadonlyMap<string, EnvironmentTable>;
  readonly target: TargetLookup;
}

/** Rows of the target that are probably what a plan would create a second time. */
export interface LikelyMatches {
  /** The one row that fits. */
  readonly proposals: ReadonlyMap<Node, RowRef>;
  /** Several that fit alike. */
  readonly ambiguous: ReadonlyMap<Node, readonly RowRef[]>;
}

/**
 * Seeks rows that carry the name of a row that would be created, and whose lookups lead to what the
 * row's lookups lead to; rows without a name are told by their lookups alone. Nothing is matched by
 * this: whoever plans is told, and a map file can say so.
 */
export async function findLikelyMatches(
  input: MatchInput,
  signal: AbortSignal,
): Promise<LikelyMatches> {
  const search = new Search(input);
  const { index, identities, order } = input;
  const created = index.rows.filter((node) => identities.isCreated(node));
  for (const [table, nodes] of groupBy(created, (node) => index.refOf(node).table))
    await search.readNames(table, nodes, signal);
  const byLevel = groupBy(created, (node) => String(order.levelOf(node)));
  const levels = [...byLevel.keys()].map(Number).sort((one, other) => one - other);
  for (const level of levels)
    for (const [table, nodes] of groupBy(
      byLevel.get(String(level)) ?? [],
      (node) => index.refOf(node).table,
    ))
      await search.seek(table, nodes, signal);
  return search;
}

class Search implements LikelyMatches {
  readonly #input: MatchInput;
  readonly #lookups: ReadonlyMap<Node, readonly Lookup[]>;
  /** Rows of the target by table and name. */
  readonly #named = new Map<string, Map<string, Row[]>>();
  readonly #done = new Set<Node>();
  /** Rows of the target that are somebody's already. */
  readonly #claimed = new Set<string>();
  readonly proposals = new Map<Node, RowRef>();
  readonly ambiguous = new Map<Node, readonly RowRef[]>();

  constructor(input: MatchInput) {
    this.#input = input;
    const { index, identities } = input;
    const lookups = new Map<Node, Lookup[]>();
    for (const { from, to, column, hard, byName } of index.references())
      if (byName !== true && identities.isCreated(from) && this.#leadsTo(from, column, to))
        pushTo(lookups, from, { column, to, hard });
    this.#lookups = lookups;
    for (const node of index.rows) {
      const match = identities.matchOf(node);
      if (match.is === 'same') this.#claimed.add(keyOf(match.target));
    }
  }

  async seek(name: string, nodes: readonly Node[], signal: AbortSignal): Promise<void> {
    const table = this.#input.environment.get(name);
    if (table !== undefined) {
      // Some names hold the id of another row, which only now is known in the target.
      const moved = nodes.filter((node) => this.#movedName(node) !== this.#nameOf(node));
      if (moved.length > 0) await this.readNames(name, moved, signal);
      for (const node of nodes) this.#seekByName(table, node);
      await this.#seekByLookups(
        table,
        nodes.filter((node) => this.#nameOf(node) === undefined),
        signal,
      );
    }
    for (const node of nodes) this.#done.add(node);
  }

  /** Whether a reference is what it looks like; some only keep an order. */
  #leadsTo(from: Node, column: string, to: Node): boolean {
    const { index, environment } = this.#input;
    const known = environment.get(index.refOf(from).table)?.columns.get(column);
    if (known?.type !== 'lookup' && known?.type !== 'owner') return known !== undefined;
    return known.targets.length === 0 || known.targets.includes(index.refOf(to).table);
  }

  /** Reads the rows of a table that carry one of the names, in one question. */
  async readNames(tableName: string, nodes: readonly Node[], signal: AbortSignal): Promise<void> {
    const table = this.#input.environment.get(tableName);
    const nameColumn = table?.nameColumn;
    const names = new Map<string, string>();
    for (const node of nodes) {
      const name = this.#movedName(node);
      if (name !== undefined) names.set(name.toLowerCase(), name);
    }
    if (table === undefined || nameColumn === undefined || names.size === 0) return;
    const also = this.#besidesName(table);
    const columns = [nameColumn, ...also, ...this.#lookupColumns(table, nodes)];
    const found = new Map<string, Row[]>(this.#named.get(tableName));
    const keys = [...names.values()].map((name) => [name]);
    const where = { by: 'keys', columns: [nameColumn], keys } as const;
    for await (const row of this.#input.target.rows(table, columns, where, signal)) {
      const name = cell(row, nameColumn);
      if (typeof name === 'string') pushTo(found, name.toLowerCase(), row);
    }
    this.#named.set(tableName, found);
  }

  #seekByName(table: EnvironmentTable, node: Node): void {
    const name = this.#movedName(node)?.toLowerCase();
    const candidates = name === undefined ? [] : (this.#named.get(table.name)?.get(name) ?? []);
    const also = this.#besidesName(table);
    if (candidates.length > 0)
      this.#decide(
        node,
        candidates.filter((row) => this.#isAlike(node, row, also)),
      );
  }

  async #seekByLookups(
    table: EnvironmentTable,
    nodes: readonly Node[],
    signal: AbortSignal,
  ): Promise<void> {
    const known = (node: Node): readonly (readonly [string, RowRef])[] =>
      (this.#lookups.get(node) ?? []).flatMap(({ column, to }) => {
        const target =
          table.columns.get(column)?.type === 'lookup' ? this.#targetOf(to) : undefined;
        return target === undefined ? [] : [[column, target] as const];
      });
    for (const [, group] of groupBy(nodes, (node) =>
      known(node)
        .map(([column]) => column)
        .join(' '),
    )) {
      const first = group[0];
      const columns = first === undefined ? [] : known(first).map(([column]) => column);
      if (columns.length === 0) continue;
      const keys = group.map((node) => known(node).map(([, target]) => target));
      const found = new Map<string, Row[]>();
      const where = { by: 'keys', columns, keys } as const;
      for await (const row of this.#input.target.rows(table, columns, where, signal))
        pushTo(found, columns.map((column) => idIn(row, column)).join(' '), row);
      for (const node of group)
        this.#decide(
          node,
          found.get(
            known(node)
              .map(([, { id }]) => id)
              .join(' '),
          ) ?? [],
        );
    }
  }

  #decide(node: Node, candidates: readonly Row[]): void {
    const table = this.#input.index.refOf(node).table;
    const free = candidates.filter((row) => !this.#claimed.has(keyOf({ table, id: row.id })));
    const judged = free.map((row) => ({ row, ...this.#compare(node, row) }));
    const fitting = judged.filter(({ conflicts }) => conflicts === 0);
    const most = Math.max(...fitting.map(({ equal }) => equal));
    const best = fitting.filter(({ equal }) => equal === most);
    const [only] = judged;
    const chosen =
      best.length > 0 ? best : judged.length === 1 && only?.isHard === false ? [only] : [];
    const refs = chosen.map(({ row }) => ({ table, id: row.id }));
    const [ref] = refs;
    if (ref === undefined) return;
    if (refs.length > 1) this.ambiguous.set(node, refs);
    else {
      this.proposals.set(node, ref);
      this.#claimed.add(keyOf(ref));
    }
  }

  /** How many lookups lead to the same, and how many elsewhere. */
  #compare(
    node: Node,
    row: Row,
  ): { readonly equal: number; readonly conflicts: number; readonly isHard: boolean } {
    let equal = 0;
    let conflicts = 0;
    let isHard = false;
    for (const { column, to, hard } of this.#lookups.get(node) ?? []) {
      const held = idIn(row, column);
      if (held === undefined || this.#isOpen(to)) continue;
      if (held === this.#targetOf(to)?.id) equal += 1;
      else {
        conflicts += 1;
        isHard ||= hard;
      }
    }
    return { equal, conflicts, isHard };
  }

  /** Columns that tell rows of the same name apart. */
  #besidesName({ name, columns }: EnvironmentTable): readonly string[] {
    const { toldApartBy = [] } = this.#input.index.tables.get(name)?.rules ?? {};
    return toldApartBy.filter((column) => columns.has(column));
  }

  #isAlike(node: Node, row: Row, columns: readonly string[]): boolean {
    const { index } = this.#input;
    const keys = index.tables.get(index.refOf(node).table)?.keyColumns ?? [];
    return columns.every((column) => {
      const said = index.keyCellsOf(node)[keys.indexOf(column)];
      return said === undefined || said === null || said === cell(row, column);
    });
  }

  #isOpen(node: Node): boolean {
    return this.#input.identities.isCreated(node) && !this.#done.has(node);
  }

  #targetOf(node: Node): RowRef | undefined {
    const match = this.#input.identities.matchOf(node);
    return match.is === 'same' ? match.target : this.proposals.get(node);
  }

  #nameOf(node: Node): string | undefined {
    const { index } = this.#input;
    const name = index.nameOf(node);
    return name === index.refOf(node).id ? undefined : name;
  }

  /** The name with ids of the target, `QueueTransfer_3f2a…`. */
  #movedName(node: Node): string | undefined {
    return this.#nameOf(node)?.replaceAll(anyGuid, (id) => {
      for (const { to } of this.#lookups.get(node) ?? [])
        if (this.#input.index.refOf(to).id === id.toLowerCase())
          return this.#targetOf(to)?.id ?? id;
      return id;
    });
  }

  #lookupColumns(table: EnvironmentTable, nodes: readonly Node[]): readonly string[] {
    const columns = new Set<string>();
    for (const node of nodes)
      for (const { column } of this.#lookups.get(node) ?? [])
        if (table.columns.get(column)?.type === 'lookup') columns.add(column);
    return [...columns];
  }
}

const anyGuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

interface Lookup {
  readonly column: string;
  readonly to: Node;
  readonly hard: boolean;
}

function idIn(row: Row, column: string): Guid | undefined {
  const value = cell(row, column);
  return isLookup(value) ? value.id : undefined;
}

function keyOf({ table, id }: RowRef): string {
  return `${table}/${id}`;
}

/** Says which rows a plan would create a second time. */
export function wouldBeDuplicates(
  { proposals, ambiguous }: LikelyMatches,
  index: SourceIndex,
): readonly Finding[] {
  const found = new Map<Node, readonly RowRef[]>([
    ...[...proposals].map(([node, ref]) => [node, [ref]] as const),
    ...ambiguous,
  ]);
  return [...found]
    .sort(([one], [other]) => one - other)
    .map(([node, refs]) => ({
      severity: 'warning',
      code: 'URM1340',
      where: placeOf({ ref: index.refOf(node), name: index.nameOf(node) }),
      summary:
        refs.length === 1
          ? 'The target has this row already, as it seems, with another id: the plan would create it a second time'
          : 'The target has several rows that could be this one, with other ids: the plan would create another',
      detail: `In the target: ${refs.map(({ id }) => id).join(', ')}.`,
      remedy: 'Have a map file proposed (writeMap), review it, and plan with it.',
    }));
}
