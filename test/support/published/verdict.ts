import { readFileSync } from 'node:fs';
import type { Compared, Difference } from './compare.ts';

/** A reviewed difference: where it is allowed, and why it is meant. */
export interface Reason {
  readonly what: readonly string[];
  /** Absent: in any table. */
  readonly tables?: readonly string[];
  /** Schemas and queries; absent: in any. */
  readonly names?: readonly string[];
  readonly reason: string;
}

/** What is to be said of a published schema or query. */
export type Verdict = 'same' | 'differs on purpose' | 'missing';

/** The reviewed list. */
export function readReasons(): readonly Reason[] {
  const path = new URL('../../fixtures/published/reasons.json', import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as readonly Reason[];
}

/** A point on which pages, schemas and queries say different things, and the reading that is taken. */
export interface Disagreement {
  readonly point: string;
  readonly reading: string;
}

/** Every point, each with a check of its own in the tests. */
export function readDisagreements(): readonly Disagreement[] {
  const path = new URL('../../fixtures/published/disagreements.json', import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as readonly Disagreement[];
}

/** The reviewed reasons that cover a difference. */
export function reasonsFor(
  reasons: readonly Reason[],
  { name }: Compared,
  { table, what }: Difference,
): readonly Reason[] {
  return reasons.filter(
    (each) =>
      each.what.includes(what) &&
      (each.tables === undefined || each.tables.includes(table)) &&
      (each.names === undefined || each.names.includes(name)),
  );
}

/** `missing` where anything differs that no reviewed reason covers. */
export function verdictOf(reasons: readonly Reason[], compared: Compared): Verdict {
  if (compared.differences.length === 0) return 'same';
  return compared.differences.every((each) => reasonsFor(reasons, compared, each).length > 0)
    ? 'differs on purpose'
    : 'missing';
}
