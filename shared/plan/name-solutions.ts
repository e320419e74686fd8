import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { ResolvedIdentities } from './identity.ts';
import type { TargetLookup } from './ports.ts';
import type { Node } from './source-index.ts';

/** Says of blocked managed rows which solution of the target they belong to. */
export async function nameSolutions(
  problems: Map<Node, Finding>,
  identities: ResolvedIdentities,
  target: TargetLookup,
  signal: AbortSignal,
): Promise<void> {
  const managed = [...problems].filter(([, { code }]) => code === 'URM1319');
  if (managed.length === 0 || target.solutionsOf === undefined) return;
  const idOf = (node: Node): Guid => identities.targetOf(node)?.id ?? '';
  const solutions = await target.solutionsOf(
    managed.map(([node]) => idOf(node)),
    signal,
  );
  for (const [node, finding] of managed) {
    const names = solutions?.get(idOf(node))?.join(' and ');
    if (names !== undefined)
      problems.set(node, {
        ...finding,
        summary: `The row differs, but it belongs to the managed solution ${names} of the target`,
        remedy: `Bring the change with ${names}, or take the row out of the package.`,
      });
  }
}
