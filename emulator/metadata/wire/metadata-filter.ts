import {
  labelFilterRefused,
  metadataFunctionRefused,
  metadataSyntaxError,
} from '../../errors/metadata-errors.ts';
import { unknownProperty } from '../../errors/query-errors.ts';
import type { Definition } from './labels.ts';

export type Predicate = (definition: Definition) => boolean;

/** What a `$filter` may name: property paths of the type, and how the type is called in errors. */
export interface FilterScope {
  readonly typeName: string;
  has(property: string): boolean;
}

const tokenPattern =
  /\s*(?:(Microsoft\.Dynamics\.CRM\.\w+)?'((?:[^']|'')*)'|([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w./]*)|([(),]))/iy;

/** Properties that are labels: no filter reads them. */
const labels = new Set(['Description', 'DisplayCollectionName', 'DisplayName']);

interface Token {
  readonly kind: 'text' | 'number' | 'word' | 'mark' | 'end';
  readonly text: string;
  readonly at: number;
}

/**
 * A `$filter` on definitions: comparisons with `eq`, `ne`, `gt`, `ge`, `lt`, `le` and `in`, joined by
 * `and`, `or` and `not`. Properties solutions may lock are compared by their `/Value`.
 */
export function metadataFilter(text: string, scope: FilterScope): Predicate {
  const tokens = readTokens(text);
  let next = 0;
  const predicate = readOr();
  if (peek().kind !== 'end') throw syntax();
  return predicate;

  function peek(): Token {
    return tokens[next] ?? { kind: 'end', text: '', at: text.length };
  }
  function take(): Token {
    const token = peek();
    next += 1;
    return token;
  }
  function isWord(word: string): boolean {
    return peek().kind === 'word' && peek().text === word;
  }
  function isMark(mark: string): boolean {
    return peek().kind === 'mark' && peek().text === mark;
  }
  function syntax(): Error {
    return metadataSyntaxError(`Syntax error at position ${peek().at} in '${text}'.`);
  }

  function readOr(): Predicate {
    const parts = [readAnd()];
    while (isWord('or')) {
      take();
      parts.push(readAnd());
    }
    return parts.length === 1 && parts[0] !== undefined
      ? parts[0]
      : (definition) => parts.some((part) => part(definition));
  }

  function readAnd(): Predicate {
    const parts = [readPart()];
    while (isWord('and')) {
      take();
      parts.push(readPart());
    }
    return parts.length === 1 && parts[0] !== undefined
      ? parts[0]
      : (definition) => parts.every((part) => part(definition));
  }

  function readPart(): Predicate {
    if (isWord('not')) {
      take();
      const part = readPart();
      return (definition) => !part(definition);
    }
    if (isMark('(')) {
      take();
      const inner = readOr();
      if (!isMark(')')) throw syntax();
      take();
      return inner;
    }
    return readComparison();
  }

  function readComparison(): Predicate {
    const property = take();
    if (property.kind !== 'word') throw syntax();
    if (isMark('(')) throw metadataFunctionRefused(property.text);
    const path = property.text.split('/');
    const [name = ''] = path;
    if (!scope.has(name)) throw unknownProperty(name, scope.typeName);
    if (path.length > 1 && labels.has(name)) throw labelFilterRefused(name);
    const operator = take();
    if (operator.kind !== 'word') {
      if (path.length === 1) return (definition) => definition[name] === true;
      throw syntax();
    }
    if (operator.text === 'in') {
      const values = readList();
      return (definition) =>
        values.some((value) => compare(valueAt(definition, path), value) === 0);
    }
    const value = readValue();
    return comparison(operator.text, path, value);
  }

  function readList(): readonly unknown[] {
    if (!isMark('(')) throw syntax();
    take();
    const values = [readValue()];
    while (isMark(',')) {
      take();
      values.push(readValue());
    }
    if (!isMark(')')) throw syntax();
    take();
    return values;
  }

  function readValue(): unknown {
    const token = take();
    switch (token.kind) {
      case 'text':
        return token.text;
      case 'number':
        return Number(token.text);
      case 'word':
        if (token.text === 'true') return true;
        if (token.text === 'false') return false;
        if (token.text === 'null') return null;
        throw unknownProperty(token.text, scope.typeName);
      case 'mark':
      case 'end':
      default:
        next -= 1;
        throw syntax();
    }
  }

  function comparison(operator: string, path: readonly string[], value: unknown): Predicate {
    const test = (accepted: (order: number | undefined) => boolean): Predicate => {
      return (definition) => accepted(compare(valueAt(definition, path), value));
    };
    switch (operator) {
      case 'eq':
        return test((order) => order === 0);
      case 'ne':
        return test((order) => order !== 0);
      case 'gt':
        return test((order) => order !== undefined && order > 0);
      case 'ge':
        return test((order) => order !== undefined && order >= 0);
      case 'lt':
        return test((order) => order !== undefined && order < 0);
      case 'le':
        return test((order) => order !== undefined && order <= 0);
      default:
        throw syntax();
    }
  }
}

function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) {
      if (text.slice(at).trim() === '') break;
      throw metadataSyntaxError(`Syntax error at position ${at} in '${text}'.`);
    }
    const [, , quoted, guid, number, word, mark] = found;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'"), at });
    else if (guid !== undefined) tokens.push({ kind: 'text', text: guid.toLowerCase(), at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, at });
  }
  return tokens;
}

function valueAt(definition: Definition, path: readonly string[]): unknown {
  let value: unknown = definition;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return null;
    value = Object.entries(value).find(([member]) => member === name)?.[1] ?? null;
  }
  return value;
}

/** Undefined where the two cannot be ordered. Text compares exactly: names of metadata are exact. */
function compare(left: unknown, right: unknown): number | undefined {
  if (left === right) return 0;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : 1;
  return undefined;
}
