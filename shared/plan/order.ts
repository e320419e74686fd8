import type { Node, Reference } from './source-index.ts';

/** When each row can be written, and what of it has to wait. */
export interface Order {
  /** 0 for rows that need no other row of this plan. */
  readonly levelOf: (node: Node) => number;
  readonly levels: number;
  /** Columns that close a circle: written when all rows are there. */
  readonly deferredOf: (node: Node) => ReadonlySet<string>;
  /** Rows whose required lookups form a circle: none of them can be written first. */
  readonly stuck: ReadonlySet<Node>;
}

const nothing: ReadonlySet<string> = new Set();

/**
 * Orders rows by their references to rows that are still to be created. A reference that is not
 * required gives way where references form a circle.
 */
export function orderRows(
  references: Iterable<Reference>,
  isCreated: (node: Node) => boolean,
): Order {
  const edges = [...references].filter((reference) => isCreated(reference.to));
  const deferred = new Map<Node, Set<string>>();
  for (const edge of circular(edges).filter((found) => !found.hard)) {
    const columns = deferred.get(edge.from) ?? new Set();
    deferred.set(edge.from, columns.add(edge.column));
  }
  // A column waits as a whole: a text with one circular reference is written later with all of them.
  const kept = edges.filter((edge) => deferred.get(edge.from)?.has(edge.column) !== true);
  const stuck = new Set(circular(kept).flatMap((edge) => [edge.from, edge.to]));
  const levels = longestPaths(kept.filter((edge) => !stuck.has(edge.from) && !stuck.has(edge.to)));
  let highest = 0;
  for (const level of levels.values()) highest = Math.max(highest, level);
  return {
    levelOf: (node) => levels.get(node) ?? 0,
    levels: highest + 1,
    deferredOf: (node) => deferred.get(node) ?? nothing,
    stuck,
  };
}

/** The references that lie on a circle: both ends in one strongly connected component. */
function circular(edges: readonly Reference[]): readonly Reference[] {
  const component = components(edges);
  return edges.filter(
    (edge) => edge.from === edge.to || component.get(edge.from) === component.get(edge.to),
  );
}

/** Tarjan's algorithm without recursion: a chain of rows may be longer than the stack is deep. */
function components(edges: readonly Reference[]): ReadonlyMap<Node, number> {
  const next = successors(edges);
  const index = new Map<Node, number>();
  const low = new Map<Node, number>();
  const component = new Map<Node, number>();
  const path: Node[] = [];
  const lowest = (node: Node, value: number): void => {
    low.set(node, Math.min(low.get(node) ?? value, value));
  };
  for (const start of next.keys()) {
    if (index.has(start)) continue;
    const work: { readonly node: Node; at: number }[] = [{ node: start, at: 0 }];
    for (let top = work.at(-1); top !== undefined; top = work.at(-1)) {
      const { node } = top;
      if (top.at === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node) ?? 0);
        path.push(node);
      }
      const follower = next.get(node)?.[top.at];
      if (follower !== undefined) {
        top.at += 1;
        if (!index.has(follower)) work.push({ node: follower, at: 0 });
        else if (!component.has(follower)) lowest(node, index.get(follower) ?? 0);
        continue;
      }
      work.pop();
      const parent = work.at(-1);
      if (parent !== undefined) lowest(parent.node, low.get(node) ?? 0);
      if (low.get(node) !== index.get(node)) continue;
      for (let member = path.pop(); member !== undefined; member = path.pop()) {
        component.set(member, index.get(node) ?? 0);
        if (member === node) break;
      }
    }
  }
  return component;
}

function successors(edges: readonly Reference[]): ReadonlyMap<Node, readonly Node[]> {
  const next = new Map<Node, Node[]>();
  for (const edge of edges) {
    const list = next.get(edge.from);
    if (list === undefined) next.set(edge.from, [edge.to]);
    else list.push(edge.to);
    if (!next.has(edge.to)) next.set(edge.to, []);
  }
  return next;
}

/** Each row one level after the last row it refers to. The references hold no circle. */
function longestPaths(edges: readonly Reference[]): ReadonlyMap<Node, number> {
  const referrers = new Map<Node, Node[]>();
  const waiting = new Map<Node, number>();
  const level = new Map<Node, number>();
  for (const { from, to } of edges) {
    const list = referrers.get(to);
    if (list === undefined) referrers.set(to, [from]);
    else list.push(from);
    waiting.set(from, (waiting.get(from) ?? 0) + 1);
    if (!waiting.has(to)) waiting.set(to, 0);
  }
  let ready = [...waiting].filter(([, count]) => count === 0).map(([node]) => node);
  for (const node of ready) level.set(node, 0);
  while (ready.length > 0) {
    const following: Node[] = [];
    for (const node of ready) {
      for (const referrer of referrers.get(node) ?? []) {
        level.set(referrer, Math.max(level.get(referrer) ?? 0, (level.get(node) ?? 0) + 1));
        const left = (waiting.get(referrer) ?? 1) - 1;
        waiting.set(referrer, left);
        if (left === 0) following.push(referrer);
      }
    }
    ready = following;
  }
  return level;
}
