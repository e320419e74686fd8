import type { Finding } from '../errors/finding.ts';
import type { ResolvedIdentities } from './identity.ts';
import { placeOf, rowProblem } from './row-finding.ts';
import type { Node, SourceIndex } from './source-index.ts';

/** Rows that cannot be written: those with a problem of their own, and those that need one of them. */
export interface BlockedRows {
  readonly findingOf: (node: Node) => Finding | undefined;
  /** Whether the target will have no such row after the import. */
  readonly willBeMissing: (node: Node) => boolean;
}

/**
 * Follows the references to rows that are blocked and not in the target yet: who refers to them
 * cannot be written either. Everything else goes on.
 */
export function blockedRows(
  index: SourceIndex,
  identities: ResolvedIdentities,
  problems: ReadonlyMap<Node, Finding>,
  isWritten: (node: Node) => boolean,
): BlockedRows {
  const isAbsent = (node: Node): boolean => identities.matchOf(node).is !== 'same';
  const findings = new Map(problems);
  const willBeMissing = (node: Node): boolean => findings.has(node) && isAbsent(node);
  let queue = [...problems.keys()].filter(isAbsent);
  const referrers = queue.length === 0 ? undefined : referrersOf(index);
  while (queue.length > 0) {
    const next: Node[] = [];
    for (const cause of queue)
      for (const { from, column } of referrers?.get(cause) ?? []) {
        if (findings.has(from) || !isWritten(from)) continue;
        const root = findings.get(cause);
        if (root === undefined) continue;
        findings.set(from, dependent(index, { node: from, column }, cause, root));
        if (isAbsent(from)) next.push(from);
      }
    queue = next;
  }
  return { findingOf: (node) => findings.get(node), willBeMissing };
}

interface Referrer {
  readonly from: Node;
  readonly column: string;
}

function referrersOf(index: SourceIndex): ReadonlyMap<Node, readonly Referrer[]> {
  const referrers = new Map<Node, Referrer[]>();
  for (const { from, to, column, byName } of index.references()) {
    // Another row of the same name may serve as well; the service will tell if none does.
    if (byName) continue;
    const list = referrers.get(to);
    if (list === undefined) referrers.set(to, [{ from, column }]);
    else list.push({ from, column });
  }
  return referrers;
}

function dependent(
  index: SourceIndex,
  row: { readonly node: Node; readonly column: string },
  cause: Node,
  root: Finding,
): Finding {
  const needed = placeOf({ ref: index.refOf(cause), name: index.nameOf(cause) });
  // The root's own cause is carried along, so that every finding names what has to be resolved.
  const because = root.code === 'URM1320' ? root.detail : `${root.where}: ${root.summary}`;
  return rowProblem(
    'URM1320',
    { ref: index.refOf(row.node), name: index.nameOf(row.node), column: row.column },
    {
      summary: `The row needs ${needed}, which is blocked`,
      detail: because,
      remedy: 'Resolve the finding of the row it needs, then plan again.',
    },
  );
}
