import type { DataverseReader, RowQuery } from '../../dataverse/client.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, isLookup, nameOf, type Row, type RowRef } from '../../model/row.ts';
import type { TextNames } from '../../model/rules.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import type { Belonging } from '../../routing/area.ts';
import {
  allOf,
  anyOf,
  fetchText,
  join,
  oneOf,
  where,
  type FetchNode,
} from '../../routing/fetch-filter.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import { isSimplified } from '../../routing/workstream-filter.ts';
import type { ChosenTable } from './choose-tables.ts';

/** A row of a limited scope, with the row that brought it along. */
export interface ScopeRow {
  readonly name: string;
  readonly why: string;
}

/** A table as all steps together move it. */
interface ScopeTable {
  readonly environment: EnvironmentTable;
  readonly columns: ReadonlySet<string>;
  readonly belongsTo: readonly Belonging[];
}

const defaultQueue = 'msdyn_isdefaultqueue';

/**
 * Follows named rows to every row they need, in lookups and in the texts of rules, and to every row
 * that belongs to them. Default queues are each environment's own and stay out unless named; workstreams
 * in legacy mode stay out as they do of every filter.
 */
export class ScopeClosure {
  readonly #reader: DataverseReader;
  readonly #signal: AbortSignal;
  #tables: ReadonlyMap<string, ScopeTable>;
  readonly #rows = new Map<string, Map<Guid, ScopeRow>>();
  #fresh: Row[] = [];
  /** Rows that were met and are still to be read, by table, with the reason. */
  #waiting = new Map<string, Map<Guid, string>>();

  /** Unique names that were met, by table and column, with the reason. */
  #named = new Map<string, Map<string, string>>();

  constructor(reader: DataverseReader, chosen: readonly ChosenTable[], signal: AbortSignal) {
    this.#reader = reader.gathered?.() ?? reader;
    this.#tables = scopeTables(chosen);
    this.#signal = signal;
  }

  /** Leaves other tables out of what follows. */
  limitTo(chosen: readonly ChosenTable[]): void {
    this.#tables = scopeTables(chosen);
  }

  rowsOf(table: string): ReadonlyMap<Guid, ScopeRow> {
    return this.#rows.get(table) ?? new Map<Guid, ScopeRow>();
  }

  /** Rows that a text names by their unique name. */
  #wantNamed({ table, column }: TextNames, name: string, why: string): void {
    if (!this.#tables.has(table)) return;
    const key = `${table} ${column}`;
    const names = this.#named.get(key) ?? new Map<string, string>();
    this.#named.set(key, names);
    if (!names.has(name)) names.set(name, why);
  }

  /** Names are few and asked for anew each time: rows that are known are not met twice. */
  async #readNamed(key: string, names: ReadonlyMap<string, string>): Promise<void> {
    const [name = '', column = ''] = key.split(' ');
    const condition = oneOf(column, [...names.keys()]);
    for (const row of await this.#read(name, fetchText(name, {}, allOf(condition)))) {
      const value = cell(row, column);
      this.#accept(
        row,
        (typeof value === 'string' ? names.get(value) : undefined) ?? 'named in a text',
      );
    }
  }

  /** Takes rows by name or id; gives what was found. */
  async addNamed(
    name: string,
    wanted: {
      readonly ids: readonly Guid[];
      readonly names: readonly string[];
      /** The column that holds the names. */
      readonly column: string;
    },
  ): Promise<readonly Row[]> {
    const table = this.#tables.get(name)?.environment;
    if (table === undefined) return [];
    const conditions: FetchNode[] = [];
    if (wanted.ids.length > 0) conditions.push(oneOf(table.idColumn, wanted.ids));
    if (wanted.names.length > 0) conditions.push(oneOf(wanted.column, wanted.names));
    const rows = await this.#read(name, fetchText(name, {}, anyOf(...conditions)));
    for (const row of rows) this.#accept(row, 'named');
    return rows;
  }

  async follow(): Promise<void> {
    while (this.#fresh.length > 0 || this.#waiting.size > 0 || this.#named.size > 0) {
      const met = this.#fresh;
      this.#fresh = [];
      for (const row of met) this.#noteNeeds(row);
      const waiting = this.#waiting;
      const named = this.#named;
      this.#waiting = new Map();
      this.#named = new Map();
      await Promise.all([
        ...[...waiting].map(([table, ids]) => this.#readWaiting(table, ids)),
        ...[...named].map(([key, names]) => this.#readNamed(key, names)),
        ...this.#belongings(met),
      ]);
    }
  }

  #accept(row: Row, why: string): void {
    const { name: table } = row.shape.table;
    const known = this.#rows.get(table) ?? new Map<Guid, ScopeRow>();
    this.#rows.set(table, known);
    if (known.has(row.id)) return;
    if (why !== 'named' && (cell(row, defaultQueue) === true || isLegacy(row))) return;
    known.set(row.id, { name: nameOf(row), why });
    this.#fresh.push(row);
  }

  #noteNeeds(row: Row): void {
    const { name: table } = row.shape.table;
    const what = `${table} ${nameOf(row)}`;
    const { textReferences, textNames, withheld } = ruleBook.of(table);
    for (const [at, column] of row.shape.columns.entries()) {
      const value = row.cells[at];
      if (withheld.has(column)) continue;
      if (isLookup(value)) this.#want(value, `${column} of ${what}`);
      const names = textNames?.get(column);
      if (names?.isUnique && typeof value === 'string')
        for (const name of names.find(value)) this.#wantNamed(names, name, `${column} of ${what}`);
      const texts = textReferences.get(column);
      if (texts === undefined || typeof value !== 'string') continue;
      for (const reference of texts.find(value).references)
        if (!reference.isOptional)
          for (const candidate of reference.tables)
            this.#want({ table: candidate, id: reference.id }, `${reference.at} in ${what}`);
    }
  }

  #want({ table, id }: RowRef, why: string): void {
    if (!this.#tables.has(table) || this.rowsOf(table).has(id)) return;
    const waiting = this.#waiting.get(table) ?? new Map<Guid, string>();
    this.#waiting.set(table, waiting);
    if (!waiting.has(id)) waiting.set(id, why);
  }

  async #readWaiting(name: string, ids: ReadonlyMap<Guid, string>): Promise<void> {
    const table = this.#tables.get(name)?.environment;
    if (table === undefined) return;
    const condition = oneOf(table.idColumn, [...ids.keys()]);
    for (const row of await this.#read(name, fetchText(name, {}, allOf(condition))))
      this.#accept(row, ids.get(row.id) ?? '');
  }

  /** Reads what belongs to rows that were just met. */
  #belongings(met: readonly Row[]): readonly Promise<void>[] {
    const byTable = new Map<string, Map<Guid, string>>();
    for (const row of met) {
      const { name } = row.shape.table;
      const owners = byTable.get(name) ?? new Map<Guid, string>();
      byTable.set(name, owners.set(row.id, nameOf(row)));
    }
    const readings: Promise<void>[] = [];
    for (const [name, { environment, belongsTo }] of this.#tables)
      for (const belonging of belongsTo)
        for (const [owner, ids] of byTable) {
          const query = queryFor(environment, belonging, owner, [...ids.keys()]);
          if (query !== undefined)
            readings.push(this.#readBelongings(name, query, belonging, { owner, ids }));
        }
    return readings;
  }

  async #readBelongings(
    name: string,
    query: string,
    belonging: Belonging,
    { owner, ids }: { readonly owner: string; readonly ids: ReadonlyMap<Guid, string> },
  ): Promise<void> {
    for (const row of await this.#read(name, query)) {
      const id = belonging.by === 'link' ? undefined : ownerIn(row, belonging.column, ids);
      const [only] = ids.values();
      const of = id === undefined ? (ids.size === 1 ? only : undefined) : ids.get(id);
      this.#accept(row, `belongs to ${owner}${of === undefined ? '' : ` ${of}`}`);
    }
  }

  async #read(name: string, fetchXml: string): Promise<readonly Row[]> {
    const table = this.#tables.get(name);
    if (table === undefined) return [];
    const query: RowQuery = {
      table: table.environment,
      columns: [...table.columns],
      where: { by: 'fetch', fetchXml },
    };
    const rows: Row[] = [];
    for await (const row of this.#reader.rows(query, this.#signal)) rows.push(row);
    return rows;
  }
}

function isLegacy(row: Row): boolean {
  return (
    row.shape.table.name === 'msdyn_liveworkstream' &&
    row.shape.columns.includes('msdyn_mode') &&
    !isSimplified(cell(row, 'msdyn_mode'))
  );
}

/** The lookups, names and texts of each table; other columns say nothing of the scope. */
function scopeTables(chosen: readonly ChosenTable[]): ReadonlyMap<string, ScopeTable> {
  const tables = new Map<string, ScopeTable>();
  for (const { name, entry, environment, columns } of chosen) {
    const known = tables.get(name);
    const { textReferences, textNames } = ruleBook.of(name);
    const telling = columns
      .filter(
        (column) =>
          column.type === 'lookup' ||
          textReferences.has(column.name) ||
          textNames?.get(column.name)?.isUnique,
      )
      .map((column) => column.name);
    const extra = [
      environment.nameColumn,
      'msdyn_entitylogicalname',
      'msdyn_mode',
      'msdyn_streamsource',
      'msdyn_uniquename',
      defaultQueue,
    ]
      .filter((column) => column !== undefined)
      .filter((column) => environment.columns.has(column));
    tables.set(name, {
      environment,
      columns: new Set([...(known?.columns ?? []), ...telling, ...extra]),
      belongsTo: [...new Set([...(known?.belongsTo ?? []), ...(entry.belongsTo ?? [])])],
    });
  }
  return tables;
}

/** Rows of a table that belong to some rows of another; `undefined` where none can. */
function queryFor(
  table: EnvironmentTable,
  belonging: Belonging,
  owner: string,
  ids: readonly Guid[],
): string | undefined {
  switch (belonging.by) {
    case 'lookup': {
      const isOwner = table.columns.get(belonging.column)?.targets.includes(owner) === true;
      return isOwner ? fetchText(table.name, {}, allOf(oneOf(belonging.column, ids))) : undefined;
    }
    case 'text': {
      if (!belonging.tables.includes(owner) || !table.columns.has(belonging.column))
        return undefined;
      const like = ids.map((id) =>
        where({ column: belonging.column, operator: 'like', values: [`%${id}%`] }),
      );
      return fetchText(table.name, {}, anyOf(...like));
    }
    case 'link': {
      const relationship = table.manyToMany.find(
        ({ name, target }) => name === belonging.relationship && target === owner,
      );
      if (relationship === undefined) return undefined;
      const { name, sourceColumn, targetColumn } = relationship;
      return fetchText(
        table.name,
        { distinct: true },
        join(
          name,
          { from: sourceColumn, to: table.idColumn, type: 'inner', alias: 'owned' },
          allOf(oneOf(targetColumn, ids)),
        ),
      );
    }
  }
}

function ownerIn(row: Row, column: string, ids: ReadonlyMap<Guid, string>): Guid | undefined {
  const value = cell(row, column);
  if (isLookup(value)) return value.id;
  if (typeof value !== 'string') return undefined;
  return [...ids.keys()].find((id) => value.toLowerCase().includes(id));
}
