import type { Finding } from '../errors/finding.ts';
import type { Outcome } from '../model/result.ts';

/** How a stage ended by what it found: an error fails it, a warning leaves issues. */
export function outcomeOf(findings: readonly Finding[]): Outcome {
  if (findings.some(({ severity }) => severity === 'error')) return 'failed';
  if (findings.some(({ severity }) => severity === 'warning')) return 'succeededWithIssues';
  return 'succeeded';
}
