import type { FindingCode } from '../errors/codes.ts';
import type { Finding } from '../errors/finding.ts';

/** Findings that another finding is the cause of; theirs tells of it in its detail. */
const consequences: ReadonlySet<FindingCode> = new Set(['URM1320', 'URM1402']);

/** A finding that stands for everything that goes back to it. */
export interface RootCause {
  readonly finding: Finding;
  /** The same elsewhere: it differs in its place only. */
  readonly elsewhere: readonly Finding[];
  /** What was held back because of it. */
  readonly heldBack: readonly Finding[];
}

/**
 * Findings by what has to be done about them: a privilege that is missing is one problem, however many
 * rows ask for it, and a row that waits for another one is none of its own.
 */
export function rootCauses(findings: readonly Finding[]): readonly RootCause[] {
  const roots = new Map<string, { finding: Finding; elsewhere: Finding[]; heldBack: Finding[] }>();
  const byPlace = new Map<string, string>();
  for (const finding of findings) {
    if (consequences.has(finding.code)) continue;
    const { severity, code, where, summary, remedy } = finding;
    // Details tell figures of one place, such as the number of a request.
    // Every input that is wrong is to be corrected by itself.
    const at = code === 'URM1001' ? where : '';
    const key = JSON.stringify([severity, code, at, summary, remedy]);
    byPlace.set(`${where}: ${summary}`, key);
    const known = roots.get(key);
    if (known === undefined) roots.set(key, { finding, elsewhere: [], heldBack: [] });
    else known.elsewhere.push(finding);
  }
  for (const finding of findings) {
    if (!consequences.has(finding.code)) continue;
    const cause = roots.get(byPlace.get(finding.detail) ?? '');
    if (cause !== undefined) cause.heldBack.push(finding);
    // Its cause is not among these findings: it is the one to be told.
    else roots.set(JSON.stringify(finding), { finding, elsewhere: [], heldBack: [] });
  }
  return [...roots.values()];
}
