import type { Finding } from '../../errors/finding.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import { pushTo } from '../../plan/group-by.ts';
import type { Node } from '../../plan/source-index.ts';

const workstream = 'msdyn_liveworkstream';
/** Rows that belong to the workstream they refer to. */
const belonging = new Set([
  'msdyn_routingconfiguration',
  'msdyn_routingconfigurationstep',
  'msdyn_livechatconfig',
  'msdyn_channelinstance',
]);

/** Names the workstreams that are there already and that a plan changes, with all that they lead to. */
export async function affectedLines(
  plan: BuiltPlan,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { index, identities } = plan;
  const referrers = new Map<Node, Node[]>();
  const references = new Map<Node, Node[]>();
  for (const { from, to } of index.references()) {
    pushTo(referrers, to, from);
    pushTo(references, from, to);
  }
  const tableOf = (node: Node): string => index.refOf(node).table;
  const touched = new Map<Node, Set<string>>();
  for await (const { kind, row, source, name } of plan.actions(signal)) {
    if (kind === 'blocked' || kind === 'manual') continue;
    const start = index.nodeOf({ table: row.table, id: source ?? row.id });
    if (start === undefined) continue;
    const seen = new Set<Node>([start]);
    for (const node of seen) {
      if (tableOf(node) === workstream) {
        if (!identities.isCreated(node))
          touched.set(node, (touched.get(node) ?? new Set()).add(`${row.table} ${name}`));
        continue;
      }
      // Up to what uses the row; from there down to the workstream that it belongs to.
      for (const user of referrers.get(node) ?? []) seen.add(user);
      if (belonging.has(tableOf(node)))
        for (const to of references.get(node) ?? [])
          if (tableOf(to) === workstream || belonging.has(tableOf(to))) seen.add(to);
    }
  }
  return [...touched].map(([node, by]) => ({
    severity: 'info',
    code: 'URM1350',
    where: `${workstream} ${index.refOf(node).id} ${index.nameOf(node)}`,
    summary: `Calls and chats of this workstream are affected: ${by.size} rows change that it leads to`,
    detail: [...by].slice(0, 10).join('; '),
    remedy: 'Apply the plan when little is going on, or tell those who answer.',
  }));
}
