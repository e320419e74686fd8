import { createPackage } from '../../cmt/create-package.ts';
import { composeSchema } from '../../cmt/schema.ts';
import type { MigrationPackage, StepWriter, WrittenStep } from '../../cmt/package.ts';
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

export interface SnapshotFrame {
  readonly pkg: MigrationPackage;
  readonly plan: Plan;
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly reader: DataverseReader;
  readonly book: RuleBook;
  readonly files: Files;
}

/**
 * Writes the rows that a plan updates or deletes as they are now: a package of its own, so that
 * everything that reads packages reads it. Withheld columns are not in it.
 */
export async function writeSnapshot(
  path: string,
  frame: SnapshotFrame,
  signal: AbortSignal,
): Promise<void> {
  const affected = await affectedRows(frame.plan, signal);
  const writer = await createPackage(path, 'zip', frame.files);
  try {
    const steps: string[] = [];
    for (const step of frame.pkg.steps) {
      const tables = snapshotTables(step, affected, frame);
      if (tables.length === 0) continue;
      steps.push(step);
      const opened = await writer.step(step, composeSchema(tables));
      for (const table of tables)
        await writeTable(opened, table, affected.get(`${step}/${table.name}`) ?? [], frame, signal);
      await opened.close();
    }
    await writer.finish((written) => ({
      format: 1,
      tool: toolName,
      source: {
        organizationId: frame.plan.target.organizationId,
        url: frame.plan.target.url,
      },
      channels: [],
      scope: {},
      steps: written.map((step) => manifestStep(step, frame.pkg)),
      withheld: [],
      removed: [],
    }));
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function manifestStep(
  written: WrittenStep,
  pkg: MigrationPackage,
): WrittenStep & { readonly area: string } {
  const area = pkg.manifest?.steps.find(({ step }) => step === written.step)?.area ?? written.step;
  return { ...written, area };
}

/** Ids by `step/table`. */
async function affectedRows(
  plan: Plan,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Guid[]>> {
  const created = new Set<string>();
  const affected = new Map<string, Set<Guid>>();
  for await (const { kind, step, row } of plan.actions(signal)) {
    if (kind === 'create') created.add(`${row.table}/${row.id}`);
    if (kind !== 'update' && kind !== 'delete') continue;
    if (created.has(`${row.table}/${row.id}`)) continue;
    const key = `${step}/${row.table}`;
    const ids = affected.get(key) ?? new Set();
    affected.set(key, ids.add(row.id));
  }
  return new Map([...affected].map(([key, ids]) => [key, [...ids]]));
}

function snapshotTables(
  step: string,
  affected: ReadonlyMap<string, readonly Guid[]>,
  frame: SnapshotFrame,
): readonly SourceTable[] {
  const tables: SourceTable[] = [];
  for (const table of frame.pkg.tables) {
    if (table.step !== step || !affected.has(`${step}/${table.name}`)) continue;
    const described = frame.tables.get(table.name);
    if (described === undefined) continue;
    const { withheld } = frame.book.of(table.name);
    // A row may occur in several steps; it is taken in the first, with what any of them says.
    const columns = new Map(
      frame.pkg.tables
        .filter((other) => other.name === table.name)
        .flatMap((other) => [...other.columns]),
    );
    for (const name of columns.keys()) {
      const isTaken = described.columns.get(name)?.readable === true;
      if (!isTaken || withheld.has(name) || (isNeverCompared(name) && name !== table.idColumn))
        columns.delete(name);
    }
    tables.push({
      ...table,
      columns,
      manyToMany: [],
      compareBy: [table.idColumn],
      skipUpdate: false,
      forceCreate: false,
    });
  }
  return tables;
}

async function writeTable(
  step: StepWriter,
  table: SourceTable,
  ids: readonly Guid[],
  frame: SnapshotFrame,
  signal: AbortSignal,
): Promise<void> {
  const described = frame.tables.get(table.name);
  if (described === undefined) return;
  const columns = [...table.columns.keys()];
  const takeFile = ({ fileName, content }: FileDownload): Promise<FileValue> =>
    step.payload(fileName, content);
  const query = { table: described, columns, where: { by: 'ids', ids }, takeFile } as const;
  const rows = frame.reader.rows(query, signal);
  await step.table(table, inShapeOf(rows, table), noLinks(), signal);
}

async function* inShapeOf(rows: AsyncIterable<Row>, table: SourceTable): AsyncGenerator<Row> {
  for await (const row of rows) yield { ...row, shape: { ...row.shape, table } };
}

async function* noLinks(): AsyncGenerator<Link> {
  // Links are only ever added; what the plan adds is in the plan.
}
