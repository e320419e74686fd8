import { createPackage } from '../../cmt/create-package.ts';
import { composeSchema } from '../../cmt/schema.ts';
import type { StepWriter } from '../../cmt/package.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { FileDownload } from '../../dataverse/file-transfer.ts';
import type { Files } from '../../host/files.ts';
import type { Guid } from '../../model/guid.ts';
import type { Plan } from '../../model/plan.ts';
import type { FileValue, Link, Row } from '../../model/row.ts';
import type { RuleBook } from '../../model/rules.ts';
import type { EnvironmentTable, SourceTable } from '../../model/table.ts';
import { isNeverCompared } from '../../plan/platform-columns.ts';
import { toolName } from '../tool-name.ts';
import { writesColumns } from './row-reads.ts';

export interface SnapshotFrame {
  /** Tables as a package describes them; of a table that none describes, the columns that change count. */
  readonly described: readonly SourceTable[];
  readonly areaOf: (step: string) => string;
  readonly plan: Plan;
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly reader: DataverseReader;
  readonly book: RuleBook;
  readonly files: Files;
}

/**
 * Writes the rows that a plan updates or deletes as they are now: a package of its own, so that
 * everything that reads packages reads it. Withheld columns are not in it. Gives its hash.
 */
export async function writeSnapshot(
  path: string,
  frame: SnapshotFrame,
  signal: AbortSignal,
): Promise<string> {
  const affected = await affectedRows(frame.plan, signal);
  const writer = await createPackage(path, 'zip', frame.files);
  try {
    for (const [step, ofStep] of [...affected].sort(([one], [other]) => (one < other ? -1 : 1))) {
      const tables = [...ofStep].flatMap(([name, rows]) => snapshotTable(step, name, rows, frame));
      if (tables.length === 0) continue;
      const opened = await writer.step(step, composeSchema(tables));
      for (const table of tables)
        await writeTable(opened, table, ofStep.get(table.name), frame, signal);
      await opened.close();
    }
    const { hash } = await writer.finish((written) => ({
      format: 1,
      tool: toolName,
      source: {
        organizationId: frame.plan.target.organizationId,
        url: frame.plan.target.url,
      },
      channels: [],
      scope: {},
      steps: written.map((step) => ({ ...step, area: frame.areaOf(step.step) })),
      withheld: [],
      removed: [],
    }));
    return hash;
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Rows of one table that a step of the plan touches. */
interface AffectedRows {
  readonly ids: Set<Guid>;
  readonly columns: Set<string>;
  readonly deleted: Set<Guid>;
}

/** By step and table. */
async function affectedRows(
  plan: Plan,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlyMap<string, AffectedRows>>> {
  const created = new Set<string>();
  const affected = new Map<string, Map<string, AffectedRows>>();
  // Most of the plans for a new environment: nothing that is there is touched.
  if (plan.counts.updated + plan.counts.deleted === 0) return affected;
  for await (const action of plan.actions(signal)) {
    const { kind, step, row } = action;
    if (kind === 'create') created.add(`${row.table}/${row.id}`);
    if (kind !== 'update' && kind !== 'delete') continue;
    if (created.has(`${row.table}/${row.id}`)) continue;
    const ofStep = affected.get(step) ?? new Map<string, AffectedRows>();
    affected.set(step, ofStep);
    const rows = ofStep.get(row.table) ?? {
      ids: new Set(),
      columns: new Set(),
      deleted: new Set(),
    };
    ofStep.set(row.table, rows);
    rows.ids.add(row.id);
    if (kind === 'delete') rows.deleted.add(row.id);
    if (writesColumns(action)) for (const { column } of action.changes) rows.columns.add(column);
  }
  return affected;
}

function snapshotTable(
  step: string,
  name: string,
  { columns: changed, deleted }: AffectedRows,
  frame: SnapshotFrame,
): readonly SourceTable[] {
  const described = frame.tables.get(name);
  if (described === undefined) return [];
  const { withheld } = frame.book.of(name);
  // A row may occur in several steps; it is taken in the first, with what any of them says. Of a row
  // that is to go, everything is taken that could be written again.
  const known = frame.described.filter((table) => table.name === name);
  const wanted = new Set([
    described.idColumn,
    ...known.flatMap((table) => [...table.columns.keys()]),
    ...changed,
    ...(deleted.size === 0 ? [] : writableColumns(described)),
  ]);
  const columns = [...wanted].flatMap((column) => {
    const definition = described.columns.get(column);
    const isTaken =
      definition?.readable === true &&
      !definition.secured &&
      !withheld.has(column) &&
      (!isNeverCompared(column) || column === described.idColumn);
    return isTaken ? [[column, definition] as const] : [];
  });
  return [
    {
      name,
      displayName: described.displayName,
      idColumn: described.idColumn,
      ...(described.nameColumn === undefined ? {} : { nameColumn: described.nameColumn }),
      typeCode: described.typeCode,
      step,
      columns: new Map(columns),
      // Links are only ever added: what a plan adds is in the plan. Those of a deleted row go with it.
      manyToMany: deleted.size === 0 ? [] : described.manyToMany,
      compareBy: [described.idColumn],
      skipUpdate: false,
      forceCreate: false,
      disablePlugins: known.some((table) => table.disablePlugins),
    },
  ];
}

function* writableColumns(table: EnvironmentTable): Generator<string> {
  for (const column of table.columns.values())
    if (column.creatable || column.updatable) yield column.name;
}

async function writeTable(
  step: StepWriter,
  table: SourceTable,
  rows: AffectedRows | undefined,
  frame: SnapshotFrame,
  signal: AbortSignal,
): Promise<void> {
  const described = frame.tables.get(table.name);
  if (described === undefined || rows === undefined) return;
  const columns = [...table.columns.keys()];
  const takeFile = ({ fileName, content }: FileDownload): Promise<FileValue> =>
    step.payload(fileName, content);
  const query = {
    table: described,
    columns,
    where: { by: 'ids', ids: [...rows.ids] },
    takeFile,
  } as const;
  const found = frame.reader.rows(query, signal);
  const links = linksOf(described, [...rows.deleted], frame, signal);
  await step.table(table, inShapeOf(found, table), links, signal);
}

async function* inShapeOf(rows: AsyncIterable<Row>, table: SourceTable): AsyncGenerator<Row> {
  for await (const row of rows) yield { ...row, shape: { ...row.shape, table } };
}

async function* linksOf(
  table: EnvironmentTable,
  from: readonly Guid[],
  { reader }: SnapshotFrame,
  signal: AbortSignal,
): AsyncGenerator<Link> {
  if (from.length === 0) return;
  for (const relationship of table.manyToMany)
    yield* reader.links(table, relationship, from, signal);
}
