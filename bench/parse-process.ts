import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Guid } from '#shared/model/guid.ts';
import type { Row } from '#shared/model/row.ts';
import type {
  EnvironmentColumn,
  EnvironmentTable,
  SourceColumn,
  SourceTable,
} from '#shared/model/table.ts';
import { DraftBook } from '#shared/plan/draft-book.ts';
import { resolveIdentities } from '#shared/plan/identity.ts';
import { orderRows } from '#shared/plan/order.ts';
import { RowPlanner } from '#shared/plan/plan-rows.ts';
import type { Spool, TargetLookup } from '#shared/plan/ports.ts';
import { buildSourceIndex } from '#shared/plan/source-index.ts';
import { ruleBook } from '#shared/routing/rule-book.ts';

/** Reads a data.xml once, as the first parameter says, and tells the processor time of it. */
const [reading = '', folder = ''] = process.argv.slice(2);
const { signal } = new AbortController();

async function readBare(): Promise<number> {
  const begun = process.cpuUsage();
  const parser = new SaxesParser();
  const text = createReadStream(join(folder, 'data.xml'), 'utf8');
  for await (const chunk of text as AsyncIterable<string>) parser.write(chunk);
  parser.close();
  return processorSeconds(begun);
}

/** What other work on the machine does not lengthen; the collector's threads count too. */
function processorSeconds(begun: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
}

/** What a plan does with each row, when the package is indexed and the target's rows are there. */
async function readAndCompare(): Promise<number> {
  const source = await openPackage(folder, nodeFiles, signal);
  const environment = new Map(source.tables.map((table) => [table.name, describedAs(table)]));
  const people = peopleOf(source.tables);
  environment.set(people.name, people);
  const personOf = (id: Guid): Row => ({ shape: { table: people, columns: [] }, id, cells: [] });
  const held = new Map<Guid, Row>();
  for (const table of source.tables)
    for await (const row of source.rows(table, signal)) held.set(row.id, row);
  const target: TargetLookup = {
    tables: () => Promise.resolve(environment),
    rows: async function* (table, _columns, where) {
      const ids = where.by === 'ids' ? where.ids : [];
      for (const id of ids) {
        const row = table.name === people.name ? personOf(id) : held.get(id);
        if (row !== undefined) yield row;
      }
      await Promise.resolve();
    },
    links: async function* () {
      // The documents hold none.
    },
  };
  const input = { source, target, spool: noSpool, now: 0, progress: () => {} };
  const index = await buildSourceIndex({ ...input, book: ruleBook, environment }, signal);
  const identities = await resolveIdentities(
    { index, environment, target, map: new Map() },
    signal,
  );
  const order = orderRows(index.references(), identities.isCreated);
  const drafts = new DraftBook(noSpool, order.levels);
  const planner = new RowPlanner({
    input: { ...input, lookupsToNowhere: 'leave' },
    environment,
    index,
    identities,
    order,
    drafts,
  });
  globalThis.gc?.();
  const begun = process.cpuUsage();
  for (const table of source.tables) await planner.planTable(table, signal);
  const seconds = processorSeconds(begun);
  const unchanged = index.rows.filter((node) => drafts.fateOf(node) === 'unchanged').length;
  if (unchanged === 0 || unchanged < index.rows.length)
    throw new Error(`Only ${unchanged} of ${index.rows.length} rows were found unchanged.`);
  return seconds;
}

const noSpool: Spool = {
  append: () => Promise.reject(new Error('Nothing differs, and something is written.')),
  lines: async function* () {
    // Nothing is kept.
  },
  keepText: () => Promise.resolve(),
};

/** The owners of the rows: whoever is asked for is there. */
function peopleOf([table]: readonly SourceTable[]): EnvironmentTable {
  if (table === undefined) throw new Error('There is no table.');
  return describedAs({
    ...table,
    name: 'systemuser',
    idColumn: 'systemuserid',
    columns: new Map<string, SourceColumn>(),
  });
}

function describedAs(table: SourceTable): EnvironmentTable {
  const columns = [...table.columns.values()].map((column): [string, EnvironmentColumn] => [
    column.name,
    {
      ...column,
      schemaName: column.name,
      required: 'none',
      creatable: true,
      updatable: column.name !== table.idColumn,
      readable: true,
      secured: false,
      custom: true,
      navigation: new Map(),
    },
  ]);
  return {
    name: table.name,
    displayName: table.displayName,
    idColumn: table.idColumn,
    ...(table.nameColumn === undefined ? {} : { nameColumn: table.nameColumn }),
    columns: new Map(columns),
    manyToMany: [],
    typeCode: 10_000,
    entitySet: `${table.name}s`,
    schemaName: table.name,
    ownership: 'user',
    privileges: new Map(),
    alternateKeys: [],
    optimisticConcurrency: true,
  };
}

const seconds = reading === 'bare' ? await readBare() : await readAndCompare();
process.send?.({ seconds });
