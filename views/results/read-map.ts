import {
  markSigns,
  type MapMark,
  type MapNode,
  type MapQueue,
  type MapRuleset,
  type MapWorkstream,
  type RoutingMap,
} from '#shared/report/routing-map.ts';

type Members = Readonly<Record<string, unknown>>;

/** A routing map from what was attached; a part that is none is left out. */
export function readMap(value: unknown): RoutingMap | undefined {
  if (!isMembers(value)) return undefined;
  return {
    workstreams: listOf(value['workstreams'], workstreamOf),
    queues: listOf(value['queues'], queueOf),
  };
}

function workstreamOf(value: Members): MapWorkstream | undefined {
  const node = nodeOf(value);
  const { channel } = value;
  if (node === undefined || typeof channel !== 'string') return undefined;
  return {
    ...node,
    channel,
    rulesets: listOf(value['rulesets'], rulesetOf),
    direct: listOf(value['direct'], ({ queue, why }) =>
      typeof queue === 'string' && typeof why === 'string' ? { queue, why } : undefined,
    ),
  };
}

function rulesetOf(value: Members): MapRuleset | undefined {
  const node = nodeOf(value);
  return node === undefined ? undefined : { ...node, leadsTo: textsOf(value['leadsTo']) };
}

function queueOf(value: Members): MapQueue | undefined {
  const node = nodeOf(value);
  return node === undefined ? undefined : { ...node, overflow: listOf(value['overflow'], nodeOf) };
}

function nodeOf(value: Members): MapNode | undefined {
  const { key, title, lines, marks } = value;
  if (typeof key !== 'string' || typeof title !== 'string') return undefined;
  return { key, title, lines: textsOf(lines), marks: listOf(marks, markOf) };
}

function markOf({ kind, text }: Members): MapMark | undefined {
  return typeof kind === 'string' && isKind(kind) && typeof text === 'string'
    ? { kind, text }
    : undefined;
}

function isKind(kind: string): kind is MapMark['kind'] {
  return Object.hasOwn(markSigns, kind);
}

function listOf<Item>(
  value: unknown,
  read: (members: Members) => Item | undefined,
): readonly Item[] {
  return (Array.isArray(value) ? value : []).flatMap((each: unknown) => {
    const item = isMembers(each) ? read(each) : undefined;
    return item === undefined ? [] : [item];
  });
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : []).filter((each) => typeof each === 'string');
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}
