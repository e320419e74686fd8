import type { Random } from './random.ts';

/** Values that are none of those a reader of JSON expects. */
const strange: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  'text',
  '\u0000',
  '../../x',
  '00000000-0000-0000-0000-000000000000',
  [],
  [null],
  [[]],
  {},
  { length: 1e9 },
];

const names: readonly string[] = ['__proto__', 'constructor', 'toString', 'length', '', '0', 'x'];

/** The same JSON with one or a few members changed, taken away, doubled or put elsewhere. */
export function mutateJson(text: string, random: Random): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return text;
  }
  for (let times = 1 + random.below(3); times > 0; times -= 1) root = changed(root, random, 0);
  return JSON.stringify(root);
}

function changed(value: unknown, random: Random, depth: number): unknown {
  const isLeaf = typeof value !== 'object' || value === null;
  if (isLeaf || depth > 20 || random.oneIn(6)) return other(value, random);
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    if (list.length === 0) return [random.pick(strange)];
    const at = random.below(list.length);
    if (random.oneIn(5)) return list.filter((_, index) => index !== at);
    if (random.oneIn(5)) return [...list, ...list];
    return list.map((item, index) => (index === at ? changed(item, random, depth + 1) : item));
  }
  const entries = Object.entries(value);
  const chosen = entries[random.below(Math.max(1, entries.length))];
  if (chosen === undefined) return Object.fromEntries([[random.pick(names), random.pick(strange)]]);
  const [name, member] = chosen;
  const rest = entries.filter((entry) => entry !== chosen);
  // Members of a given name, `__proto__` too, which is why no literal is written here.
  if (random.oneIn(6)) return Object.fromEntries(rest);
  if (random.oneIn(6)) return Object.fromEntries([...rest, [random.pick(names), member]]);
  return Object.fromEntries(
    entries.map((entry) => (entry === chosen ? [name, changed(member, random, depth + 1)] : entry)),
  );
}

function other(value: unknown, random: Random): unknown {
  switch (random.below(5)) {
    case 0:
      return [value];
    case 1:
      return Object.fromEntries([[random.pick(names), value]]);
    case 2:
      return nested(value, random.pick([2, 40, 200, 3000]));
    default:
      return random.pick(strange);
  }
}

function nested(value: unknown, depth: number): unknown {
  let outer = value;
  for (let level = 0; level < depth; level += 1)
    outer = level % 2 === 0 ? [outer] : { value: outer };
  return outer;
}
