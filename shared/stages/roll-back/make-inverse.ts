import type { DataverseReader } from '../../dataverse/client.ts';
import type { Guid } from '../../model/guid.ts';
import type { Action, PlanHead } from '../../model/plan.ts';
import { noCounts } from '../../model/result.ts';
import type { Link } from '../../model/row.ts';
import type { RuleBook } from '../../model/rules.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { estimateOf } from '../../plan/estimate.ts';
import { isVariable } from '../../plan/planned-value.ts';
import { planHash, type SavablePlan } from '../../plan/plan-text.ts';
import { placeOf } from '../../plan/row-finding.ts';
import { linkKey, readLinksOf } from '../apply/check-plan.ts';
import { runNumberOf, type JournalMemory } from '../apply/journal.ts';
import { chunked, rowKey, writesColumns } from '../apply/row-reads.ts';
import type { FileSpool } from '../planning/file-spool.ts';
import { toolName } from '../tool-name.ts';
import { CreatedRows, rowsNeeded } from './created-rows.ts';
import { InverseBook } from './inverse-book.ts';
import { presentRows, type Witness } from './present-rows.ts';
import type { FinishedRun } from './read-run.ts';
import { RestoredRows } from './restored-rows.ts';
import { longBefore, readSnapshot, type SnapshotQuestions } from './snapshot-content.ts';

export interface InverseFrame {
  readonly reader: DataverseReader;
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly rules: RuleBook;
  /** Takes the long texts that come back, and everything else that needs room. */
  readonly spool: FileSpool;
  /** Who rolls back. */
  readonly users: ReadonlySet<Guid>;
  /** An earlier roll-back of the run was at work already. */
  readonly isContinued: boolean;
  /** Rows that somebody changed since the run are rolled back all the same. */
  readonly overwriteChanged: boolean;
}

const actionsPerRead = 500;

const nothing: JournalMemory = {
  begun: new Set(),
  found: new Set(),
  ids: new Map(),
  left: new Map(),
  planHash: undefined,
  snapshot: undefined,
};

/**
 * The plan that undoes a run, from its plan, its journal, its snapshot, and the environment as it is:
 * what is as before already is left alone, so that a roll-back can be repeated.
 */
export async function makeInverse(
  run: FinishedRun,
  frame: InverseFrame,
  signal: AbortSignal,
): Promise<SavablePlan> {
  const { reader, tables, spool, rules, overwriteChanged } = frame;
  const book = new InverseBook(spool);
  const journal = run.journal ?? (run.snapshot === undefined ? nothing : await lost(run, signal));
  const witness: Witness = { journal, users: frame.users, isContinued: frame.isContinued };
  const survey = await surveyRun(run, journal, signal);
  const present = await presentOf(survey.deletes, frame, signal);
  const questions: SnapshotQuestions = { ...survey, present };
  const { files, rows } =
    run.snapshot === undefined
      ? { files: new Set<string>(), rows: new Set<string>() }
      : await readSnapshot(questions, { snapshot: run.snapshot, tables, spool, book }, signal);
  const restored = new RestoredRows({
    tables,
    book,
    witness,
    overwriteChanged,
    texts: spool,
    files,
  });
  const runNumber = runNumberOf(run.plan);
  const created = new CreatedRows({ tables, rules, book, witness, runNumber, overwriteChanged });
  const also = (table: string): Iterable<string> => survey.columnsOfCreated.get(table) ?? [];
  const refused: Action[] = [];
  for await (const actions of chunked(run.plan.actions(signal), actionsPerRead)) {
    const own = actions.filter((action) => isOwn(action, journal, survey.created));
    const links = await readLinksOf(own, { tables, reader }, signal);
    const now = await presentRows(own, { tables, reader, also }, signal);
    for (const action of own) {
      const key = rowKey(action.row);
      if (action.kind === 'create') await created.take(action, now.get(key));
      if (action.kind === 'update' && !survey.created.has(key)) {
        await restored.restore(action, now.get(key));
        if (book.isBlocked(action.row)) refused.push(action);
      }
      if (action.kind === 'link' || action.kind === 'unlink')
        await relink(action, links, survey.created, book);
      if (action.kind === 'delete' && !present.has(key) && !rows.has(key))
        await book.block(action, 'URM1709', {
          summary: 'The run deleted this row, and the snapshot does not hold it',
          remedy: 'Restore the row by hand.',
        });
    }
  }
  for (const action of refused)
    if (writesColumns(action))
      for (const row of rowsNeeded(action.changes, action.row.table, rules))
        await created.keep(row, placeOf({ ref: action.row, name: action.name }));
  await created.finish();
  return planOf(run, book, frame, signal);
}

interface Survey extends Omit<SnapshotQuestions, 'present'> {
  /** Rows that the run was to create. */
  readonly created: ReadonlySet<string>;
  /** What the run writes to rows of a table that it creates. */
  readonly columnsOfCreated: ReadonlyMap<string, ReadonlySet<string>>;
  readonly deletes: readonly Action[];
}

async function surveyRun(
  run: FinishedRun,
  journal: JournalMemory,
  signal: AbortSignal,
): Promise<Survey> {
  const created = new Set<string>();
  const columnsOfCreated = new Map<string, Set<string>>();
  const texts = new Map<string, Set<string>>();
  const deleted = new Map<string, { readonly level: number; readonly name: string }>();
  const deletes: Action[] = [];
  for await (const action of run.plan.actions(signal)) {
    const key = rowKey(action.row);
    if (action.kind === 'create') created.add(key);
    if (writesColumns(action) && created.has(key)) {
      const columns = columnsOfCreated.get(action.row.table) ?? new Set();
      columnsOfCreated.set(action.row.table, columns);
      for (const { column, after } of action.changes) if (!isVariable(after)) columns.add(column);
    } else if (action.kind === 'update') {
      const wanted = longBefore(action.changes);
      if (wanted.length > 0) texts.set(key, new Set([...(texts.get(key) ?? []), ...wanted]));
    }
    if (action.kind === 'delete' && journal.begun.has(action.number)) {
      deletes.push(action);
      deleted.set(key, { level: action.level, name: action.name });
    }
  }
  return { created, columnsOfCreated, texts, deleted, deletes };
}

/** The journal stayed on a lost machine: whatever the environment shows of the plan may be the run's. */
async function lost({ plan }: FinishedRun, signal: AbortSignal): Promise<JournalMemory> {
  const begun = new Set<number>();
  for await (const { number } of plan.actions(signal)) begun.add(number);
  return { ...nothing, begun };
}

/** Creates are recognized by their mark; anything else only when this run, or one before it, did it. */
function isOwn(action: Action, journal: JournalMemory, created: ReadonlySet<string>): boolean {
  const { number, kind, row } = action;
  if (kind === 'create') return true;
  if (kind === 'update' && created.has(rowKey(row))) return false;
  return journal.begun.has(number) || (kind === 'update' && journal.found.has(number));
}

async function presentOf(
  actions: readonly Action[],
  { tables, reader }: InverseFrame,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  for (let at = 0; at < actions.length; at += actionsPerRead) {
    const chunk = actions.slice(at, at + actionsPerRead);
    for (const key of (await presentRows(chunk, { tables, reader }, signal)).keys())
      present.add(key);
  }
  return present;
}

async function relink(
  action: Extract<Action, { readonly link: Link }>,
  links: ReadonlySet<string>,
  created: ReadonlySet<string>,
  book: InverseBook,
): Promise<void> {
  const { link, step, row, name } = action;
  // A row that goes takes its links along.
  if (created.has(rowKey(link.from)) || created.has(rowKey(link.to))) return;
  const isThere = links.has(linkKey(link));
  if (isThere !== (action.kind === 'link')) return;
  const kind = action.kind === 'link' ? 'unlink' : 'link';
  await book.add({ kind, step, phase: 'links', level: 0, row, name, link });
}

async function planOf(
  run: FinishedRun,
  book: InverseBook,
  { tables }: InverseFrame,
  signal: AbortSignal,
): Promise<SavablePlan> {
  const rows = book.rowCounts;
  const counts = {
    ...noCounts,
    ...rows,
    ...book.counts,
    in: rows.created + rows.updated + rows.unchanged + rows.failed,
  };
  const head: PlanHead = {
    format: 1,
    hash: '',
    tool: toolName,
    package: { hash: run.plan.hash },
    target: run.plan.target,
    complete: true,
    applyable: true,
    counts,
    estimate: estimateOf(counts, tables.size),
    findings: book.findings,
    manual: book.manual,
  };
  const lines = (again: AbortSignal): AsyncGenerator<string> => book.lines(again);
  const hash = await planHash(head, lines, signal);
  return { ...head, hash, lines, actions: (again) => book.actions(again) };
}
