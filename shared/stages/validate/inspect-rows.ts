import type { Guid } from '../../model/guid.ts';
import type { Identity } from '../../model/identity.ts';
import { cell, isLookup, nameOf, type Row } from '../../model/row.ts';
import type { RuleBook } from '../../model/rules.ts';
import {
  boundLookups,
  installedRows,
  relationshipNameColumns,
  tableNameColumns,
  type BoundLookup,
  type InstalledRows,
} from '../../routing/environment-bound.ts';
import type { NeededTable } from './needed-tables.ts';

/** A text whose references and names are to be checked. */
export interface RuleText {
  readonly table: string;
  readonly column: string;
  /** For people: `msdyn_decisionruleset Gold to Billing`. */
  readonly row: string;
  readonly text: string;
}

/** What the rows of a table use. */
export interface TableUse {
  rows: number;
  /** Rows that the solutions bring along in every environment. */
  systemRows: Set<string>;
  readonly choices: Map<string, Set<number>>;
  readonly lookups: Map<string, Set<string>>;
  /** System rows that only some versions have, by id. */
  readonly optionalRows: Map<Guid, string>;
  /** Rows of this table that lookups of any table lead to; kept where some of them are optional. */
  readonly lookedUp: Set<Guid>;
}

/** A row that a text names by a unique value of it. */
export interface UniqueName {
  readonly table: string;
  readonly column: string;
  readonly name: string;
  /** The row that names it. */
  readonly where: string;
}

/** A row of the source that a withheld lookup leads to. */
export interface BoundRow {
  readonly lookup: BoundLookup;
  /** Not known of packages: they tell only that there are some. */
  readonly id?: Guid;
  readonly where: string;
}

/** What all rows together use, gathered while they stream by; bodies are not kept, but rule texts. */
export class RowInspection {
  readonly tables = new Map<string, TableUse>();
  readonly texts: RuleText[] = [];
  /** Templates and the like, by table and name. */
  readonly uniqueNames = new Map<string, UniqueName>();
  /** Tables that rows are about, with the first row that says so. */
  readonly tableNames = new Map<string, string>();
  /** Relationships that rows name, with the first row that says so. */
  readonly relationshipNames = new Map<string, string>();
  /** Rows that setup brings, by the values they are known by, with what people call them. */
  readonly installed = new Map<InstalledRows, Map<string, string>>();
  readonly bound = new Map<string, BoundRow>();
  readonly #known = new Set<string>();
  readonly #ids = new Set<string>();
  readonly #optional = new Map<string, boolean>();
  readonly #ruleBook: RuleBook;

  constructor(ruleBook: RuleBook) {
    this.#ruleBook = ruleBook;
  }

  get rows(): number {
    return [...this.tables.values()].reduce((sum, { rows }) => sum + rows, 0);
  }

  has(table: string, id: string): boolean {
    return this.#ids.has(`${table} ${id}`);
  }

  /** Whether a row with this unique name comes along. */
  hasNamed({ table, column, name }: UniqueName): boolean {
    return this.#known.has(`${table} ${column} ${name.toLowerCase()}`);
  }

  see(table: NeededTable, row: Row): void {
    const key = `${table.name} ${row.id}`;
    // A row that stands in several steps counts once.
    const isNew = !this.#ids.has(key);
    this.#ids.add(key);
    const rules = this.#ruleBook.of(table.name);
    const use = this.#useOf(table.name);
    if (isNew) use.rows += 1;
    for (const [at, name] of row.shape.columns.entries()) {
      const value = row.cells[at];
      const type = table.columns.get(name)?.type;
      // A lookup that is withheld is looked at and never written.
      if (isLookup(value) && type !== undefined) {
        add(use.lookups, name, value.table);
        if (this.#hasOptionalRows(value.table)) this.#useOf(value.table).lookedUp.add(value.id);
      } else if (type === 'choice' || type === 'state' || type === 'status' || type === 'choices')
        for (const number of numbersIn(value)) add(use.choices, name, number);
    }
    const unique = rules.systemRows && cell(row, rules.systemRows.column);
    if (typeof unique === 'string' && rules.systemRows?.values.has(unique) === true)
      use.systemRows.add(unique);
    if (typeof unique === 'string' && rules.systemRows?.optional?.has(unique) === true)
      use.optionalRows.set(row.id, unique);
    for (const column of rules.textReferences.keys()) {
      const text = cell(row, column);
      if (typeof text === 'string' && isNew)
        this.texts.push({ table: table.name, column, row: `${table.name} ${nameOf(row)}`, text });
    }
    if (isNew) this.#seeNames(table.name, row);
  }

  #seeNames(table: string, row: Row): void {
    const where = `${table} ${nameOf(row)}`;
    const rules = this.#ruleBook.of(table);
    for (const column of rules.identities.flatMap(keyColumns)) {
      const value = cell(row, column);
      if (typeof value === 'string') this.#known.add(`${table} ${column} ${value.toLowerCase()}`);
    }
    for (const [column, names] of rules.textNames ?? []) {
      const text = names.isUnique === true ? cell(row, column) : undefined;
      for (const name of typeof text === 'string' ? names.find(text) : []) {
        const key = `${names.table} ${name.toLowerCase()}`;
        if (!this.uniqueNames.has(key))
          this.uniqueNames.set(key, {
            table: names.table,
            column: names.column,
            name,
            where: `${where} ${column}`,
          });
      }
    }
    for (const column of tableNameColumns[table] ?? []) {
      const name = cell(row, column);
      if (typeof name === 'string' && name !== '' && !this.tableNames.has(name))
        this.tableNames.set(name, `${where} ${column}`);
    }
    for (const column of relationshipNameColumns[table] ?? []) {
      const name = cell(row, column);
      if (typeof name === 'string' && name !== '' && !this.relationshipNames.has(name))
        this.relationshipNames.set(name, `${where} ${column}`);
    }
    for (const rows of installedRows.filter((each) => each.table === table)) {
      const key = cell(row, rows.key);
      if (typeof key !== 'string' && typeof key !== 'number') continue;
      const named = this.installed.get(rows) ?? new Map<string, string>();
      this.installed.set(rows, named.set(String(key), nameOf(row)));
    }
    for (const lookup of boundLookups.filter((each) => each.table === table)) {
      const to = cell(row, lookup.column);
      const key = isLookup(to) ? `${lookup.table}.${lookup.column} ${to.id}` : '';
      if (isLookup(to) && !this.bound.has(key))
        this.bound.set(key, { lookup, id: to.id, where: `${where} ${lookup.column}` });
    }
  }

  #hasOptionalRows(table: string): boolean {
    const known = this.#optional.get(table);
    if (known !== undefined) return known;
    const has = this.#ruleBook.of(table).systemRows?.optional !== undefined;
    this.#optional.set(table, has);
    return has;
  }

  #useOf(table: string): TableUse {
    const known = this.tables.get(table);
    if (known !== undefined) return known;
    const use: TableUse = {
      rows: 0,
      systemRows: new Set(),
      choices: new Map(),
      lookups: new Map(),
      optionalRows: new Map(),
      lookedUp: new Set(),
    };
    this.tables.set(table, use);
    return use;
  }
}

/** Columns that rows are recognized by beside their ids. */
export function keyColumns(identity: Identity): readonly string[] {
  if (identity.by === 'unique-name') return [identity.column];
  return identity.by === 'key' ? identity.columns : [];
}

function numbersIn(value: Row['cells'][number]): readonly number[] {
  if (typeof value === 'number') return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
}

function add<Item>(sets: Map<string, Set<Item>>, key: string, item: Item): void {
  const set = sets.get(key) ?? new Set<Item>();
  set.add(item);
  sets.set(key, set);
}
