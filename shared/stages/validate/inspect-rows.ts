import { cell, isLookup, nameOf, type Row } from '../../model/row.ts';
import type { RuleBook } from '../../model/rules.ts';
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
}

/** What all rows together use, gathered while they stream by; bodies are not kept, but rule texts. */
export class RowInspection {
  readonly tables = new Map<string, TableUse>();
  readonly texts: RuleText[] = [];
  readonly #ids = new Set<string>();
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
      if (isLookup(value)) add(use.lookups, name, value.table);
      else if (type === 'choice' || type === 'state' || type === 'status' || type === 'choices')
        for (const number of numbersIn(value)) add(use.choices, name, number);
    }
    const unique = rules.systemRows && cell(row, rules.systemRows.column);
    if (typeof unique === 'string' && rules.systemRows?.values.has(unique) === true)
      use.systemRows.add(unique);
    for (const column of rules.textReferences.keys()) {
      const text = cell(row, column);
      if (typeof text === 'string' && isNew)
        this.texts.push({ table: table.name, column, row: `${table.name} ${nameOf(row)}`, text });
    }
  }

  #useOf(table: string): TableUse {
    const known = this.tables.get(table);
    if (known !== undefined) return known;
    const use: TableUse = {
      rows: 0,
      systemRows: new Set(),
      choices: new Map(),
      lookups: new Map(),
    };
    this.tables.set(table, use);
    return use;
  }
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
