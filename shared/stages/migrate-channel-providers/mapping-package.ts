import type { MigrationPackage } from '../../cmt/package.ts';
import { relationships, tables as names } from '../../channel-providers/framework.ts';
import type { Mapping, WantedRow } from '../../channel-providers/mapping.ts';
import type { Link, Row } from '../../model/row.ts';
import type { RuleBook } from '../../model/rules.ts';
import type { EnvironmentTable, SourceColumn, SourceTable } from '../../model/table.ts';

/** The one step that a migration has. */
export const migrationStep = 'channel-providers';

/** In the order in which rows must arrive. */
const order = [names.provider, names.profile, names.roleMapping, names.oldProvider];

/**
 * A mapping in the clothes of a package, so that everything that plans, applies and keeps packages
 * works on it. Its rows carry the ids they have or will have.
 */
export function mappingPackage(
  mapping: Mapping,
  environment: ReadonlyMap<string, EnvironmentTable>,
): MigrationPackage {
  const tables = order.flatMap((name) => {
    const described = environment.get(name);
    return described === undefined ? [] : [sourceTable(described, rowsOf(mapping, name))];
  });
  return {
    hash: mapping.hash,
    steps: [migrationStep],
    findings: mapping.findings,
    tables,
    counts: (table) => ({
      rows: rowsOf(mapping, table.name).length,
      links: linksOf(mapping, table).length,
    }),
    timestamp: () => undefined,
    payload: () => nothing<Uint8Array>(),
    rows: (table, signal) => each(rowsOf(mapping, table.name), (row) => rowIn(table, row), signal),
    links: (table, signal) => each(linksOf(mapping, table), (link) => link, signal),
  };
}

/** Rows are recognized by id: the mapping has looked for them already. A unique name is written once. */
export const mappingRules: RuleBook = {
  of: (table) => ({
    identities: [{ by: 'id' }],
    createOnly: new Set(
      table === names.provider || table === names.profile ? ['msdyn_uniquename'] : [],
    ),
    withheld: new Map(),
    textReferences: new Map(),
  }),
};

function rowsOf(mapping: Mapping, table: string): readonly WantedRow[] {
  return mapping.rows.filter((row) => row.table === table);
}

function linksOf(mapping: Mapping, table: SourceTable): readonly Link[] {
  return table.name === names.profile ? mapping.links : [];
}

function sourceTable(described: EnvironmentTable, rows: readonly WantedRow[]): SourceTable {
  const said = new Set(rows.flatMap((row) => [...row.cells.keys()]));
  const columns = new Map<string, SourceColumn>();
  for (const name of [described.idColumn, ...[...said].sort()]) {
    const column = described.columns.get(name);
    // A column that the environment lacks is said all the same: the plan blocks the row.
    columns.set(
      name,
      column === undefined
        ? { name, displayName: name, type: 'text', targets: [] }
        : {
            name,
            displayName: column.displayName,
            type: column.type,
            targets: column.targets,
          },
    );
  }
  const manyToMany =
    described.name === names.profile
      ? described.manyToMany.filter(({ name }) =>
          Object.values<string>(relationships).includes(name),
        )
      : [];
  return {
    name: described.name,
    displayName: described.displayName,
    idColumn: described.idColumn,
    ...(described.nameColumn === undefined ? {} : { nameColumn: described.nameColumn }),
    columns,
    manyToMany: manyToMany.map(({ name, target, targetIdColumn, reflexive }) => ({
      name,
      target,
      targetIdColumn,
      reflexive,
    })),
    step: migrationStep,
    compareBy: [],
    skipUpdate: false,
    forceCreate: false,
    disablePlugins: false,
  };
}

function rowIn(table: SourceTable, row: WantedRow): Row {
  const columns = [...table.columns.keys()];
  return {
    shape: { table, columns },
    id: row.id,
    cells: columns.map((column) => row.cells.get(column)),
  };
}

async function* each<Item, Result>(
  items: readonly Item[],
  resultOf: (item: Item) => Result,
  signal: AbortSignal,
): AsyncGenerator<Result> {
  for (const item of items) {
    signal.throwIfAborted();
    yield await Promise.resolve(resultOf(item));
  }
}

async function* nothing<Item>(): AsyncGenerator<Item> {
  // A mapping has no files.
}
