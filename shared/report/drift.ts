import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Change, PlannedValue } from '../model/plan.ts';
import type { Link, RowRef } from '../model/row.ts';
import { describeValue, type TextWords } from './describe-action.ts';
import type { Check } from './report.ts';

/** How an environment differs from what it should hold: one row or link. */
export interface Difference {
  readonly kind: 'changed' | 'missing' | 'extra';
  readonly row: RowRef;
  readonly name: string;
  /** The row's id where it came from, if it is another one. */
  readonly source?: Guid;
  /** Of a changed row: `before` is what it should hold, `after` what it holds. */
  readonly changes: readonly Change[];
  /** Set when the difference is a link between two rows. */
  readonly link?: Link;
  /** What keeps the columns from being compared. */
  readonly note?: string;
}

/** A difference with who made it, when, and whether anybody has to look at it. */
export interface Drift extends Difference {
  readonly who: string;
  /** ISO 8601 in UTC; absent: not known. */
  readonly when?: string;
  /** Accepted by a rule of the configuration, with its reason; or known from an earlier check. */
  readonly accepted?: string;
  readonly known?: true;
}

/** Whether a difference counts. */
export function isOpen(drift: Drift): boolean {
  return drift.accepted === undefined && drift.known === undefined;
}

const verbs = { changed: 'changed', missing: 'missing', extra: 'extra' } as const;

/** `queue "Billing"`, or the link between two rows. */
export function driftSubject({ row, name, link }: Difference): string {
  return link === undefined
    ? `${row.table} "${name}"`
    : `link ${link.relationship} of ${row.table} "${name}" to ${link.to.table} ${link.to.id}`;
}

/** `by Ann Berger on 2025-03-04 08:15 UTC`. */
export function whoAndWhen({ who, when }: Drift): string {
  return when === undefined
    ? `by ${who}`
    : `by ${who} on ${when.slice(0, 16).replace('T', ' ')} UTC`;
}

/** What changed, a line per column; rulesets by the sentences that differ. */
export function driftDetails(drift: Difference, words?: TextWords): readonly string[] {
  if (drift.note !== undefined) return [drift.note];
  return drift.changes.flatMap((change) => {
    const read = (value: PlannedValue): readonly string[] =>
      typeof value === 'string' ? (words?.(drift.row.table, change.column, value) ?? []) : [];
    const should = read(change.before);
    const holds = read(change.after);
    const lines = [
      ...should.filter((line) => !holds.includes(line)).map((line) => `should be: ${line}`),
      ...holds.filter((line) => !should.includes(line)).map((line) => `is: ${line}`),
    ];
    return lines.length > 0
      ? [change.column, ...lines]
      : [
          `${change.column} should be ${describeValue(change.before)} and is ${describeValue(change.after)}`,
        ];
  });
}

const codes = { changed: 'URM1601', missing: 'URM1602', extra: 'URM1603' } as const;

const remedies = {
  changed: 'Import the package again, take the change over into the source, or accept it.',
  missing: 'Import the package again, delete it in the source too, or accept it.',
  extra: 'Delete it, make it in the source too, or accept it.',
} as const;

/** A difference as a finding. What was accepted or is known is told, and does not count. */
export function driftFinding(drift: Drift, words?: TextWords): Finding {
  const columns = drift.changes.map(({ column }) => column).join(', ');
  const where = `${drift.row.table} ${drift.row.id} ${drift.name}`;
  const why =
    drift.accepted === undefined
      ? drift.known
        ? ' (known from an earlier check)'
        : ''
      : ` (accepted: ${drift.accepted})`;
  return {
    severity: isOpen(drift) ? 'warning' : 'info',
    code: codes[drift.kind],
    where: columns === '' ? where : `${where}, column ${columns}`,
    summary: `${driftSubject(drift)} is ${verbs[drift.kind]}, ${whoAndWhen(drift)}${why}`,
    detail: driftDetails(drift, words).join('; '),
    remedy: isOpen(drift) ? remedies[drift.kind] : '',
  };
}

/** Differences as checks for the Tests tab, and one passed check for each table without any. */
export function driftChecks(
  drifts: readonly Drift[],
  tables: readonly string[],
  words?: TextWords,
): readonly Check[] {
  const touched = new Set(drifts.map(({ row }) => row.table));
  return [
    ...tables
      .filter((table) => !touched.has(table))
      .map((table) => ({ group: table, name: 'nothing drifted' })),
    ...drifts.map((drift): Check => {
      const check = { group: drift.row.table, name: `${driftSubject(drift)} is as it should be` };
      const finding = driftFinding(drift, words);
      if (isOpen(drift)) return { ...check, finding: { ...finding, severity: 'error' } };
      return { ...check, skipped: drift.accepted ?? 'known from an earlier check' };
    }),
  ];
}
