import type { Finding } from '../errors/finding.ts';
import { cell, isLookup, nameOf, type Row, type RowRef } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';
import type { DraftBook } from './draft-book.ts';
import { groupBy, pushTo } from './group-by.ts';
import type { ResolvedIdentities } from './identity.ts';
import { orderRows } from './order.ts';
import type { DeleteOrders } from './policy.ts';
import { placeOf } from './row-finding.ts';
import type { Reference, SourceIndex } from './source-index.ts';
import { TargetQuestions } from './target-questions.ts';
import type { TargetLookup } from './ports.ts';

export interface DeleteFrame {
  readonly orders: DeleteOrders;
  readonly index: SourceIndex;
  readonly identities: ResolvedIdentities;
  readonly target: TargetLookup;
  readonly drafts: DraftBook;
}

/** What deletions add to a plan. */
export interface PlannedDeletes {
  readonly deleted: number;
  readonly deactivated: number;
  /** Whether all that was ordered could be sought. */
  readonly complete: boolean;
  readonly findings: readonly Finding[];
}

/** The step of actions that no step of the package asks for. */
export const deleteStep = 'deletes';

interface Doomed {
  readonly ref: RowRef;
  readonly row: Row;
  readonly name: string;
  readonly because: 'ours' | 'rule';
}

/** Drafts the deletes that were ordered: of rows a run created, or that a rule names, and of no others. */
export async function planDeletes(
  frame: DeleteFrame,
  signal: AbortSignal,
): Promise<PlannedDeletes> {
  const { orders, drafts } = frame;
  const questions = new TargetQuestions(frame.target, signal);
  const findings: Finding[] = [];
  const doomed = await findDoomed(frame, { questions, findings }, signal);
  // Rows that could not be sought are not known to be gone.
  findings.push(...questions.unreadable.values());
  const going = doomed.filter(({ ref }) => !orders.deactivate.has(ref.table));
  let deactivated = 0;
  for (const { ref, row, name } of doomed) {
    if (!orders.deactivate.has(ref.table) || cell(row, 'statecode') === 1) continue;
    deactivated += 1;
    await drafts.addIndependent({
      kind: 'update',
      step: deleteStep,
      phase: 'states',
      level: 0,
      row: ref,
      name,
      ...(row.version === undefined ? {} : { version: row.version }),
      changes: [{ column: 'statecode', before: cell(row, 'statecode') ?? null, after: 1 }],
    });
  }
  await draftDeletes(going, drafts);
  if (going.length > orders.max)
    findings.push({
      severity: 'error',
      code: 'URM1346',
      where: 'delete.max',
      summary: `${going.length} rows would be deleted, and ${orders.max} are allowed`,
      detail: going
        .slice(0, 10)
        .map((each) => placeOf(each))
        .join('; '),
      remedy: 'Look at the deletes of the plan, then raise delete.max in the configuration.',
    });
  const complete = questions.unreadable.size === 0;
  return { deleted: going.length, deactivated, complete, findings };
}

async function draftDeletes(going: readonly Doomed[], drafts: DraftBook): Promise<void> {
  const at = new Map(going.map(({ ref }, node) => [keyOf(ref), node]));
  const references: Reference[] = [];
  for (const [from, { row }] of going.entries())
    for (const [place, column] of row.shape.columns.entries()) {
      const value = row.cells[place];
      const to = isLookup(value) ? at.get(keyOf(value)) : undefined;
      if (to !== undefined && to !== from) references.push({ from, to, column, hard: false });
    }
  const order = orderRows(references, () => true);
  const referrers = new Map<number, RowRef[]>();
  for (const { from, to, column } of references) {
    const referrer = going[from];
    if (referrer !== undefined && !order.deferredOf(from).has(column))
      pushTo(referrers, to, referrer.ref);
  }
  for (const [node, { ref, row, name, because }] of going.entries()) {
    const after = referrers.get(node);
    await drafts.addIndependent({
      kind: 'delete',
      step: deleteStep,
      phase: 'deletes',
      level: order.levels - 1 - order.levelOf(node),
      row: ref,
      name,
      ...(row.version === undefined ? {} : { version: row.version }),
      because,
      ...(after === undefined ? {} : { after }),
    });
  }
}

async function findDoomed(
  frame: DeleteFrame,
  { questions, findings }: { readonly questions: TargetQuestions; readonly findings: Finding[] },
  signal: AbortSignal,
): Promise<readonly Doomed[]> {
  const { orders, index, identities, target } = frame;
  const names = [...orders.removed, ...orders.rules].map(({ table }) => table);
  const tables = await target.tables([...new Set(names)], signal);
  const wanted = new Set<string>();
  for (let node = 0; node < index.size; node += 1) {
    const match = identities.matchOf(node);
    if (match.is === 'same') wanted.add(keyOf(match.target));
  }
  const doomed = new Map<string, Doomed>();
  const take = (table: EnvironmentTable, row: Row, because: Doomed['because']): void => {
    const named = { ...row, shape: { ...row.shape, table } };
    const ref = { table: table.name, id: row.id };
    const one: Doomed = { ref, row, name: nameOf(named), because };
    const why = whyKept(one, table, wanted.has(keyOf(ref)));
    if (why === undefined) doomed.set(keyOf(ref), one);
    else if (because === 'ours' || !wanted.has(keyOf(ref))) findings.push(kept(one, why));
  };
  for (const [name, refs] of groupBy(orders.removed, ({ table }) => table)) {
    const table = tables.get(name);
    if (table === undefined) continue;
    const where = { by: 'ids', ids: refs.map(({ id }) => id) } as const;
    for await (const row of questions.rows(table, columnsOf(table), where))
      take(table, row, 'ours');
  }
  for (const rule of orders.rules) {
    const table = tables.get(rule.table);
    const columns = [...rule.where.keys()];
    const unknown = columns.filter((column) => table?.columns.has(column) !== true);
    if (table === undefined || unknown.length > 0) {
      findings.push({
        severity: 'error',
        code: 'URM1341',
        where: `delete rule of ${rule.table}`,
        summary:
          table === undefined
            ? `The target has no table ${rule.table}`
            : `The target table has no column ${unknown.join(', ')}`,
        detail: '',
        remedy: 'Correct the rule in the configuration.',
      });
      continue;
    }
    const where = { by: 'keys', columns, keys: [[...rule.where.values()]] } as const;
    for await (const row of questions.rows(
      table,
      [...new Set([...columnsOf(table), ...columns])],
      where,
    ))
      take(table, row, 'rule');
  }
  return [...doomed.values()];
}

function whyKept(
  { row, because }: Doomed,
  table: EnvironmentTable,
  isWanted: boolean,
): string | undefined {
  if (isWanted) return 'the package has it, or refers to it';
  if (cell(row, 'ismanaged') === true) return 'it belongs to a managed solution';
  if (because === 'rule') return undefined;
  if (!table.columns.has('importsequencenumber')) return 'its table does not tell who created it';
  const stamp = cell(row, 'importsequencenumber');
  return stamp === null || stamp === undefined ? 'no run created it' : undefined;
}

function kept(row: Doomed, why: string): Finding {
  return {
    severity: 'info',
    code: 'URM1347',
    where: placeOf(row),
    summary: `The row left the source and stays in the target: ${why}`,
    detail: '',
    remedy: 'Delete it by hand if it is not wanted.',
  };
}

function columnsOf(table: EnvironmentTable): readonly string[] {
  const columns = ['importsequencenumber', 'ismanaged', 'statecode', table.nameColumn ?? ''];
  const lookups = [...table.columns.values()]
    .filter(({ type, creatable }) => type === 'lookup' && creatable)
    .map(({ name }) => name);
  return [...columns, ...lookups].filter((name) => table.columns.get(name)?.readable === true);
}

function keyOf({ table, id }: RowRef): string {
  return `${table}/${id}`;
}
