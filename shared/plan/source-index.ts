import type { RowSource } from '../model/row-source.ts';
import {
  cell,
  isLookup,
  isPartyList,
  nameOf,
  type Row,
  type RowRef,
  type Value,
} from '../model/row.ts';
import type { RuleBook, ServerMade, TableRules, TextNames } from '../model/rules.ts';
import type { EnvironmentTable, SourceTable } from '../model/table.ts';
import { pushTo } from './group-by.ts';
import { isNeverCompared } from './platform-columns.ts';

/** A row of the package, or one that it only refers to: its place in the index. */
export type Node = number;

/** All occurrences of a table in the package. */
export interface IndexedTable {
  readonly name: string;
  readonly sources: readonly SourceTable[];
  readonly rules: TableRules;
  /** Columns whose cells are kept in memory because rows may be recognized by them. */
  readonly keyColumns: readonly string[];
}

/** One reference between rows. */
export interface Reference {
  readonly from: Node;
  readonly to: Node;
  readonly column: string;
  /** A lookup that the target requires: it cannot be written later. */
  readonly hard: boolean;
  /** A name inside a text: some row of that name is needed, not this one. */
  readonly byName?: true;
}

/** What a reference asks of the order. */
export type Strength = 'soft' | 'hard' | 'by-name';

const strengths: readonly Strength[] = ['soft', 'hard', 'by-name'];

const separator = '/';
const alternatives = '|';

/**
 * Ids, identity keys and references of all rows of a package, without their bodies: what identity
 * and order need, in about 300 bytes a row.
 */
export class SourceIndex {
  readonly #nodes = new Map<string, Node>();
  readonly #keys: string[] = [];
  /** Times the row occurs in the package; 0 for rows that are only referred to. */
  readonly #occurrences: number[] = [];
  readonly #names: (string | undefined)[] = [];
  readonly #steps: (string | undefined)[] = [];
  readonly #cells: (readonly (Value | undefined)[] | undefined)[] = [];
  /** Per reference: from, to, column, strength; flat, because there are many. */
  readonly #references: number[] = [];
  readonly #columns: string[] = [];
  readonly #columnAt = new Map<string, number>();
  readonly #alias = new Map<Node, Node>();
  readonly #rows: Node[] = [];
  readonly #named: {
    readonly from: Node;
    readonly in: string;
    readonly names: TextNames;
    readonly name: string;
  }[] = [];
  readonly #makers = new Map<Node, readonly Node[]>();
  readonly tables: ReadonlyMap<string, IndexedTable>;

  constructor(tables: ReadonlyMap<string, IndexedTable>) {
    this.tables = tables;
  }

  /** Rows of the package in first-seen order. */
  get rows(): readonly Node[] {
    return this.#rows;
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Rows with their repetitions. */
  occurrencesOf(node: Node): number {
    return this.#occurrences[node] ?? 0;
  }

  inPackage(node: Node): boolean {
    return this.occurrencesOf(node) > 0;
  }

  nodeOf(ref: RowRef): Node | undefined {
    const node = this.#nodes.get(ref.table + separator + ref.id);
    return node === undefined ? undefined : (this.#alias.get(node) ?? node);
  }

  /** Where a text reference leads that may point into several tables. */
  nodeOfAny(tables: readonly string[], id: string): Node | undefined {
    return this.nodeOf({ table: tables.join(alternatives), id });
  }

  refOf(node: Node): RowRef {
    const key = this.#keys[node] ?? '';
    const at = key.indexOf(separator);
    return { table: key.slice(0, at), id: key.slice(at + 1) };
  }

  /** Several for a text reference that may point into several tables and is not in the package. */
  candidateTablesOf(node: Node): readonly string[] {
    return this.refOf(node).table.split(alternatives);
  }

  nameOf(node: Node): string {
    return this.#names[node] ?? this.refOf(node).id;
  }

  stepOf(node: Node): string {
    return this.#steps[node] ?? '';
  }

  /** Rows whose creation makes the server make this one. */
  makersOf(node: Node): readonly Node[] {
    return this.#makers.get(node) ?? [];
  }

  /** The row's cells of its table's key columns. */
  keyCellsOf(node: Node): readonly (Value | undefined)[] {
    return this.#cells[node] ?? [];
  }

  *references(): Generator<Reference> {
    const all = this.#references;
    for (let at = 0; at < all.length; at += 4) {
      const to = all[at + 1] ?? 0;
      const strength = strengths[all[at + 3] ?? 0];
      const reference = {
        from: all[at] ?? 0,
        to: this.#alias.get(to) ?? to,
        column: this.#columns[all[at + 2] ?? 0] ?? '',
        hard: strength === 'hard',
      };
      yield strength === 'by-name' ? { ...reference, byName: true } : reference;
    }
  }

  addRow(row: Row, source: SourceTable, table: IndexedTable): Node {
    const node = this.#intern(source.name, row.id);
    const seen = this.occurrencesOf(node);
    this.#occurrences[node] = seen + 1;
    const name = nameOf(row);
    if (seen === 0 || name !== row.id) this.#names[node] = name === row.id ? undefined : flat(name);
    if (table.keyColumns.length > 0) {
      const before = this.#cells[node];
      this.#cells[node] = table.keyColumns.map((column, at) => {
        const value = cell(row, column);
        return value === undefined || value === null ? before?.[at] : flatValue(value);
      });
    }
    if (seen === 0) {
      this.#rows.push(node);
      this.#steps[node] = source.step;
    }
    return node;
  }

  addReference(
    from: Node,
    to: { readonly tables: readonly string[]; readonly id: string },
    column: string,
    strength: 'hard' | 'soft',
  ): void {
    this.#addEdge(from, this.#intern(to.tables.join(alternatives), to.id), column, strength);
  }

  /** Notes a name inside a text; which rows have it is known when all are read. */
  addName(from: Node, column: string, names: TextNames, name: string): void {
    this.#named.push({ from, in: column, names, name });
  }

  /** Notes a row that a link leads to. */
  mention(ref: RowRef): void {
    this.#intern(ref.table, ref.id);
  }

  /** Ends the pass: references with several possible tables find their row in the package. */
  close(): void {
    for (let node = 0; node < this.#keys.length; node += 1) {
      const { table, id } = this.refOf(node);
      if (!table.includes(alternatives)) continue;
      for (const candidate of table.split(alternatives)) {
        const found = this.#nodes.get(candidate + separator + id);
        if (found === undefined || !this.inPackage(found)) continue;
        this.#alias.set(node, found);
        break;
      }
    }
    this.#findNames();
    for (const table of this.tables.values())
      if (table.rules.serverMade !== undefined)
        this.#findMakers(table.name, table.rules.serverMade);
  }

  /** The makers come first: created before them, the row would stand in the server's way. */
  #findMakers(table: string, { by, through, key }: ServerMade): void {
    const byKey = new Map<string, Node[]>();
    for (const maker of this.#rowsOf(by)) {
      const leads = this.#cellOf(maker, through);
      const holder = isLookup(leads) ? this.nodeOf(leads) : undefined;
      const text = holder === undefined ? undefined : this.#keyText(holder, key.values());
      if (text !== undefined) pushTo(byKey, text, maker);
    }
    const [column = ''] = key.keys();
    for (const node of this.#rowsOf(table)) {
      const text = this.#keyText(node, key.keys());
      const makers = text === undefined ? undefined : byKey.get(text);
      if (makers === undefined) continue;
      this.#makers.set(node, makers);
      for (const maker of makers) this.#addEdge(node, maker, column, 'hard');
    }
  }

  #rowsOf(table: string): readonly Node[] {
    return this.#rows.filter((node) => this.refOf(node).table === table);
  }

  #cellOf(node: Node, column: string): Value | undefined {
    const at = this.tables.get(this.refOf(node).table)?.keyColumns.indexOf(column) ?? -1;
    return at < 0 ? undefined : this.#cells[node]?.[at];
  }

  #keyText(node: Node, columns: Iterable<string>): string | undefined {
    const parts = [...columns].map((column) => {
      const value = this.#cellOf(node, column);
      return isLookup(value) ? value.id : value;
    });
    return parts.every((part) => typeof part === 'string') ? JSON.stringify(parts) : undefined;
  }

  #findNames(): void {
    const wanted = new Map<string, TextNames>();
    for (const { names } of this.#named) wanted.set(`${names.table} ${names.column}`, names);
    for (const [key, { table, column }] of wanted) {
      const at = this.tables.get(table)?.keyColumns.indexOf(column) ?? -1;
      if (at < 0) continue;
      const byName = new Map<string, Node[]>();
      for (const node of this.#rows) {
        const name = this.refOf(node).table === table ? this.#cells[node]?.[at] : undefined;
        if (typeof name === 'string') pushTo(byName, name, node);
      }
      for (const { from, in: column, names, name } of this.#named)
        if (`${names.table} ${names.column}` === key)
          for (const to of byName.get(name) ?? []) this.#addEdge(from, to, column, 'by-name');
    }
    this.#named.length = 0;
  }

  #addEdge(from: Node, to: Node, column: string, strength: Strength): void {
    this.#references.push(from, to, this.#columnNumber(column), strengths.indexOf(strength));
  }

  isAlias(node: Node): boolean {
    return this.#alias.has(node);
  }

  #intern(table: string, id: string): Node {
    const key = table + separator + id;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = this.#keys.length;
    const kept = flat(key);
    this.#nodes.set(kept, node);
    this.#keys.push(kept);
    return node;
  }

  #columnNumber(column: string): number {
    const known = this.#columnAt.get(column);
    if (known !== undefined) return known;
    const number = this.#columns.length;
    this.#columns.push(column);
    this.#columnAt.set(column, number);
    return number;
  }
}

/** A copy that does not hold on to the longer text it was cut from. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}

function flatValue(value: Value): Value {
  if (typeof value === 'string') return flat(value);
  if (!isLookup(value)) return value;
  const { table, id, name } = value;
  const copy = { table, id: flat(id) };
  return name === undefined ? copy : { ...copy, name: flat(name) };
}

/** The tables of a source with what identifies their rows; tables in first-seen order. */
export function indexTables(
  sources: readonly SourceTable[],
  book: RuleBook,
): ReadonlyMap<string, IndexedTable> {
  const tables = new Map<string, IndexedTable>();
  const named = [...namesIn(sources, book), ...makerColumns(sources, book)];
  for (const source of sources) {
    const known = tables.get(source.name);
    const rules = known?.rules ?? book.of(source.name);
    const keyColumns = new Set([...(known?.keyColumns ?? []), ...source.compareBy]);
    if (rules.systemRows !== undefined) keyColumns.add(rules.systemRows.column);
    for (const identity of rules.identities) {
      if (identity.by === 'unique-name') keyColumns.add(identity.column);
      if (identity.by === 'key') for (const column of identity.columns) keyColumns.add(column);
    }
    for (const { table, column } of named) if (table === source.name) keyColumns.add(column);
    for (const column of rules.toldApartBy ?? []) keyColumns.add(column);
    keyColumns.delete(source.idColumn);
    tables.set(source.name, {
      name: source.name,
      sources: [...(known?.sources ?? []), source],
      rules,
      keyColumns: [...keyColumns],
    });
  }
  return tables;
}

/** The names that texts of these tables hold. */
export function namesIn(
  tables: readonly { readonly name: string }[],
  book: RuleBook,
): readonly TextNames[] {
  return tables.flatMap(({ name }) => [...(book.of(name).textNames?.values() ?? [])]);
}

/** Columns that tell which rows the server makes by itself. */
function* makerColumns(
  sources: readonly SourceTable[],
  book: RuleBook,
): Generator<{ readonly table: string; readonly column: string }> {
  const tables = new Map(sources.map((source) => [source.name, source]));
  for (const { name } of tables.values()) {
    const made = book.of(name).serverMade;
    const maker = made === undefined ? undefined : tables.get(made.by);
    if (made === undefined || maker === undefined) continue;
    yield { table: made.by, column: made.through };
    for (const column of made.key.keys()) yield { table: name, column };
    for (const target of maker.columns.get(made.through)?.targets ?? [])
      for (const column of made.key.values()) yield { table: target, column };
  }
}

export interface IndexPass {
  readonly source: RowSource;
  readonly book: RuleBook;
  readonly environment: ReadonlyMap<string, EnvironmentTable>;
  readonly progress: (label: string, done: number) => void;
}

/** Reads every row of the source once. */
export async function buildSourceIndex(pass: IndexPass, signal: AbortSignal): Promise<SourceIndex> {
  const index = new SourceIndex(indexTables(pass.source.tables, pass.book));
  for (const source of pass.source.tables) {
    const table = index.tables.get(source.name);
    if (table === undefined) continue;
    const described = pass.environment.get(source.name);
    let done = 0;
    for await (const row of pass.source.rows(source, signal)) {
      const node = index.addRow(row, source, table);
      for (const reference of referencesOf(row, table.rules, described))
        index.addReference(node, reference.to, reference.column, reference.strength);
      for (const [column, names] of table.rules.textNames ?? []) {
        const text = cell(row, column);
        if (typeof text === 'string')
          for (const name of new Set(names.find(text))) index.addName(node, column, names, name);
      }
      done += 1;
    }
    for await (const link of pass.source.links(source, signal)) {
      index.mention(link.from);
      index.mention(link.to);
    }
    pass.progress(`${source.step} ${source.name}`, done);
  }
  index.close();
  return index;
}

interface FoundReference {
  readonly to: { readonly tables: readonly string[]; readonly id: string };
  readonly column: string;
  readonly strength: 'hard' | 'soft';
}

function* referencesOf(
  row: Row,
  rules: TableRules,
  described: EnvironmentTable | undefined,
): Generator<FoundReference> {
  for (const [at, column] of row.shape.columns.entries()) {
    const value = row.cells[at];
    if (value === undefined || value === null || isIgnored(column, rules)) continue;
    if (isLookup(value)) {
      const required = described?.columns.get(column)?.required;
      const strength = required === 'system' || required === 'application' ? 'hard' : 'soft';
      yield { to: { tables: [value.table], id: value.id }, column, strength };
      continue;
    }
    if (isPartyList(value)) {
      for (const party of value) {
        const who = cell(party, 'partyid');
        if (isLookup(who))
          yield { to: { tables: [who.table], id: who.id }, column, strength: 'soft' };
      }
      continue;
    }
    const texts = rules.textReferences.get(column);
    if (texts === undefined || typeof value !== 'string') continue;
    const seen = new Set<string>();
    for (const reference of texts.find(value).references) {
      if (seen.has(reference.id)) continue;
      seen.add(reference.id);
      yield { to: reference, column, strength: 'soft' };
    }
  }
}

function isIgnored(column: string, rules: TableRules): boolean {
  return rules.withheld.has(column) || isNeverCompared(column);
}
