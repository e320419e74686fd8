import type { Finding } from '../../errors/finding.ts';
import { cell, isLookup, nameOf, type Row, type RowRef } from '../../model/row.ts';
import type { RuleBook } from '../../model/rules.ts';

interface Open {
  readonly tables: readonly string[];
  readonly id: string;
  readonly where: string;
}

/**
 * Watches exported rows and remembers which rows they point to, in lookups and in texts, to tell at
 * the end what the package leaves behind. Lookups count when their table is part of the package.
 */
export class ReferenceCheck {
  readonly #ruleBook: RuleBook;
  readonly #tables: ReadonlySet<string>;
  readonly #exported = new Set<string>();
  readonly #open = new Map<string, Open>();
  readonly #unreadable: Finding[] = [];

  constructor(tables: Iterable<string>, ruleBook: RuleBook) {
    this.#tables = new Set(tables);
    this.#ruleBook = ruleBook;
  }

  see(row: Row): void {
    const { name } = row.shape.table;
    this.#exported.add(`${name} ${row.id}`);
    for (const [at, column] of row.shape.columns.entries()) {
      const value = row.cells[at];
      if (isLookup(value) && this.#tables.has(value.table))
        this.#remember([value.table], value.id, `${name} ${nameOf(row)} ${column}`);
    }
    for (const [column, texts] of this.#ruleBook.of(name).textReferences) {
      const text = cell(row, column);
      if (typeof text !== 'string') continue;
      const { references, problem } = texts.find(text);
      for (const { tables, id, at, isOptional } of references)
        if (!isOptional) this.#remember(tables, id, `${name} ${nameOf(row)} ${at}`);
      if (problem !== undefined) this.#unreadable.push(unreadable(row, column, problem));
    }
  }

  /** Rows seen, each once however many steps hold it. */
  get rows(): number {
    return this.#exported.size;
  }

  /** Whether the row was exported. */
  has({ table, id }: RowRef): boolean {
    return this.#exported.has(`${table} ${id}`);
  }

  findings(): readonly Finding[] {
    const dangling = [...this.#open.values()].filter(
      ({ tables, id }) => !tables.some((table) => this.#exported.has(`${table} ${id}`)),
    );
    return [...this.#unreadable, ...dangling.map(leftBehind)];
  }

  #remember(tables: readonly string[], id: string, where: string): void {
    const key = `${tables.join('|')} ${id}`;
    if (!this.#open.has(key)) this.#open.set(key, { tables, id, where });
  }
}

function leftBehind({ tables, id, where }: Open): Finding {
  return {
    severity: 'info',
    code: 'URM1226',
    where,
    summary: `The ${tables[0] ?? 'row'} ${id} is referred to and not in the package`,
    detail: '',
    remedy: 'The target must have it under the same id; otherwise widen the scope.',
  };
}

function unreadable(row: Row, column: string, problem: string): Finding {
  return {
    severity: 'info',
    code: 'URM1212',
    where: `${row.shape.table.name} ${nameOf(row)} ${column}`,
    summary: `The references inside this text are not known, because ${problem}`,
    detail: `${row.shape.table.name} ${row.id}`,
    remedy: 'Check after the import whether ids inside the text fit the target.',
  };
}
