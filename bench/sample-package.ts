import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createPlainPackage } from '#shared/cmt/create-package.ts';
import { composeSchema } from '#shared/cmt/schema.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Guid } from '#shared/model/guid.ts';
import type { Link, Row, Value } from '#shared/model/row.ts';
import type { SourceColumn, SourceTable } from '#shared/model/table.ts';

/** How much a package holds. */
export interface PackageSize {
  readonly tables: number;
  readonly rowsPerTable: number;
  /** Rows refer to rows of their own group only, but for one row that all groups share; absent: to any. */
  readonly groups?: number;
}

const { signal } = new AbortController();

/** The same id for the same place, so that every run measures the same package. */
export function idOf(table: number, row: number): Guid {
  const hex = createHash('sha256').update(`${table}/${row}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function tableName(table: number): string {
  return `new_bench${String(table).padStart(2, '0')}`;
}

// Every row refers to two rows of the tables before its own: the one just before, and one further back.
function parentsOf(table: number): readonly number[] {
  if (table === 0) return [];
  return table === 1 ? [0] : [table - 1, Math.floor((table - 1) / 2)];
}

function tableOf(table: number): SourceTable {
  const name = tableName(table);
  const columns: readonly SourceColumn[] = [
    { name: `${name}id`, displayName: 'Id', type: 'guid', targets: [] },
    { name: 'new_name', displayName: 'Name', type: 'text', targets: [] },
    { name: 'new_text', displayName: 'Text', type: 'memo', targets: [] },
    { name: 'new_number', displayName: 'Number', type: 'integer', targets: [] },
    { name: 'new_flag', displayName: 'Flag', type: 'boolean', targets: [] },
    ...parentsOf(table).map((parent, at): SourceColumn => ({
      name: `new_parent${at + 1}id`,
      displayName: `Parent ${at + 1}`,
      type: 'lookup',
      targets: [tableName(parent)],
    })),
  ];
  return {
    step: '',
    name,
    displayName: name,
    idColumn: `${name}id`,
    nameColumn: 'new_name',
    columns: new Map(columns.map((column) => [column.name, column])),
    manyToMany: [],
    compareBy: [],
    skipUpdate: false,
    forceCreate: false,
    disablePlugins: false,
  };
}

/** The cells of a row by column; the emulator's seed files and packages are made of them. */
export function cellsOf(
  table: number,
  row: number,
  size: PackageSize,
): Readonly<Record<string, Value>> {
  const name = tableName(table);
  const cells: Record<string, Value> = {
    [`${name}id`]: idOf(table, row),
    new_name: `Row ${row} of ${name}`,
    new_text: `A text of some length, as configuration has them, for row ${row}. `.repeat(4),
    new_number: row,
    new_flag: row % 2 === 0,
  };
  for (const [at, parent] of parentsOf(table).entries())
    cells[`new_parent${at + 1}id`] = {
      table: tableName(parent),
      id: idOf(parent, parentRow({ table, row, at }, size)),
    };
  return cells;
}

/** Which row of the parent's table a row refers to. */
function parentRow(
  { table, row, at }: { readonly table: number; readonly row: number; readonly at: number },
  { rowsPerTable, groups }: PackageSize,
): number {
  if (groups === undefined) return (row * 7 + at) % rowsPerTable;
  if (table === 1) return 0;
  const perGroup = Math.floor(rowsPerTable / groups);
  return ((Math.floor(row / groups) * 7 + at) % perGroup) * groups + (row % groups);
}

export function sampleTables(size: PackageSize): readonly SourceTable[] {
  return Array.from({ length: size.tables }, (_, table) => tableOf(table));
}

/** Writes the schema of a package: what the emulator needs to have its tables. */
export async function writeSampleSchema(path: string, size: PackageSize): Promise<void> {
  await writeFile(path, composeSchema(sampleTables(size)).text);
}

/** Writes a package as one zip. */
export async function writeSamplePackage(path: string, size: PackageSize): Promise<void> {
  const tables = sampleTables(size);
  const writer = await createPlainPackage(path, 'zip', nodeFiles);
  const step = await writer.step('', composeSchema(tables));
  for (const [at, table] of tables.entries())
    await step.table(table, rowsOf(at, table, size), noLinks(), signal);
  await step.close();
  await writer.finish(() => {
    throw new Error('A plain package has no manifest.');
  });
}

async function* rowsOf(at: number, table: SourceTable, size: PackageSize): AsyncGenerator<Row> {
  const columns = [...table.columns.keys()];
  for (let row = 0; row < size.rowsPerTable; row += 1) {
    const cells = cellsOf(at, row, size);
    yield await Promise.resolve({
      shape: { table, columns },
      id: idOf(at, row),
      cells: columns.map((column) => cells[column]),
    });
  }
}

async function* noLinks(): AsyncGenerator<Link> {
  // The rows refer to each other by lookups only.
}

/** Writes a seed file with all rows: an environment in which the package is already there. */
export async function writeSampleSeed(path: string, size: PackageSize): Promise<void> {
  const tables = Object.fromEntries(
    sampleTables(size).map((table, at) => [
      table.name,
      Array.from({ length: size.rowsPerTable }, (_, row) => cellsOf(at, row, size)),
    ]),
  );
  await writeFile(path, JSON.stringify({ extends: 'empty', tables }));
}
