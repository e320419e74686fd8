import { openReader } from '#shared/dataverse/connect.ts';
import type { DataverseReader } from '#shared/dataverse/client.ts';
import { composeSchema } from '#shared/cmt/schema.ts';
import type { Scope } from '#shared/routing/area.ts';
import { readCatalogueSchema } from '#shared/stages/generate-schema/catalogue-schema.ts';
import type { TestEmulator } from '../emulator.ts';
import { rowsIn } from '../routing-rows.ts';
import { createTestHost, testPorts } from '../test-host.ts';
import { factsOf, type DocumentedQuery, type PublishedSchema, type TableFacts } from './facts.ts';
import { queryMatch, repaired, schemaMatches, type Match } from './scopes.ts';

/** One way in which what the product makes is not what was published. */
export interface Difference {
  readonly table: string;
  readonly what: string;
  /** Names of rows, where rows differ. */
  readonly rows?: readonly string[];
}

/** A published schema or query beside what the product makes for the scope. */
export interface Compared {
  readonly name: string;
  readonly is: 'schema' | 'query';
  readonly scope: Scope;
  readonly steps: readonly string[];
  readonly tables: readonly string[];
  /** What was put right in the query before it could be asked. */
  readonly repairs: readonly string[];
  /** Rows that both select. */
  readonly rows: number;
  readonly differences: readonly Difference[];
}

type Generated = ReadonlyMap<string, readonly TableFacts[]>;

/** Compares on an environment: schemas by what they say and select, queries by what they select. */
export class PublishedComparison {
  readonly #emulator: TestEmulator;
  readonly #reader: DataverseReader;
  readonly #generated = new Map<string, Promise<Generated>>();
  readonly #signal = new AbortController().signal;

  constructor(emulator: TestEmulator) {
    this.#emulator = emulator;
    const ports = testPorts(createTestHost({}));
    this.#reader = openReader(
      { url: emulator.url, credential: { kind: 'token', token: 'test' } },
      ports,
    );
  }

  async schema({ schema, tables: published }: PublishedSchema): Promise<Compared> {
    const match = schemaMatches[schema];
    if (match === undefined) throw new Error(`No scope is known for ${schema}.`);
    const own = await this.#tables(match);
    const differences: Difference[] = tablesApart(published, own);
    let rows = 0;
    for (const table of published) {
      const mine = own.find((each) => each.table === table.table);
      if (mine === undefined) continue;
      differences.push(...tableApart(table, mine));
      const both = await this.#rowsApart(table.table, table.filter, [mine]);
      rows += both.rows;
      differences.push(...both.differences);
    }
    return {
      name: schema,
      is: 'schema',
      ...match,
      tables: published.map(({ table }) => table),
      repairs: [],
      rows,
      differences,
    };
  }

  async query(printed: DocumentedQuery): Promise<Compared> {
    const table = /<entity name="\s*([^"]+)"/.exec(printed.fetch)?.[1]?.trim() ?? '';
    const asked = queryMatch(printed.query, table);
    const { fetch, repairs } = repaired(
      printed,
      asked.ids.map((line) => this.#idOf(line)),
    );
    const own = (await this.#tables(asked)).filter((each) => each.table === table);
    const common = {
      name: printed.query,
      is: 'query',
      scope: asked.scope,
      steps: asked.steps,
      tables: [table],
      repairs,
    } as const;
    if (own.length === 0) return { ...common, rows: 0, differences: [{ table, what: 'left out' }] };
    return { ...common, ...(await this.#rowsApart(table, fetch, own)) };
  }

  #idOf(line: string): string {
    if (/^[0-9a-f-]{36}$/.test(line)) return line;
    const { store } = this.#emulator.environment;
    const [row] = [...store.find('msdyn_liveworkstream', 'msdyn_name', line)];
    if (row === undefined) throw new Error(`There is no workstream ${line}.`);
    return row.id;
  }

  async #tables({ scope, steps }: Match): Promise<readonly TableFacts[]> {
    const key = JSON.stringify(scope);
    const known = this.#generated.get(key) ?? this.#generate(scope);
    this.#generated.set(key, known);
    const generated = await known;
    return steps.flatMap((step) => generated.get(step) ?? []);
  }

  async #generate(scope: Scope): Promise<Generated> {
    const { steps } = await readCatalogueSchema(this.#reader, scope, this.#signal);
    return new Map(
      steps.map(({ step, tables }) => [step, factsOf({ ...composeSchema(tables), tables })]),
    );
  }

  async #rowsApart(
    table: string,
    published: string | undefined,
    own: readonly TableFacts[],
  ): Promise<Pick<Compared, 'rows' | 'differences'>> {
    const theirs = await this.#select(table, published);
    const ours = new Map<string, string>();
    for (const { filter } of own)
      for (const [id, name] of await this.#select(table, filter)) ours.set(id, name);
    const more = [...ours].filter(([id]) => !theirs.has(id)).map(([, name]) => name);
    const less = [...theirs].filter(([id]) => !ours.has(id)).map(([, name]) => name);
    return {
      rows: [...theirs.keys()].filter((id) => ours.has(id)).length,
      differences: [
        ...(more.length === 0 ? [] : [{ table, what: 'selects more', rows: more.sort() }]),
        ...(less.length === 0 ? [] : [{ table, what: 'selects less', rows: less.sort() }]),
      ],
    };
  }

  /** Names of the rows by id. */
  async #select(table: string, fetch: string | undefined): Promise<ReadonlyMap<string, string>> {
    const entity = this.#emulator.environment.metadata.entity(table);
    if (entity === undefined) throw new Error(`The environment has no table ${table}.`);
    const query = fetch === undefined ? '' : `?fetchXml=${encodeURIComponent(fetch)}`;
    const rows = await rowsIn(this.#emulator, entity.entitySetName, query);
    const nameColumn = entity.primaryName ?? entity.primaryId;
    return new Map(
      rows.map((row) => [
        String(row[entity.primaryId]),
        typeof row[nameColumn] === 'string' ? row[nameColumn] : 'without a name',
      ]),
    );
  }
}

function tablesApart(published: readonly TableFacts[], own: readonly TableFacts[]): Difference[] {
  const [before, after] = [published, own].map((tables) => tables.map(({ table }) => table));
  if (before === undefined || after === undefined) return [];
  const order = after.filter((name) => before.includes(name));
  const isSameOrder = before.filter((name) => after.includes(name)).join() === order.join();
  return [
    ...before.filter((name) => !after.includes(name)).map((table) => ({ table, what: 'left out' })),
    ...after.filter((name) => !before.includes(name)).map((table) => ({ table, what: 'added' })),
    ...(isSameOrder ? [] : [{ table: '*', what: 'another order' }]),
  ];
}

function tableApart(published: TableFacts, own: TableFacts): readonly Difference[] {
  const { table } = published;
  const differences: string[] = [];
  for (const [name, type] of Object.entries(published.columns)) {
    const mine = own.columns[name];
    if (mine === undefined) differences.push(`column ${name} left out`);
    else if (kindOf(mine) !== kindOf(type)) differences.push(`column ${name}: ${type} is ${mine}`);
  }
  for (const name of Object.keys(own.columns))
    if (published.columns[name] === undefined) differences.push(`column ${name} added`);
  if (published.flags !== own.flags) differences.push(`flags: ${own.flags}`);
  if (published.links.join() !== own.links.join())
    differences.push(`relationships: ${own.links.join(', ')}`);
  if (published.compareBy.join() !== own.compareBy.join())
    differences.push(
      own.compareBy.join() === own.idColumn ? 'compared by id' : 'compared otherwise',
    );
  return differences.map((what) => ({ table, what }));
}

/** Text columns of any length are one type in a schema. */
function kindOf(type: string): string {
  return type === 'memo' ? 'text' : type;
}
