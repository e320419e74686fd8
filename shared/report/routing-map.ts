/** What is to be said about a place of the map. The sign and the words carry it; colour only repeats it. */
export interface MapMark {
  readonly kind: 'new' | 'changed' | 'missing' | 'extra' | 'problem' | 'to-do';
  readonly text: string;
}

/** A box of the map. */
export interface MapNode {
  /** Unique in the map: `queue/3f2a…`. */
  readonly key: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly marks: readonly MapMark[];
}

/** A ruleset, with the queues that its rules lead to. */
export interface MapRuleset extends MapNode {
  readonly leadsTo: readonly string[];
}

/** A queue, with where its work goes when it is too much. */
export interface MapQueue extends MapNode {
  readonly overflow: readonly MapNode[];
}

/** A workstream, and everything that its work can come through. */
export interface MapWorkstream extends MapNode {
  /** `voice`, `live chat`, `records`, … */
  readonly channel: string;
  readonly rulesets: readonly MapRuleset[];
  /** Queues that no rule is needed for, by key: the default queue, the bot's, the one for calls out. */
  readonly direct: readonly { readonly queue: string; readonly why: string }[];
}

/** How work finds its way: from channels through workstreams and rules to queues. Plain data. */
export interface RoutingMap {
  readonly workstreams: readonly MapWorkstream[];
  readonly queues: readonly MapQueue[];
}

/** The sign of a mark, which says the same as its colour. */
export const markSigns = {
  new: '+',
  extra: '+',
  changed: '~',
  missing: '−',
  problem: '!',
  'to-do': '?',
} as const satisfies Record<MapMark['kind'], string>;

/** Words for the legend. */
export const markWords = {
  new: 'will be made',
  extra: 'is there and nobody brought it',
  changed: 'differs',
  missing: 'is gone',
  problem: 'problem',
  'to-do': 'to do by hand',
} as const satisfies Record<MapMark['kind'], string>;

/** Queues of a workstream in the order in which its rules name them, with the rulesets that lead there. */
export function queuesOf(map: RoutingMap, workstream: MapWorkstream): readonly MapQueue[] {
  const keys = new Set([
    ...workstream.rulesets.flatMap(({ leadsTo }) => leadsTo),
    ...workstream.direct.map(({ queue }) => queue),
  ]);
  return [...keys].flatMap((key) => map.queues.find((queue) => queue.key === key) ?? []);
}

/** Every mark of a workstream and of what it leads to. */
export function marksOf(map: RoutingMap, workstream: MapWorkstream): readonly MapMark[] {
  return [
    ...workstream.marks,
    ...workstream.rulesets.flatMap(({ marks }) => marks),
    ...queuesOf(map, workstream).flatMap(({ marks, overflow }) => [
      ...marks,
      ...overflow.flatMap((node) => node.marks),
    ]),
  ];
}
