/** What a fault does to the operation it hits. */
export type FaultKind =
  | '429'
  | '503'
  | 'drop-before'
  | 'drop-after'
  | 'slow'
  | 'truncate'
  | 'html'
  | 'deadlock'
  | 'error'
  | 'duplicate';

/** One rule of a fault specification. */
export interface FaultRule {
  readonly kind: FaultKind;
  readonly method?: string;
  readonly path?: string;
  readonly table?: string;
  /** Which of the operations that match, counted from 1. */
  readonly nth?: { readonly from: number; readonly to: number };
  readonly every?: number;
  readonly p?: number;
  readonly seed?: number;
  readonly times?: number;
  readonly seconds?: number | 'none' | 'bad';
  readonly status?: number;
  readonly code?: string;
}

/** An operation as rules see it. */
export interface FaultTarget {
  readonly method: string;
  /** From the host's root, without the query. */
  readonly path: string;
  /** Logical name and set name of the table, where the path begins with one. */
  readonly tables: readonly string[];
}

/** Decides which operations are hit; counts as it goes. */
export interface FaultPlan {
  readonly text: string;
  hit(target: FaultTarget): FaultRule | undefined;
}

const kinds: ReadonlySet<string> = new Set([
  '429',
  '503',
  'drop-before',
  'drop-after',
  'slow',
  'truncate',
  'html',
  'deadlock',
  'error',
  'duplicate',
] satisfies FaultKind[]);

/** Reads a specification; throws a `RangeError` that names the part it cannot read. */
export function createFaultPlan(text: string): FaultPlan {
  const rules = text
    .split(/[;\n]/)
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
    .map((rule) => createCounter(readRule(rule)));
  return {
    text: text.trim(),
    hit: (target) => {
      // Every rule counts every operation it matches, also one that an earlier rule hits.
      const hits = rules.filter((rule) => rule.hit(target));
      return hits[0]?.rule;
    },
  };
}

function readRule(text: string): FaultRule {
  const colon = text.indexOf(':');
  const kind = (colon < 0 ? text : text.slice(0, colon)).trim();
  if (!isKind(kind)) {
    throw new RangeError(`'${kind}' is no kind of fault. Known: ${[...kinds].join(', ')}.`);
  }
  let rule: FaultRule = { kind };
  for (const pair of colon < 0 ? [] : text.slice(colon + 1).split(',')) {
    const [key = '', ...rest] = pair.split('=');
    rule = { ...rule, ...readKey(key.trim(), rest.join('=').trim()) };
  }
  return rule;
}

function isKind(text: string): text is FaultKind {
  return kinds.has(text);
}

function readKey(key: string, value: string): Partial<FaultRule> {
  switch (key) {
    case 'method':
      return { method: value.toUpperCase() };
    case 'path':
      return { path: value };
    case 'table':
      return { table: value };
    case 'nth': {
      const [from, to = from] = value.split('-');
      return { nth: { from: count(key, from), to: count(key, to) } };
    }
    case 'every':
      return { every: count(key, value) };
    case 'times':
      return { times: count(key, value) };
    case 'p':
      return { p: number(key, value) };
    case 'seed':
      return { seed: number(key, value) };
    case 'seconds':
      return { seconds: value === 'none' || value === 'bad' ? value : number(key, value) };
    case 'status':
      return { status: count(key, value) };
    case 'code':
      return { code: value };
    default:
      throw new RangeError(
        `'${key}' is no key of a fault. Known: method, path, table, nth, every, p, seed, times, seconds, status, code.`,
      );
  }
}

function count(key: string, value: string | undefined): number {
  const found = number(key, value);
  if (Number.isInteger(found) && found > 0) return found;
  throw new RangeError(`'${key}=${value ?? ''}' needs a whole number above 0.`);
}

function number(key: string, value: string | undefined): number {
  const found = value === undefined || value === '' ? Number.NaN : Number(value);
  if (Number.isFinite(found) && found >= 0) return found;
  throw new RangeError(`'${key}=${value ?? ''}' needs a number.`);
}

function createCounter(rule: FaultRule): {
  readonly rule: FaultRule;
  hit(target: FaultTarget): boolean;
} {
  const pathPattern = rule.path === undefined ? undefined : globPattern(rule.path);
  const random = createRandom(rule.seed ?? 1);
  let matched = 0;
  let fired = 0;
  return {
    rule,
    hit: (target) => {
      if (rule.method !== undefined && rule.method !== target.method) return false;
      if (rule.table !== undefined && !target.tables.includes(rule.table)) return false;
      if (pathPattern !== undefined && !pathPattern.test(target.path)) return false;
      matched += 1;
      if (rule.times !== undefined && fired >= rule.times) return false;
      const { nth } = rule;
      if (nth !== undefined && (matched < nth.from || matched > nth.to)) return false;
      if (rule.every !== undefined && matched % rule.every !== 0) return false;
      if (rule.p !== undefined && random() >= rule.p) return false;
      fired += 1;
      return true;
    },
  };
}

/** `queues*` matches from the API root or from the host's root. */
function globPattern(glob: string): RegExp {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  const body = escaped.replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(String.raw`^(/?|/api/data/v\d+\.\d+/)${body}$`, 'i');
}

/** mulberry32: small, seeded, the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
