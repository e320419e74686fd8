import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Identity, IdentityMap, Match } from '../model/identity.ts';
import { cell, isLookup, type RowRef, type Value } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';
import type { RowMap, TargetLookup } from './ports.ts';
import { rowProblem, type NamedRow } from './row-finding.ts';
import type { IndexedTable, Node, SourceIndex } from './source-index.ts';
import { groupBy, pushTo } from './group-by.ts';
import { identitiesOf, keyText } from './identity-keys.ts';
import { TargetQuestions } from './target-questions.ts';

/** What became of every row of the package and of every row it refers to. */
export interface ResolvedIdentities extends IdentityMap {
  readonly matchOf: (node: Node) => Match;
  /** The row in the target: the one that was found, or the one that is to be created. */
  readonly targetOf: (node: Node) => RowRef | undefined;
  /** Whether this plan creates the row. */
  readonly isCreated: (node: Node) => boolean;
  /** Whether the row is one that every environment has of its own. */
  readonly isSystem: (node: Node) => boolean;
  /** Rows that cannot be planned, with the reason. */
  readonly problems: ReadonlyMap<Node, Finding>;
  /** Tables that could not be read. */
  readonly unreadable: readonly Finding[];
}

export interface IdentityInput {
  readonly index: SourceIndex;
  readonly environment: ReadonlyMap<string, EnvironmentTable>;
  readonly target: TargetLookup;
  readonly map: RowMap;
}

const absent: Match = { is: 'absent' };
const noId = '00000000-0000-0000-0000-000000000000';

/** Recognizes every source row in the target once, before anything is compared. */
export async function resolveIdentities(
  input: IdentityInput,
  signal: AbortSignal,
): Promise<ResolvedIdentities> {
  const resolver = new IdentityResolver(input, signal);
  await resolver.applyMap();
  await resolver.resolveOutside();
  await resolver.resolvePackage();
  resolver.refuseShared();
  return resolver.finish();
}

/** A life of one call: what is known so far, and the questions still open. */
class IdentityResolver {
  readonly #input: IdentityInput;
  readonly #matches: (Match | undefined)[] = [];
  readonly #problems = new Map<Node, Finding>();
  readonly #system = new Set<Node>();
  readonly #questions: TargetQuestions;

  constructor(input: IdentityInput, signal: AbortSignal) {
    this.#input = input;
    this.#questions = new TargetQuestions(input.target, signal);
  }

  async applyMap(): Promise<void> {
    const { index, map } = this.#input;
    const rows = new Map<string, Map<Guid, Node[]>>();
    if (map.size === 0) return;
    for (let node = 0; node < index.size; node += 1) {
      const { id } = index.refOf(node);
      // A reference inside a text may lead into several tables; the map knows which.
      const table = index.candidateTablesOf(node).find((name) => map.has(`${name}/${id}`));
      const mapped = table === undefined ? undefined : map.get(`${table}/${id}`);
      if (table === undefined || mapped === undefined) continue;
      if (mapped.is === 'dropped') this.#matches[node] = { is: 'dropped' };
      else if (mapped.is === 'undecided') this.#undecided(node);
      else {
        const byTarget = rows.get(table) ?? new Map<Guid, Node[]>();
        pushTo(byTarget, mapped.id, node);
        rows.set(table, byTarget);
      }
    }
    for (const [table, byTarget] of rows) {
      const found = await this.#questions.existing(table, [...byTarget.keys()]);
      for (const [id, nodes] of byTarget)
        for (const node of nodes)
          if (found.has(id)) this.#matches[node] = { is: 'same', target: { table, id }, by: 'map' };
          else this.#mappedToNothing(node, { table, id });
    }
  }

  /** Rows that the package only refers to: they can be recognized by their id alone. */
  async resolveOutside(): Promise<void> {
    const { index } = this.#input;
    const byTable = new Map<string, Node[]>();
    for (let node = 0; node < index.size; node += 1) {
      if (index.inPackage(node) || index.isAlias(node) || this.#matches[node] !== undefined)
        continue;
      for (const table of index.candidateTablesOf(node)) pushTo(byTable, table, node);
    }
    for (const [table, nodes] of byTable) {
      const open = nodes.filter((node) => this.#matches[node] === undefined);
      const found = await this.#questions.existing(
        table,
        open.map((node) => index.refOf(node).id),
      );
      for (const node of open) {
        const { id } = index.refOf(node);
        if (found.has(id)) this.#matches[node] = { is: 'same', target: { table, id }, by: 'id' };
      }
    }
  }

  async resolvePackage(): Promise<void> {
    let open = this.#openRows();
    // A key may hold a lookup to a row that is itself still sought: rounds, until nothing moves.
    for (let moved = true; open.length > 0;) {
      const groups = [...groupBy(open, (row) => row.table.name).values()];
      const mode: 'wait' | 'skip' = moved ? 'wait' : 'skip';
      // Tables are asked side by side; what one learns another hears of in the next round.
      const rests: (readonly OpenRow[])[] = await Promise.all(
        groups.map((group) => this.#seekGroup(group, mode)),
      );
      const waiting: OpenRow[] = rests.flat();
      moved = waiting.length < open.length;
      open = waiting;
    }
    this.#refuseUnread();
  }

  // A row that could not be sought is not known to be absent: creating it might double it.
  #refuseUnread(): void {
    const { index } = this.#input;
    const { unreadable } = this.#questions;
    if (unreadable.size === 0) return;
    for (const node of index.rows) {
      const { table } = index.refOf(node);
      if (unreadable.has(table) && this.#matches[node]?.is !== 'same')
        this.#refuse(node, 'URM1325', {
          summary: `The row could not be sought, because table ${table} could not be read`,
          remedy: 'Give the signed-in identity the privilege to read it, then plan again.',
        });
    }
  }

  /** Two source rows that lead to one target row would overwrite each other. */
  refuseShared(): void {
    const { index } = this.#input;
    const owners = new Map<string, Node[]>();
    for (const node of index.rows) {
      const match = this.#matches[node];
      if (match?.is === 'same') pushTo(owners, `${match.target.table}/${match.target.id}`, node);
    }
    for (const nodes of owners.values()) {
      if (nodes.length < 2) continue;
      const names = nodes.map((node) => `${index.refOf(node).id} ${index.nameOf(node)}`);
      for (const node of nodes)
        this.#refuse(node, 'URM1312', {
          summary: 'Several rows of the package are recognized as the same row of the target',
          detail: names.join('; '),
          remedy: 'Remove all but one of them, or tell them apart in a map file.',
        });
    }
  }

  finish(): ResolvedIdentities {
    const { index } = this.#input;
    const matchOf = (node: Node): Match => this.#matches[node] ?? absent;
    const isCreated = (node: Node): boolean =>
      index.inPackage(node) && matchOf(node).is === 'absent' && !this.#problems.has(node);
    return {
      matchOf,
      isCreated,
      isSystem: (node) => this.#system.has(node),
      targetOf: (node) => {
        const match = matchOf(node);
        if (match.is === 'same') return match.target;
        return index.inPackage(node) && match.is !== 'dropped' ? index.refOf(node) : undefined;
      },
      find: (source) => {
        const node = index.nodeOf(source);
        return node === undefined ? absent : matchOf(node);
      },
      problems: this.#problems,
      unreadable: [...this.#questions.unreadable.values()],
    };
  }

  #openRows(): readonly OpenRow[] {
    const { index, environment } = this.#input;
    const open: OpenRow[] = [];
    for (const node of index.rows) {
      if (this.#matches[node] !== undefined || this.#problems.has(node)) continue;
      const ref = index.refOf(node);
      const table = index.tables.get(ref.table);
      if (table === undefined) continue;
      const described = environment.get(ref.table);
      if (described === undefined)
        this.#refuse(node, 'URM1317', {
          summary: `The target has no table ${ref.table}`,
          remedy: 'Install the solution that has the table, then plan again.',
        });
      else if (ref.id === noId)
        this.#refuse(node, 'URM1329', {
          summary: 'The row has no id of its own',
          remedy: 'Export the data again with a current tool.',
        });
      else {
        const { chain, isSystem } = identitiesOf(index, node, table);
        if (isSystem) this.#system.add(node);
        open.push({ node, table, described, chain, at: 0 });
      }
    }
    return open;
  }

  async #seekGroup(
    group: readonly OpenRow[],
    unresolvedKeys: 'wait' | 'skip',
  ): Promise<readonly OpenRow[]> {
    const waiting: OpenRow[] = [];
    for (let rows = group; rows.length > 0;) {
      const next: OpenRow[] = [];
      for (const [, same] of groupBy(rows, (row) => JSON.stringify(row.chain[row.at] ?? null))) {
        const identity = same[0]?.chain[same[0].at];
        if (identity === undefined) for (const row of same) this.#notFound(row);
        else if (identity.by === 'id') next.push(...(await this.#seekById(same)));
        else if (identity.by !== 'map') {
          const columns = identity.by === 'key' ? identity.columns : [identity.column];
          const sought = await this.#seekByKey(same, columns, identity.by, unresolvedKeys);
          next.push(...sought.next);
          waiting.push(...sought.waiting);
        }
      }
      rows = next;
    }
    return waiting;
  }

  async #seekById(rows: readonly OpenRow[]): Promise<readonly OpenRow[]> {
    const { index } = this.#input;
    const table = rows[0]?.table.name ?? '';
    const found = await this.#questions.existing(
      table,
      rows.map((row) => index.refOf(row.node).id),
    );
    const next: OpenRow[] = [];
    for (const row of rows) {
      const { id } = index.refOf(row.node);
      if (found.has(id)) this.#matches[row.node] = { is: 'same', target: { table, id }, by: 'id' };
      else next.push({ ...row, at: row.at + 1 });
    }
    return next;
  }

  async #seekByKey(
    rows: readonly OpenRow[],
    columns: readonly string[],
    by: Identity['by'],
    unresolvedKeys: 'wait' | 'skip',
  ): Promise<{ readonly next: readonly OpenRow[]; readonly waiting: readonly OpenRow[] }> {
    const next: OpenRow[] = [];
    const waiting: OpenRow[] = [];
    const sought: { readonly row: OpenRow; readonly key: readonly Value[] }[] = [];
    for (const row of rows) {
      const key = this.#keyOf(row, columns);
      if (key === 'open' && unresolvedKeys === 'wait') waiting.push(row);
      else if (key === 'open' || key === 'none') next.push({ ...row, at: row.at + 1 });
      else sought.push({ row, key });
    }
    const described = rows[0]?.described;
    if (described === undefined || sought.length === 0) return { next, waiting };
    const keys = sought.map(({ key }) => key);
    const candidates = new Map<string, RowRef[]>();
    for await (const found of this.#questions.rows(described, columns, {
      by: 'keys',
      columns,
      keys,
    })) {
      const values = columns.map((column) => cell(found, column));
      const ref = { table: described.name, id: found.id };
      pushTo(candidates, keyText(values, columns, described), ref);
    }
    for (const { row, key } of sought) {
      const all = candidates.get(keyText(key, columns, described)) ?? [];
      const { id } = this.#input.index.refOf(row.node);
      const target = all.length === 1 ? all[0] : all.find((candidate) => candidate.id === id);
      if (target !== undefined) this.#matches[row.node] = { is: 'same', target, by };
      else if (all.length === 0) next.push({ ...row, at: row.at + 1 });
      else this.#ambiguous(row, { by, columns, key, candidates: all });
    }
    return { next, waiting };
  }

  /** The key as the target has it: lookups by the ids of the target. */
  #keyOf(row: OpenRow, columns: readonly string[]): readonly Value[] | 'open' | 'none' {
    const { index } = this.#input;
    const cells = index.keyCellsOf(row.node);
    const key: Value[] = [];
    for (const column of columns) {
      const value = cells[row.table.keyColumns.indexOf(column)];
      if (value === undefined || value === null || value === '') return 'none';
      if (!row.described.columns.has(column)) return 'none';
      if (!isLookup(value)) {
        key.push(value);
        continue;
      }
      const node = index.nodeOf(value);
      const match = node === undefined ? absent : this.#matches[node];
      if (match === undefined) {
        const settled = node === undefined || !index.inPackage(node) || this.#problems.has(node);
        return settled ? 'none' : 'open';
      }
      if (match.is !== 'same') return 'none';
      key.push(match.target);
    }
    return key;
  }

  #notFound(row: OpenRow): void {
    this.#matches[row.node] = absent;
    if (!this.#system.has(row.node)) return;
    if (this.#isNeedless(row)) {
      this.#matches[row.node] = { is: 'dropped' };
      return;
    }
    this.#refuse(row.node, 'URM1311', {
      summary: 'The target lacks this row, which every environment has of its own',
      detail: 'Rows of this kind are recognized by their unique name and never created.',
      remedy: 'Install or update the solution that brings the row, then plan again.',
    });
  }

  /** Whether only some versions have the row, and nothing in the package refers to it. */
  #isNeedless({ node, table }: OpenRow): boolean {
    const { index } = this.#input;
    const { column = '', optional } = table.rules.systemRows ?? {};
    const name = index.keyCellsOf(node)[table.keyColumns.indexOf(column)];
    if (typeof name !== 'string' || optional?.has(name) !== true) return false;
    for (const { to } of index.references()) if (to === node) return false;
    return true;
  }

  #ambiguous(
    row: OpenRow,
    found: {
      readonly by: Identity['by'];
      readonly columns: readonly string[];
      readonly key: readonly Value[];
      readonly candidates: readonly RowRef[];
    },
  ): void {
    const { by, key, candidates, columns } = found;
    this.#matches[row.node] = { is: 'ambiguous', by, key, candidates };
    this.#refuse(row.node, 'URM1310', {
      summary: `${candidates.length} rows of the target have the same ${columns.join(', ')}`,
      detail: `Candidates: ${candidates.map((candidate) => candidate.id).join(', ')}.`,
      remedy: 'Remove the duplicates in the target, or name the right row in a map file.',
    });
  }

  #undecided(node: Node): void {
    this.#refuse(node, 'URM1328', {
      summary: 'The map file does not say which row of the target this is',
      remedy: 'Replace the "?" in the map file by the id of the target row, or by drop.',
    });
  }

  #mappedToNothing(node: Node, to: RowRef): void {
    this.#refuse(node, 'URM1313', {
      summary: `The map file names ${to.table} ${to.id}, which the target does not have`,
      remedy: 'Correct the row in the map file.',
    });
  }

  #refuse(
    node: Node,
    code: Finding['code'],
    text: { readonly summary: string; readonly detail?: string; readonly remedy: string },
  ): void {
    const { index } = this.#input;
    const row: NamedRow = { ref: index.refOf(node), name: index.nameOf(node) };
    if (!this.#problems.has(node)) this.#problems.set(node, rowProblem(code, row, text));
  }
}

interface OpenRow {
  readonly node: Node;
  readonly table: IndexedTable;
  readonly described: EnvironmentTable;
  /** The identities to try, and the one that is tried next. */
  readonly chain: readonly Identity[];
  readonly at: number;
}
