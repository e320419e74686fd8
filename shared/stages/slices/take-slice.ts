import type { DataverseReader } from '../../dataverse/client.ts';
import type { Guid } from '../../model/guid.ts';
import type { Action, Plan, PlanHead } from '../../model/plan.ts';
import { noCounts, type Counts } from '../../model/result.ts';
import type { RowSource } from '../../model/row-source.ts';
import { encodeAction, numbered } from '../../plan/action-json.ts';
import { estimateOf } from '../../plan/estimate.ts';
import { PlanConflict } from '../../plan/plan-errors.ts';
import { planHash, type SavablePlan } from '../../plan/plan-text.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import { rowKey, writesColumns } from '../apply/row-reads.ts';
import { gatherTexts } from '../apply/plan-texts.ts';
import { headOf } from '../plan.ts';
import type { FileSpool } from '../planning/file-spool.ts';
import { dividePlan, type Division } from './divide-plan.ts';
import { sliceText, type Part, type Slice } from './slice.ts';

/** Where a slice is taken: the package of the plan, and the environment it is for. */
export interface SliceFrame {
  readonly source: RowSource;
  readonly reader: DataverseReader;
  readonly spool: FileSpool;
}

/**
 * One slice of a plan as a plan of its own: it can be applied, resumed and rolled back like any other.
 * Refused while rows are missing that earlier slices create.
 */
export async function takeSlice(
  plan: Plan,
  slice: Slice,
  { source, reader, spool }: SliceFrame,
  signal: AbortSignal,
): Promise<SavablePlan> {
  await gatherTexts(plan, source, ruleBook, spool, signal);
  const division = await dividePlan(plan, slice.of, { book: ruleBook, texts: spool }, signal);
  const own = await planOf(plan, slice, division, signal);
  if (hasActions(own.counts)) await assertReady(plan, slice, division, reader, signal);
  return own;
}

function hasActions({ created, updated, linked, unlinked, deleted }: Counts): boolean {
  return created + updated + linked + unlinked + deleted > 0;
}

async function planOf(
  plan: Plan,
  slice: Slice,
  division: Division,
  signal: AbortSignal,
): Promise<SavablePlan> {
  async function* lines(again: AbortSignal): AsyncGenerator<string> {
    for await (const action of actions(again)) {
      const { number, ...rest } = action;
      yield numbered(number, encodeAction(rest));
    }
  }
  async function* actions(again: AbortSignal): AsyncGenerator<Action> {
    let number = 0;
    for await (const action of plan.actions(again)) {
      if (division(action) !== slice.part) continue;
      number += 1;
      yield { ...action, number };
    }
  }
  const isLast = slice.part === 'last';
  const counts = await countsOf(actions(signal), plan, isLast);
  const head: PlanHead = {
    ...headOf(plan),
    hash: '',
    slice: { of: plan.hash, part: sliceText(slice) },
    counts,
    estimate: estimateOf(counts, 0),
    // What concerns the whole is told once.
    findings: isLast ? plan.findings : [],
    manual: isLast ? plan.manual : [],
  };
  const hash = await planHash(head, lines, signal);
  return { ...head, hash, actions, lines };
}

/** Rows that nothing is done to count in the last slice; a row that two slices write counts in both. */
async function countsOf(
  actions: AsyncIterable<Action>,
  { counts: whole }: PlanHead,
  isLast: boolean,
): Promise<Counts> {
  const { unchanged, skipped, failed } = isLast ? whole : noCounts;
  const counts = { ...noCounts, unchanged, skipped, failed };
  const created = new Set<string>();
  const updated = new Set<string>();
  for await (const action of actions) {
    if (action.kind === 'create') created.add(rowKey(action.row));
    else if (writesColumns(action)) updated.add(rowKey(action.row));
    else if (action.kind === 'link') counts.linked += 1;
    else if (action.kind === 'unlink') counts.unlinked += 1;
    else if (action.kind === 'delete') counts.deleted += 1;
  }
  counts.created = created.size;
  counts.updated = [...updated].filter((row) => !created.has(row)).length;
  counts.in = counts.created + counts.updated + unchanged + skipped + failed;
  return counts;
}

/** The slices before this one are done when the rows they create are there. */
async function assertReady(
  plan: Plan,
  slice: Slice,
  division: Division,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<void> {
  if (slice.part === 'first') return;
  const isBefore = (part: Part): boolean =>
    slice.part === 'last' ? part !== 'last' : part === 'first';
  const expected = new Map<string, Set<Guid>>();
  for await (const action of plan.actions(signal)) {
    // A row that the server makes by itself may have another id.
    if (action.kind !== 'create' || action.serverMade !== undefined) continue;
    if (!isBefore(division(action))) continue;
    const { table, id } = action.row;
    expected.set(table, (expected.get(table) ?? new Set()).add(id));
  }
  const tables = await reader.tables([...expected.keys()], signal);
  let missing = 0;
  for (const [name, ids] of expected) {
    const table = tables.get(name);
    missing += ids.size;
    if (table === undefined) continue;
    const query = { table, columns: [], where: { by: 'ids', ids: [...ids] } } as const;
    for await (const _ of reader.rows(query, signal)) missing -= 1;
  }
  if (missing === 0) return;
  throw new PlanConflict('URM1356', {
    what: `Slice ${sliceText(slice)} needs ${missing} rows that slices before it create, and the target lacks them`,
    where: reader.url,
    next:
      slice.part === 'last'
        ? `Import all other slices first: first/${slice.of} and 1/${slice.of} to ${slice.of}/${slice.of}.`
        : `Import first/${slice.of} before all others.`,
  });
}
