import type { Random } from './random.ts';

/** What a mutation may draw from. */
export interface MutationSource {
  readonly random: Random;
  /** Other inputs, to splice with. */
  readonly others: readonly Uint8Array[];
  /** Words of the format. */
  readonly words: readonly string[];
  readonly maxBytes: number;
}

type Mutation = (input: Buffer, source: MutationSource) => Uint8Array;

/** Makes an input that is nearly another one. */
export function mutate(input: Uint8Array, source: MutationSource): Uint8Array {
  const { random, maxBytes } = source;
  let mutated: Uint8Array = input;
  for (let times = 1 + random.below(4); times > 0; times -= 1)
    mutated = random.pick(mutations)(Buffer.from(mutated), source);
  return mutated.length > maxBytes ? mutated.subarray(0, maxBytes) : mutated;
}

/** Texts that readers of any format trip over. */
const traps: readonly string[] = [
  '',
  '0',
  '-1',
  '1e999',
  '9007199254740993',
  '4294967296',
  'NaN',
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../',
  '..\\',
  '/etc/passwd',
  'C:\\',
  '\u0000',
  '\ufeff',
  '\ud800',
  '\u2028',
  '\r\n',
  '%00',
  '%',
  '&amp;',
  '&#0;',
  '&#x110000;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<!DOCTYPE x [<!ENTITY a "b">]>',
  '<?',
  '00000000-0000-0000-0000-000000000000',
  '2024-13-45T99:99:99Z',
];

const mutations: readonly Mutation[] = [
  // A bit, and a byte.
  (input, { random }) => {
    const at = random.below(input.length + 1);
    if (at < input.length) input[at] = (input[at] ?? 0) ^ (1 << random.below(8));
    return input;
  },
  (input, { random }) => {
    const at = random.below(input.length + 1);
    if (at < input.length) input[at] = random.pick([0, 10, 34, 38, 39, 60, 92, 127, 128, 192, 255]);
    return input;
  },
  // Cut, take out, say twice, move.
  (input, { random }) => input.subarray(0, random.below(input.length + 1)),
  (input, { random }) => {
    const [start, end] = range(input, random);
    return Buffer.concat([input.subarray(0, start), input.subarray(end)]);
  },
  (input, { random }) => {
    const [start, end] = range(input, random);
    return Buffer.concat([input.subarray(0, end), input.subarray(start)]);
  },
  (input, { random }) => {
    const [start, end] = range(input, random);
    const at = random.below(input.length + 1);
    return insert(input, at, input.subarray(start, end));
  },
  // Words of the format and traps, put in or in place of a word, a number or a quoted text.
  (input, { random, words }) =>
    insert(input, random.below(input.length + 1), anyWord(random, words)),
  (input, { random, words }) => {
    const [start, end] = token(input, random);
    return Buffer.concat([input.subarray(0, start), anyWord(random, words), input.subarray(end)]);
  },
  (input, { random }) => {
    const [start, end] = token(input, random);
    return insert(input, start, input.subarray(start, end));
  },
  // A part many times: depth, width and length.
  (input, { random }) => {
    const [start, end] = token(input, random);
    const times = random.pick([3, 10, 70, 300, 3000]);
    return insert(input, start, repeated(input.subarray(start, end), times));
  },
  (input, { random, words }) => {
    const times = random.pick([5, 70, 250, 5000]);
    return insert(input, random.below(input.length + 1), repeated(anyWord(random, words), times));
  },
  // Two inputs in one.
  (input, { random, others }) => {
    if (others.length === 0) return input;
    const other = random.pick(others);
    const tail = other.subarray(random.below(other.length + 1));
    return Buffer.concat([input.subarray(0, random.below(input.length + 1)), tail]);
  },
  (input, { random, others }) => {
    if (others.length === 0) return input;
    const other = Buffer.from(random.pick(others));
    const [start, end] = token(other, random);
    const [from, to] = token(input, random);
    return Buffer.concat([input.subarray(0, from), other.subarray(start, end), input.subarray(to)]);
  },
];

function anyWord(random: Random, words: readonly string[]): Buffer {
  return Buffer.from(random.pick(words.length > 0 && !random.oneIn(3) ? words : traps));
}

function insert(input: Buffer, at: number, part: Uint8Array): Buffer {
  return Buffer.concat([input.subarray(0, at), part, input.subarray(at)]);
}

const maxRepeatedBytes = 64 * 1024;

function repeated(part: Uint8Array, times: number): Buffer {
  const most = Math.floor(maxRepeatedBytes / Math.max(1, part.length));
  return Buffer.concat(Array.from({ length: Math.min(times, most) }, () => part));
}

function range(input: Uint8Array, random: Random): readonly [start: number, end: number] {
  const start = random.below(input.length + 1);
  const most = random.pick([4, 32, input.length]);
  return [start, Math.min(input.length, start + 1 + random.below(most + 1))];
}

/** Where a word, number, tag or quoted text stands. */
function token(input: Buffer, random: Random): readonly [start: number, end: number] {
  const from = random.below(input.length + 1);
  const near = input.toString('latin1', from, from + 400);
  const found = random
    .pick([/[\w.-]+/, /"[^"]*"/, /<[^<>]*>/, /[[{][^[{\]}]*[\]}]/, /\S+/])
    .exec(near);
  if (found === null) return range(input, random);
  return [from + found.index, from + found.index + found[0].length];
}
