import type { MigrationPackage } from '../../cmt/package.ts';
import type { Change } from '../../model/plan.ts';
import { cell, isFileValue, isLookup, type Link, type Row, type Value } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { hashOf, isLongText, plannedValue } from '../../plan/planned-value.ts';
import type { FileSpool } from '../planning/file-spool.ts';
import { rowKey } from '../apply/row-reads.ts';
import type { InverseBook } from './inverse-book.ts';

/** What a roll-back wants of a snapshot. */
export interface SnapshotQuestions {
  /** Hashes of long texts by `table/id`. */
  readonly texts: ReadonlyMap<string, ReadonlySet<string>>;
  /** Rows that the run deleted, with the level of their delete, by `table/id`. */
  readonly deleted: ReadonlyMap<string, { readonly level: number; readonly name: string }>;
  /** Those of them that are there again. */
  readonly present: ReadonlySet<string>;
}

export interface SnapshotFrame {
  readonly snapshot: MigrationPackage;
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly spool: FileSpool;
  readonly book: InverseBook;
}

/** What was found in a snapshot. */
export interface SnapshotContent {
  /** Hashes of the files in it. */
  readonly files: ReadonlySet<string>;
  /** Deleted rows that it holds. */
  readonly rows: ReadonlySet<string>;
}

/** Reads a snapshot once: keeps the long texts that are to come back, and drafts the rows that are. */
export async function readSnapshot(
  questions: SnapshotQuestions,
  frame: SnapshotFrame,
  signal: AbortSignal,
): Promise<SnapshotContent> {
  const files = new Set<string>();
  const found = new Set<string>();
  let highest = 0;
  for (const { level } of questions.deleted.values()) highest = Math.max(highest, level);
  for (const table of frame.snapshot.tables) {
    for await (const row of frame.snapshot.rows(table, signal)) {
      const key = rowKey({ table: table.name, id: row.id });
      for (const value of row.cells) if (isFile(value)) files.add(value.sha256);
      await keepTexts(row, questions.texts.get(key), frame.spool);
      const deleted = questions.deleted.get(key);
      const described = frame.tables.get(table.name);
      if (deleted === undefined || described === undefined) continue;
      found.add(key);
      if (!questions.present.has(key))
        await recreate(row, { ...deleted, level: highest - deleted.level }, described, {
          ...frame,
          step: table.step,
        });
    }
    for await (const link of frame.snapshot.links(table, signal))
      await relink(link, table.step, questions, frame);
  }
  return { files, rows: found };
}

async function keepTexts(
  row: Row,
  wanted: ReadonlySet<string> | undefined,
  spool: FileSpool,
): Promise<void> {
  if (wanted === undefined) return;
  for (const value of row.cells) {
    if (typeof value !== 'string') continue;
    const hash = hashOf(value);
    if (wanted.has(hash)) await spool.keepText(hash, value);
  }
}

/** Drafts a deleted row as it was: what the target lets nobody write is the target's again. */
async function recreate(
  row: Row,
  deleted: { readonly level: number; readonly name: string },
  table: EnvironmentTable,
  frame: SnapshotFrame & { readonly step: string },
): Promise<void> {
  const created: Change[] = [];
  const states: Change[] = [];
  const isInactive = Number(cell(row, 'statecode') ?? 0) !== 0;
  for (const [at, column] of row.shape.columns.entries()) {
    const value = row.cells[at];
    const known = table.columns.get(column);
    if (value === undefined || value === null || known === undefined) continue;
    if (column === table.idColumn) continue;
    const change = { column, before: null, after: await shown(value, frame.spool) };
    if (known.type === 'state' || known.type === 'status') {
      if (isInactive) states.push(change);
    } else if (known.creatable) created.push(change);
  }
  const at = {
    step: frame.step,
    row: { table: table.name, id: row.id },
    name: deleted.name,
  };
  const { level } = deleted;
  await frame.book.add({ kind: 'create', ...at, phase: 'rows', level, changes: created });
  if (states.length > 0)
    await frame.book.add({ kind: 'update', ...at, phase: 'states', level: 0, changes: states });
}

async function shown(value: Value, spool: FileSpool): Promise<Change['after']> {
  const { planned, long } = plannedValue(value);
  if (long !== undefined) await spool.keepText(long.sha256, long.text);
  return planned;
}

async function relink(
  link: Link,
  step: string,
  { deleted, present }: SnapshotQuestions,
  { book }: SnapshotFrame,
): Promise<void> {
  const key = rowKey(link.from);
  const from = deleted.get(key);
  if (from === undefined || present.has(key)) return;
  const at = { step, phase: 'links', level: 0, row: link.from, name: from.name } as const;
  await book.add({ kind: 'link', ...at, link });
}

/** Long texts that changes put back, by hash. */
export function longBefore(changes: readonly Change[]): readonly string[] {
  return changes.flatMap(({ before }) => (isLongText(before) ? [before.sha256] : []));
}

function isFile(value: Value | undefined): value is Extract<Value, { fileName: string }> {
  return value !== undefined && value !== null && !isLookup(value) && isFileValue(value);
}
