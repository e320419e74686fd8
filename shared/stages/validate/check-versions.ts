import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Finding } from '../../errors/finding.ts';

/** Compares the platform's version and those of the managed solutions that both have or the target lacks. */
export async function checkVersions(
  source: DataverseReader,
  target: DataverseReader,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const [from, to, sourceSolutions, targetSolutions] = await Promise.all([
    source.version(signal),
    target.version(signal),
    solutionsOf(source, signal),
    solutionsOf(target, signal),
  ]);
  const differing = [...sourceSolutions]
    .filter(([name, version]) => targetSolutions.get(name) !== version)
    .map(([name, version]) => `${name} ${version} ≠ ${targetSolutions.get(name) ?? 'missing'}`);
  return [
    ...(from === to
      ? []
      : [finding(`The platform is ${from} in the source and ${to} in the target`, '', target.url)]),
    ...(differing.length === 0 || targetSolutions.size === 0
      ? []
      : [
          finding(
            `${differing.length} managed ${differing.length === 1 ? 'solution has' : 'solutions have'} another version in the target, or are missing`,
            differing.sort().join('; '),
            target.url,
          ),
        ]),
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

function finding(summary: string, detail: string, where: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1209',
    where,
    summary,
    detail,
    remedy: 'Bring both environments to the same version before the import.',
  };
}
