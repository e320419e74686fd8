/** Any value of a pipeline: YAML's scalars, lists and mappings. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Value[]
  | { readonly [name: string]: Value };

/** What an expression may name, and how the steps before it ended. */
export interface Context {
  readonly names: { readonly [name: string]: Value };
  /** Did everything that this depends on succeed? */
  readonly succeeded: boolean;
}

/**
 * The value of an expression, as far as the examples use the language:
 * learn.microsoft.com/azure/devops/pipelines/process/expressions.
 */
export function evaluate(text: string, context: Context): Value {
  const tokens = text.match(/'(?:[^']|'')*'|[A-Za-z_][\w-]*|-?\d+(?:\.\d+)?|[()[\],.]/g) ?? [];
  let at = 0;
  const take = (expected?: string): string => {
    const token = tokens[at];
    if (token === undefined || (expected !== undefined && token !== expected))
      throw new Error(`'${text}': ${expected ?? 'more'} expected, not ${token ?? 'its end'}`);
    at += 1;
    return token;
  };
  const read = (): Value => {
    const token = take();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (/^-?\d/.test(token)) return Number(token);
    if (token === 'true' || token === 'false') return token === 'true';
    if (tokens[at] === '(') {
      take('(');
      const given: Value[] = [];
      while (tokens[at] !== ')') {
        given.push(read());
        if (tokens[at] === ',') take(',');
      }
      take(')');
      return call(token, given, context);
    }
    let value = memberOf(context.names, token);
    while (tokens[at] === '.' || tokens[at] === '[')
      if (take() === '.') value = memberOf(value, take());
      else {
        value = memberOf(value, textOf(read()));
        take(']');
      }
    return value;
  };
  const value = read();
  if (at < tokens.length) throw new Error(`'${text}': what is '${tokens[at] ?? ''}'?`);
  return value;
}

/** Names are looked up whatever their letter case; what is not there is null. */
export function memberOf(value: Value, name: string): Value {
  if (typeof value !== 'object' || value === null) return null;
  const entries: readonly (readonly [string, Value])[] = Object.entries(value);
  return entries.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? null;
}

function call(name: string, given: readonly Value[], context: Context): Value {
  const [first, second] = given;
  const text = (value: Value): string => textOf(value ?? '').toLowerCase();
  switch (name.toLowerCase()) {
    case 'and':
      return given.every(isTrue);
    case 'or':
      return given.some(isTrue);
    case 'not':
      return !isTrue(first);
    case 'eq':
      return text(first) === text(second);
    case 'ne':
      return text(first) !== text(second);
    case 'in':
      return given.slice(1).some((other) => text(other) === text(first));
    case 'coalesce':
      return given.find((value) => text(value) !== '') ?? null;
    case 'replace':
      return textOf(first).replaceAll(textOf(second), textOf(given[2]));
    case 'format':
      return textOf(first).replaceAll(/\{(\d)\}/g, (_, at) => textOf(given[Number(at) + 1] ?? ''));
    case 'succeeded':
      return context.succeeded;
    case 'failed':
      return !context.succeeded;
    case 'always':
    case 'succeededorfailed':
      return true;
    default:
      throw new Error(`The examples' expressions know no function ${name}.`);
  }
}

export function isTrue(value: Value): boolean {
  return value === true || textOf(value ?? '').toLowerCase() === 'true';
}

/** A value as text; nothing is no text. */
export function textOf(value: Value): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
