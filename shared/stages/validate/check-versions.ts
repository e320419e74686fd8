import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Finding } from '../../errors/finding.ts';
import { compareVersions } from '../solutions/compare-versions.ts';

/** Compares the platform's version and those of the managed solutions, which bring the channels. */
export async function checkVersions(
  source: DataverseReader,
  target: DataverseReader,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const here = source.gathered?.() ?? source;
  const there = target.gathered?.() ?? target;
  const [from, to, sourceSolutions, targetSolutions] = await Promise.all([
    here.version(signal),
    there.version(signal),
    solutionsOf(here, signal),
    solutionsOf(there, signal),
  ]);
  // Whoever may not read solutions sees none.
  if (sourceSolutions.size === 0 || targetSolutions.size === 0)
    return from === to ? [] : [platform(from, to, target.url)];
  const missing: string[] = [];
  const older: string[] = [];
  const newer: string[] = [];
  for (const [name, version] of sourceSolutions) {
    const other = targetSolutions.get(name);
    if (other === undefined) missing.push(`${name} ${version}`);
    else if (compareVersions(other, version) < 0) older.push(`${name} ${other} < ${version}`);
    else if (compareVersions(other, version) > 0) newer.push(`${name} ${other} > ${version}`);
  }
  return [
    ...(from === to ? [] : [platform(from, to, target.url)]),
    ...solutions(missing, 'missing in the target', 'Install them in the target', target.url),
    ...solutions(older, 'older in the target', 'Update the target', target.url),
    ...solutions(newer, 'newer in the target', 'Update the source', target.url),
  ];
}

/** Unique name → version; none where the caller may not read solutions. */
async function solutionsOf(
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const solutions = new Map<string, string>();
  try {
    const answer = await reader.get(
      'solutions?$select=uniquename,version&$filter=ismanaged eq true',
      signal,
    );
    for (const { uniquename, version } of rowsIn(answer))
      if (typeof uniquename === 'string' && typeof version === 'string')
        solutions.set(uniquename, version);
  } catch (error) {
    if (!(error instanceof DataverseError) || error.retryable) throw error;
  }
  return solutions;
}

function rowsIn(answer: unknown): readonly Record<string, unknown>[] {
  if (typeof answer !== 'object' || answer === null || !('value' in answer)) return [];
  return Array.isArray(answer.value)
    ? answer.value.filter((row) => typeof row === 'object' && row !== null)
    : [];
}

function platform(from: string, to: string, where: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1209',
    where,
    summary: `The platform is ${from} in the source and ${to} in the target`,
    detail: '',
    remedy: 'Wait for the update of the older environment, or bring it forward.',
  };
}

function solutions(
  names: readonly string[],
  how: string,
  step: string,
  where: string,
): readonly Finding[] {
  if (names.length === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'URM1209',
      where,
      summary: `${names.length} managed ${names.length === 1 ? 'solution is' : 'solutions are'} ${how}`,
      detail: [...names].sort().join('; '),
      remedy: `${step}: configuration moves safely between equal versions only.`,
    },
  ];
}
