import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Action, Change, Plan, PlanHead } from '../../model/plan.ts';
import { noCounts } from '../../model/result.ts';
import type { Link } from '../../model/row.ts';
import { encodeAction, numbered, type Unnumbered } from '../../plan/action-json.ts';
import { planHash } from '../../plan/plan-text.ts';
import { placeOf } from '../../plan/row-finding.ts';
import { readRowsOf, rowKey, unshown, writesColumns } from '../apply/row-reads.ts';
import { toolName } from '../tool-name.ts';

/** A plan that can also be written to a file. */
export interface InversePlan extends Plan {
  lines(signal: AbortSignal): AsyncIterable<string>;
}

/**
 * The way back from what a run did: what it created goes, what it changed gets its values again, and
 * links are turned round. A row that somebody changed since keeps the whole plan from being applied.
 */
export async function inversePlan(
  done: readonly Action[],
  frame: { readonly of: PlanHead; readonly reader: DataverseReader },
  signal: AbortSignal,
): Promise<InversePlan> {
  const { of, reader } = frame;
  const tables = await reader.tables([...new Set(done.map(({ row }) => row.table))], signal);
  const rows = await readRowsOf(done, tables, reader, signal);
  const created = new Set(
    done.filter(({ kind }) => kind === 'create').map(({ row }) => rowKey(row)),
  );
  const findings: Finding[] = [];
  const drafts: Unnumbered[] = [];
  for (const action of [...done].reverse()) {
    const row = rows.get(rowKey(action.row));
    const table = tables.get(action.row.table);
    if (action.kind === 'create') {
      if (row?.version === undefined || table === undefined) continue;
      const changed = unshown(action.changes, row, table, 'after').map(({ column }) => column);
      if (changed.length > 0) findings.push(changedSince(action, changed));
      drafts.push({
        ...placed(action, 'deletes'),
        kind: 'delete',
        version: row.version,
        because: 'roll-back',
      });
    } else if (action.kind === 'update' && !created.has(rowKey(action.row)))
      drafts.push({
        ...placed(action, action.phase),
        kind: 'update',
        changes: action.changes.map(turned),
      });
    else if (action.kind === 'link' || action.kind === 'unlink')
      drafts.push({
        ...placed(action, 'links'),
        kind: action.kind === 'link' ? 'unlink' : 'link',
        link: action.link,
      });
  }
  return planOf(inOrder(drafts), { of, findings, updated: done, created }, signal);
}

/** Without what a run detached only to attach it again. */
export function withoutReattached(
  detached: readonly Action[],
  done: readonly Action[],
): readonly Action[] {
  const keysOf = (actions: readonly Action[], kind: 'link' | 'unlink'): ReadonlySet<string> =>
    new Set(
      actions.flatMap((each) => (each.kind === kind && 'link' in each ? [linkKey(each.link)] : [])),
    );
  const taken = keysOf(detached, 'unlink');
  const given = keysOf(done, 'link');
  const isBoth = (action: Action): boolean =>
    'link' in action && taken.has(linkKey(action.link)) && given.has(linkKey(action.link));
  return [...detached, ...done].filter((action) => !isBoth(action));
}

function linkKey({ relationship, from, to }: Link): string {
  return `${relationship} ${from.id} ${to.id}`;
}

function placed(
  { step, row, name }: Action,
  phase: Action['phase'],
): Pick<Unnumbered, 'step' | 'row' | 'name' | 'phase' | 'level'> {
  return { step, row, name, phase, level: 0 };
}

function turned({ column, before, after }: Change): Change {
  return { column, before: after, after: before };
}

const phaseOrder: readonly Action['phase'][] = ['rows', 'references', 'links', 'states', 'deletes'];

function inOrder(drafts: readonly Unnumbered[]): readonly Unnumbered[] {
  return phaseOrder.flatMap((phase) => drafts.filter((draft) => draft.phase === phase));
}

async function planOf(
  drafts: readonly Unnumbered[],
  frame: {
    readonly of: PlanHead;
    readonly findings: readonly Finding[];
    readonly updated: readonly Action[];
    readonly created: ReadonlySet<string>;
  },
  signal: AbortSignal,
): Promise<InversePlan> {
  const { of, findings } = frame;
  const texts = drafts.map((draft, at) => numbered(at + 1, encodeAction(draft)));
  const count = (kind: Action['kind']): number =>
    drafts.filter((draft) => draft.kind === kind).length;
  const updated = new Set(
    drafts.filter(({ kind }) => kind === 'update').map(({ row }) => rowKey(row)),
  ).size;
  const head: PlanHead = {
    format: 1,
    hash: '',
    tool: toolName,
    package: of.package,
    target: of.target,
    complete: true,
    applyable: findings.length === 0,
    counts: {
      ...noCounts,
      in: updated,
      updated,
      deleted: count('delete'),
      linked: count('link'),
      unlinked: count('unlink'),
    },
    estimate: { reads: 4, writes: drafts.length, seconds: drafts.length },
    findings,
    manual: [],
  };
  const lines = async function* (again: AbortSignal): AsyncGenerator<string> {
    for (const text of texts) {
      again.throwIfAborted();
      yield await Promise.resolve(text);
    }
  };
  const actions = async function* (again: AbortSignal): AsyncGenerator<Action> {
    for (const [at, draft] of drafts.entries()) {
      again.throwIfAborted();
      yield await Promise.resolve({ ...draft, number: at + 1 });
    }
  };
  const hash = await planHash(head, lines, signal);
  return { ...head, hash, lines, actions };
}

function changedSince(action: Action, columns: readonly string[]): Finding {
  return {
    severity: 'error',
    code: 'URM1857',
    where: placeOf({ ref: action.row, name: action.name }, columns.join(', ')),
    summary: 'Somebody changed the row after the run created it: it is not deleted',
    detail: '',
    remedy: 'Delete the row by hand if nobody needs it, or set the values back and try again.',
  };
}

/** Actions that a roll-back has to look at. */
export function isUndoable(action: Action): boolean {
  return writesColumns(action) || action.kind === 'link' || action.kind === 'unlink';
}
