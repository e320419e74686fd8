import type { ScheduledOutcome } from '../../dataverse/schedule.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Action, Plan } from '../../model/plan.ts';
import type { Counts } from '../../model/result.ts';
import { placeOf } from '../../plan/row-finding.ts';
import { rowKey, writesColumns } from './row-reads.ts';

/** What became of an action. */
export type ActionFate = 'open' | 'found' | 'done' | 'failed';

/** What a run knows of its actions: compact, because there may be many. */
export class RunLog {
  readonly #fates = new Map<number, Exclude<ActionFate, 'open'>>();
  readonly #findings = new Map<number, Finding>();
  /** Actions whose rows' versions are in the journal, and nothing was written since. */
  readonly #left = new Set<number>();
  settled = 0;

  fateOf(action: number): ActionFate {
    return this.#fates.get(action) ?? 'open';
  }

  findingOf(action: number): Finding | undefined {
    return this.#findings.get(action);
  }

  get findings(): readonly Finding[] {
    return [...this.#findings.values()];
  }

  set(action: number, fate: 'found' | 'done'): void {
    this.#fates.set(action, fate);
  }

  fail(action: number, finding: Finding): void {
    this.#fates.set(action, 'failed');
    this.#findings.set(action, finding);
  }

  /** The version of the action's row was noted when everything was written. */
  leave(action: number): void {
    this.#left.add(action);
  }

  isLeft(action: number): boolean {
    return this.#left.has(action);
  }

  /** Something is written again, and server logic may touch any row then. */
  forgetLeft(): void {
    this.#left.clear();
  }

  /** Each row once by its final fate; what was never reached counts as failed. */
  async counts(
    plan: Plan,
    allowBlocked: boolean,
    signal: AbortSignal,
  ): Promise<{ readonly counts: Counts; readonly notReached: number }> {
    const rows = new Map<string, { created: boolean; fates: Set<ActionFate> }>();
    const links = { link: 0, unlink: 0, delete: 0 };
    let notReached = 0;
    for await (const action of plan.actions(signal)) {
      const fate = this.fateOf(action.number);
      if (action.kind === 'link' || action.kind === 'unlink' || action.kind === 'delete')
        links[action.kind] += fate === 'done' ? 1 : 0;
      if (fate === 'open' && action.kind !== 'blocked' && action.kind !== 'manual') notReached += 1;
      if (!writesColumns(action)) continue;
      const row = rows.get(rowKey(action.row)) ?? { created: false, fates: new Set() };
      rows.set(rowKey(action.row), row);
      row.fates.add(fate);
      if (action.kind === 'create' && fate === 'done') row.created = true;
    }
    const blocked = plan.counts.failed;
    const counts = {
      ...plan.counts,
      created: 0,
      updated: 0,
      failed: allowBlocked ? 0 : blocked,
      skipped: plan.counts.skipped + (allowBlocked ? blocked : 0),
      linked: links.link,
      unlinked: links.unlink,
      deleted: links.delete,
      settled: this.settled,
    };
    for (const { created, fates } of rows.values())
      if (fates.has('failed') || fates.has('open')) counts.failed += 1;
      else if (created) counts.created += 1;
      else if (fates.has('done')) counts.updated += 1;
      else counts.unchanged += 1;
    return { counts, notReached };
  }
}

/** Why an action failed, as a finding that names table, id, name, column and cause. */
export function failureOf(
  action: Action,
  outcome: Exclude<ScheduledOutcome, { readonly is: 'done' }>,
  causeOf: (action: number) => Finding | undefined,
): Finding {
  const row = { ref: action.row, name: action.name };
  if (outcome.is === 'held-back') {
    const cause = causeOf(outcome.because);
    return {
      severity: 'error',
      code: 'URM1402',
      where: placeOf(row),
      summary: 'The row was held back, because a row it needs could not be written',
      detail: cause === undefined ? `Action ${outcome.because}.` : rootOf(cause),
      remedy: 'Resolve the finding of the row it needs, then import again.',
    };
  }
  const { error } = outcome;
  const column = columnIn(error.serviceMessage, action);
  if (outcome.is === 'unknown')
    return {
      severity: 'error',
      code: 'URM1403',
      where: placeOf(row),
      summary: 'No answer came, so that it is not known whether the row was written',
      detail: error.what,
      remedy: 'Import again: rows that are there are recognized.',
    };
  if (error.status === 412 && action.kind !== 'create') return changedMeanwhile(action);
  const facts = [error.status, error.serviceCode, error.requestId]
    .filter((fact) => fact !== undefined)
    .join(' ');
  if (isMissingVariable(error.serviceMessage))
    return {
      severity: 'error',
      code: 'URM1411',
      where: placeOf(row, column),
      summary: 'The environment refused the ruleset: a context variable that it names is not there',
      detail: `${error.serviceMessage} ${facts}`,
      remedy: 'Import the workstream with its variables and surveys, then import again.',
    };
  return {
    severity: 'error',
    code: 'URM1401',
    where: placeOf(row, column),
    summary: `The environment refused to ${action.kind} the row: ${error.serviceMessage === '' ? error.what : error.serviceMessage}`,
    detail: facts,
    remedy: 'Correct the cause and import again: only what is missing is written.',
  };
}

/** As github.com/MicrosoftDocs/dynamics-365-customer-engagement/issues/2746 shows it. */
function isMissingVariable(message: string): boolean {
  return [
    'msdyn_rulesetdependencymapping',
    'msdyn_referencedpolymorphicentityid',
    'Guid.Empty',
  ].every((word) => message.includes(word));
}

/** Somebody else was at work in the same row. */
export function changedMeanwhile(action: Action): Finding {
  return {
    severity: 'error',
    code: 'URM1405',
    where: placeOf({ ref: action.row, name: action.name }),
    summary:
      action.kind === 'create'
        ? 'Somebody else created a row with this id while the import ran'
        : 'Somebody changed the row between the comparison and the write',
    detail: '',
    remedy: 'Plan again and look at what changed.',
  };
}

function rootOf(cause: Finding): string {
  return cause.code === 'URM1402' ? cause.detail : `${cause.where}: ${cause.summary}`;
}

/** The column that the service's message names; where it names none, the only one that was written. */
function columnIn(message: string, action: Action): string | undefined {
  if (!writesColumns(action)) return undefined;
  const columns = action.changes.map((change) => change.column);
  const named = columns
    .filter((column) => new RegExp(`\\b_?${column}(_value)?\\b`, 'i').test(message))
    .sort((one, other) => other.length - one.length);
  return named[0] ?? (columns.length === 1 ? columns[0] : undefined);
}
