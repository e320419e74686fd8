import { createPlainPackage } from '#shared/cmt/create-package.ts';
import type { PackageForm } from '#shared/cmt/create-package.ts';
import { findSteps } from '#shared/cmt/find-steps.ts';
import { composeSchema } from '#shared/cmt/schema.ts';
import { writeArchive } from '#shared/cmt/archive.ts';
import { contentTypes } from '#shared/cmt/data-layout.ts';
import type { MigrationPackage } from '#shared/cmt/package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Guid } from '#shared/model/guid.ts';
import type { Link, Row, Value } from '#shared/model/row.ts';
import type { ColumnType, SourceTable } from '#shared/model/table.ts';

/** No test of files needs to be aborted. */
export const neverAborted: AbortSignal = new AbortController().signal;

/** A table of a schema, put together column by column. */
export interface TableBuilder {
  readonly table: SourceTable;
  with(name: string, type: ColumnType, ...targets: string[]): TableBuilder;
  linked(relationship: string, target: string): TableBuilder;
  flagged(flags: Partial<SourceTable>): TableBuilder;
  row(id: Guid, values: Readonly<Record<string, Value>>): Row;
}

export function aTable(name: string): TableBuilder {
  const idColumn = `${name}id`;
  return builder({
    step: '',
    name,
    displayName: name.toUpperCase(),
    idColumn,
    nameColumn: 'name',
    columns: new Map([
      [idColumn, { name: idColumn, displayName: 'Id', type: 'guid', targets: [] }],
    ]),
    manyToMany: [],
    compareBy: [],
    skipUpdate: false,
    forceCreate: false,
    disablePlugins: false,
  });
}

function builder(table: SourceTable): TableBuilder {
  return {
    table,
    with: (name, type, ...targets) =>
      builder({
        ...table,
        columns: new Map([...table.columns, [name, { name, displayName: name, type, targets }]]),
      }),
    linked: (name, target) =>
      builder({
        ...table,
        manyToMany: [
          ...table.manyToMany,
          { name, target, targetIdColumn: `${target}id`, reflexive: target === table.name },
        ],
      }),
    flagged: (flags) => builder({ ...table, ...flags }),
    row: (id, values) => {
      const columns = [...table.columns.keys()];
      return {
        shape: { table, columns },
        id,
        cells: columns.map((column) => (column === table.idColumn ? id : values[column])),
      };
    },
  };
}

export interface TableContent {
  readonly table: SourceTable;
  readonly rows: readonly Row[];
  readonly links?: readonly Link[];
}

/** Writes one plain package of some tables. */
export async function writePackage(
  path: string,
  form: PackageForm,
  content: readonly TableContent[],
): Promise<void> {
  const writer = await createPlainPackage(path, form, nodeFiles);
  const step = await writer.step('step', composeSchema(content.map(({ table }) => table)));
  for (const { table, rows, links = [] } of content)
    await step.table(table, each(rows), each(links), neverAborted);
  await step.close();
  await writer.finish(() => {
    throw new Error('A plain package has no manifest.');
  });
}

/** A list as it would be streamed. */
export async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

/** Writes a zip of two documents as they are given. */
export async function writeZip(path: string, schema: string, data: string): Promise<void> {
  await writeArchive(
    path,
    [
      { name: 'data.xml', content: Buffer.from(data) },
      { name: 'data_schema.xml', content: Buffer.from(schema) },
      { name: '[Content_Types].xml', content: contentTypes },
    ],
    nodeFiles,
  );
}

/** Everything a package says, without where it stands. */
export async function contentOf(opened: MigrationPackage): Promise<unknown> {
  const content: unknown[] = [];
  for (const table of opened.tables) {
    const rows: unknown[] = [];
    for await (const row of opened.rows(table, neverAborted))
      rows.push([
        row.id,
        Object.fromEntries(row.shape.columns.map((name, at) => [name, row.cells[at]])),
      ]);
    const links: unknown[] = [];
    for await (const link of opened.links(table, neverAborted)) links.push(link);
    content.push({ table: table.name, rows, links });
  }
  return JSON.parse(JSON.stringify(content));
}

/** A file of a step, whichever form the step has. */
export async function partOf(path: string, name: string): Promise<Buffer> {
  const { sources } = await findSteps(path, nodeFiles);
  const chunks: Uint8Array[] = [];
  for (const source of sources)
    for await (const chunk of source.read(name, neverAborted)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
