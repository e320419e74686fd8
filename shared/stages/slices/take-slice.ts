import type { DataverseReader } from '../../dataverse/client.ts';
import type { Guid } from '../../model/guid.ts';
import type { Action, Plan, PlanHead } from '../../model/plan.ts';
import { noCounts, type Counts } from '../../model/result.ts';
import type { RowSource } from '../../model/row-source.ts';
import { decodeAction, encodeAction, numbered } from '../../plan/action-json.ts';
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
  const tables = source.tables.map(({ name }) => name);
  const division = await dividePlan(
    plan,
    slice.of,
    { book: ruleBook, texts: spool, tables },
    signal,
  );
  const { counts, needed } = await sortOut(plan, slice, { division, spool }, signal);
  if (hasActions(counts)) await assertReady(needed, slice, reader, signal);
  return planOf(plan, slice, { counts, spool }, signal);
}

function hasActions({ created, updated, linked, unlinked, deleted }: Counts): boolean {
  return created + updated + linked + unlinked + deleted > 0;
}

/** Where the lines of the slice's actions wait. */
const bucket = 'slice';

/** What one reading of the whole plan tells of a slice; its lines are in the spool then. */
interface Sorted {
  readonly counts: Counts;
  /** Rows by table that slices before this one create. */
  readonly needed: ReadonlyMap<string, ReadonlySet<Guid>>;
}

async function sortOut(
  plan: Plan,
  slice: Slice,
  { division, spool }: { readonly division: Division; readonly spool: FileSpool },
  signal: AbortSignal,
): Promise<Sorted> {
  const tally = new Tally();
  const needed = new Map<string, Set<Guid>>();
  let number = 0;
  for await (const action of plan.actions(signal)) {
    const part = division(action);
    if (part === slice.part) {
      number += 1;
      tally.add(action);
      const { number: _, ...rest } = action;
      await spool.append(bucket, numbered(number, encodeAction(rest)));
    } else if (isNeeded(action, part, slice)) {
      const { table, id } = action.row;
      needed.set(table, (needed.get(table) ?? new Set()).add(id));
    }
  }
  return { counts: tally.counts(plan, slice), needed };
}

function isNeeded(action: Action, part: Part, slice: Slice): boolean {
  const isBefore = slice.part === 'last' || (slice.part !== 'first' && part === 'first');
  // A row that the server makes by itself may have another id.
  return isBefore && action.kind === 'create' && action.serverMade === undefined;
}

async function planOf(
  plan: Plan,
  slice: Slice,
  { counts, spool }: { readonly counts: Counts; readonly spool: FileSpool },
  signal: AbortSignal,
): Promise<SavablePlan> {
  const lines = (again: AbortSignal): AsyncIterable<string> => spool.lines(bucket, again);
  async function* actions(again: AbortSignal): AsyncGenerator<Action> {
    for await (const line of lines(again)) {
      const action = decodeAction(line);
      if (action !== undefined) yield action;
    }
  }
  const isLast = slice.part === 'last';
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

/** Counts a slice. A row that two slices write counts in both. */
class Tally {
  readonly #created = new Set<string>();
  readonly #updated = new Set<string>();
  readonly #others = { link: 0, unlink: 0, delete: 0 };

  add(action: Action): void {
    if (action.kind === 'create') this.#created.add(rowKey(action.row));
    else if (writesColumns(action)) this.#updated.add(rowKey(action.row));
    else if (action.kind === 'link' || action.kind === 'unlink' || action.kind === 'delete')
      this.#others[action.kind] += 1;
  }

  /** Rows that nothing is done to count in the last slice. */
  counts({ counts: whole }: PlanHead, { part }: Slice): Counts {
    const { unchanged, skipped, failed } = part === 'last' ? whole : noCounts;
    const created = this.#created.size;
    const updated = [...this.#updated].filter((row) => !this.#created.has(row)).length;
    return {
      ...noCounts,
      in: created + updated + unchanged + skipped + failed,
      created,
      updated,
      unchanged,
      skipped,
      failed,
      linked: this.#others.link,
      unlinked: this.#others.unlink,
      deleted: this.#others.delete,
    };
  }
}

/** The slices before this one are done when the rows they create are there. */
async function assertReady(
  needed: Sorted['needed'],
  slice: Slice,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<void> {
  if (needed.size === 0) return;
  const tables = await reader.tables([...needed.keys()], signal);
  let missing = 0;
  for (const [name, ids] of needed) {
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
