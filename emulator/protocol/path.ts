import { parseGuid } from '#shared/model/guid.ts';

/** One part of a resource path: `accounts(…)` or `name`. */
export interface Segment {
  /** As sent, decoded. */
  readonly raw: string;
  readonly name: string;
  /** Text between the parentheses; absent without parentheses. */
  readonly argument?: string;
}

/** The two halves of a URL, without the question mark between them. */
export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const question = url.indexOf('?');
  return question < 0
    ? { path: url, query: '' }
    : { path: url.slice(0, question), query: url.slice(question + 1) };
}

/** Parts of a path after the API root, split outside parentheses and quotes, decoded. */
export function readPath(path: string): readonly Segment[] {
  // Parentheses and quotes may come encoded; they mean the same.
  const text = path.replace(/%2[789]/gi, (code) => decodeURIComponent(code));
  return splitOutside(text, '/')
    .filter((part) => part !== '')
    .map(readSegment);
}

function readSegment(part: string): Segment {
  const raw = decode(part);
  const opening = raw.indexOf('(');
  if (opening < 0 || !raw.endsWith(')')) return { raw, name: raw };
  return { raw, name: raw.slice(0, opening), argument: raw.slice(opening + 1, -1) };
}

/** Decodes once; text that is not valid percent-encoding stays as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Key in the parentheses of a path: an id, or named values as literals. */
export type Key =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'named'; readonly values: ReadonlyMap<string, string> };

/** `undefined` where the text is no key. */
export function readKey(argument: string): Key | undefined {
  const text = argument.trim();
  // Braces are refused: the service calls them a syntax error.
  const id = text.includes('{') ? undefined : parseGuid(text);
  if (id !== undefined) return { kind: 'id', id };
  const values = readArguments(text);
  return values === undefined || values.size === 0 ? undefined : { kind: 'named', values };
}

/** `a=1,b='x,y'` as names and literals; `undefined` where a part has no `=`. */
export function readArguments(text: string): ReadonlyMap<string, string> | undefined {
  const values = new Map<string, string>();
  if (text.trim() === '') return values;
  for (const part of splitOutside(text, ',')) {
    const equals = part.indexOf('=');
    if (equals <= 0) return undefined;
    values.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return values;
}

/** Text of a quoted literal, or the literal itself. */
export function unquote(literal: string): string {
  const quoted = /^'(.*)'$/s.exec(literal);
  return quoted?.[1] === undefined ? literal : quoted[1].replaceAll("''", "'");
}

function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === '(' || character === '[' || character === '{') depth += 1;
    else if (character === ')' || character === ']' || character === '}') depth -= 1;
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
