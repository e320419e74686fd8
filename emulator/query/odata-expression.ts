import { badQuery, syntaxError, unknownFunction } from '../errors/query-errors.ts';

export type LiteralType =
  | 'Edm.String'
  | 'Edm.Int32'
  | 'Edm.Int64'
  | 'Edm.Double'
  | 'Edm.Guid'
  | 'Edm.DateTimeOffset'
  | 'Edm.Date'
  | 'Edm.Boolean'
  | 'null';

export interface Literal {
  readonly kind: 'literal';
  readonly type: LiteralType;
  /** Strings without quotes and with single quotes undoubled. */
  readonly text: string;
}

export interface Path {
  readonly kind: 'path';
  readonly segments: readonly string[];
}

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly position: number;
  /** Arguments by position. */
  readonly values: readonly Expression[];
  /** Arguments by name: how query functions take theirs. */
  readonly named: ReadonlyMap<string, readonly string[]>;
}

export type Expression =
  | Literal
  | Path
  | Call
  | {
      readonly kind: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'not'; readonly operand: Expression }
  | {
      readonly kind: 'compare';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'lambda';
      readonly path: readonly string[];
      readonly mode: 'any' | 'all';
      readonly variable?: string;
      readonly body?: Expression;
    };

interface Token {
  readonly kind: 'word' | 'string' | 'literal' | 'symbol' | 'array' | 'end';
  readonly text: string;
  readonly position: number;
  /** Position after the token. */
  readonly end: number;
  readonly type?: LiteralType;
}

const comparisons = new Set(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const standardFunctions = new Set(['contains', 'startswith', 'endswith']);
/** Expressions nested deeper than this are refused, as the service's parser does. */
const maxDepth = 100;

/** Parses a `$filter`; throws the OData library's syntax errors with their position. */
export function parseFilter(text: string): Expression {
  const parser = new FilterParser(text);
  return parser.whole();
}

/** The state of one parse. */
class FilterParser {
  readonly #text: string;
  #current: Token;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#current = nextToken(text, 0);
  }

  whole(): Expression {
    const expression = this.#or();
    if (this.#current.kind !== 'end') throw this.#unexpected();
    return expression;
  }

  #advance(): Token {
    const token = this.#current;
    this.#current = nextToken(this.#text, token.end);
    return token;
  }

  #isWord(word: string): boolean {
    return this.#current.kind === 'word' && this.#current.text === word;
  }

  #isSymbol(symbol: string): boolean {
    return this.#current.kind === 'symbol' && this.#current.text === symbol;
  }

  #unexpected() {
    return syntaxError(this.#current.position, this.#text);
  }

  #expect(symbol: string): void {
    if (!this.#isSymbol(symbol)) {
      throw badQuery(
        symbol === ')'
          ? `')' or operator expected at position ${this.#current.position} in '${this.#text}'.`
          : `Syntax error at position ${this.#current.position} in '${this.#text}'.`,
      );
    }
    this.#advance();
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#isWord('or')) {
      this.#advance();
      left = { kind: 'or', left, right: this.#and() };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#comparison();
    while (this.#isWord('and')) {
      this.#advance();
      left = { kind: 'and', left, right: this.#comparison() };
    }
    return left;
  }

  #comparison(): Expression {
    const left = this.#unary();
    if (this.#current.kind !== 'word' || !comparisons.has(this.#current.text)) return left;
    const operator = this.#advance().text;
    return { kind: 'compare', operator, left, right: this.#unary() };
  }

  #unary(): Expression {
    if (!this.#isWord('not')) return this.#primary();
    this.#advance();
    return { kind: 'not', operand: this.#unary() };
  }

  #primary(): Expression {
    this.#depth++;
    if (this.#depth > maxDepth) {
      throw badQuery('Recursion depth exceeded allowed limit.');
    }
    try {
      return this.#operand();
    } finally {
      this.#depth--;
    }
  }

  #operand(): Expression {
    const token = this.#current;
    switch (token.kind) {
      case 'string':
        this.#advance();
        return { kind: 'literal', type: 'Edm.String', text: token.text };
      case 'literal':
        this.#advance();
        return { kind: 'literal', type: token.type ?? 'Edm.String', text: token.text };
      case 'word':
        return this.#wordExpression();
      case 'symbol': {
        if (token.text !== '(') throw this.#unexpected();
        this.#advance();
        const inner = this.#or();
        this.#expect(')');
        return inner;
      }
      case 'array':
        throw this.#unexpected();
      case 'end':
        throw badQuery(`Expression expected at position ${token.position} in '${this.#text}'.`);
    }
  }

  #wordExpression(): Expression {
    const token = this.#advance();
    if (token.text === 'null') return { kind: 'literal', type: 'null', text: '' };
    if (token.text === 'true' || token.text === 'false') {
      return { kind: 'literal', type: 'Edm.Boolean', text: token.text };
    }
    if (this.#isSymbol('(')) return this.#call(token);
    const segments = [token.text];
    while (this.#isSymbol('/')) {
      this.#advance();
      if (this.#current.kind !== 'word') throw this.#unexpected();
      const segment = this.#advance().text;
      if ((segment === 'any' || segment === 'all') && this.#isSymbol('(')) {
        return this.#lambda(segments, segment);
      }
      segments.push(segment);
    }
    return { kind: 'path', segments };
  }

  #lambda(path: readonly string[], mode: 'any' | 'all'): Expression {
    this.#expect('(');
    if (mode === 'any' && this.#isSymbol(')')) {
      this.#advance();
      return { kind: 'lambda', path, mode };
    }
    if (this.#current.kind !== 'word') throw this.#unexpected();
    const variable = this.#advance().text;
    this.#expect(':');
    const body = this.#or();
    this.#expect(')');
    return { kind: 'lambda', path, mode, variable, body };
  }

  #call(name: Token): Call {
    const isQueryFunction = name.text.startsWith('Microsoft.Dynamics.CRM.');
    if (!isQueryFunction && !standardFunctions.has(name.text)) throw unknownFunction(name.text);
    this.#expect('(');
    const values: Expression[] = [];
    const named = new Map<string, readonly string[]>();
    while (!this.#isSymbol(')')) {
      if (isQueryFunction) {
        const [parameter, argument] = this.#namedArgument();
        named.set(parameter, argument);
      } else values.push(this.#or());
      if (!this.#isSymbol(',')) break;
      this.#advance();
    }
    this.#expect(')');
    return { kind: 'call', name: name.text, position: name.position, values, named };
  }

  #namedArgument(): readonly [string, readonly string[]] {
    if (this.#current.kind !== 'word') throw this.#unexpected();
    const parameter = this.#advance().text;
    this.#expect('=');
    const value = this.#advance();
    if (value.kind === 'array') return [parameter, arrayValues(value.text, this.#text)];
    if (value.kind === 'symbol' || value.kind === 'end') {
      throw syntaxError(value.position, this.#text);
    }
    return [parameter, [value.text]];
  }
}

// `["a","b"]` is JSON; `['a','b']` is what people write in URLs.
function arrayValues(text: string, whole: string): readonly string[] {
  try {
    const values: unknown = JSON.parse(text);
    if (Array.isArray(values)) return values.map((value: unknown) => String(value));
  } catch {
    const quoted = [...text.matchAll(/'((?:[^']|'')*)'/g)].map((match) =>
      (match[1] ?? '').replaceAll("''", "'"),
    );
    if (quoted.length > 0) return quoted;
  }
  throw badQuery(`Invalid JSON array '${text}' in '${whole}'.`);
}

const patterns: readonly (readonly [RegExp, LiteralType])[] = [
  [
    /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![\w-])/y,
    'Edm.Guid',
  ],
  [
    /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?(?![\w])/y,
    'Edm.DateTimeOffset',
  ],
  [/\d{4}-\d{2}-\d{2}(?![\w-])/y, 'Edm.Date'],
  [/-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)[mMdDfF]?(?![\w])/y, 'Edm.Double'],
  [/-?\d+[lLmMdDfF]?(?![\w.])/y, 'Edm.Int32'],
];
const word = /[A-Za-z_$@][\w.]*/y;

function nextToken(text: string, from: number): Token {
  let position = from;
  while (/\s/.test(text.charAt(position))) position++;
  const character = text.charAt(position);
  if (character === '') return { kind: 'end', text: '', position, end: position };
  if (character === "'") return stringToken(text, position);
  if (character === '[') return arrayToken(text, position);
  for (const [pattern, type] of patterns) {
    const match = matchAt(pattern, text, position);
    if (match === undefined) continue;
    return {
      kind: 'literal',
      text: match.replace(/(?<=^-?[\d.]+)[lLmMdDfF]$/, ''),
      type: type === 'Edm.Int32' && match.replace('-', '').length > 10 ? 'Edm.Int64' : type,
      position,
      end: position + match.length,
    };
  }
  const name = matchAt(word, text, position);
  if (name !== undefined) {
    return { kind: 'word', text: name, position, end: position + name.length };
  }
  if ('(),/:=*'.includes(character)) {
    return { kind: 'symbol', text: character, position, end: position + 1 };
  }
  throw syntaxError(position, text);
}

function matchAt(pattern: RegExp, text: string, position: number): string | undefined {
  const sticky = new RegExp(pattern);
  sticky.lastIndex = position;
  return sticky.exec(text)?.[0];
}

function stringToken(text: string, position: number): Token {
  let value = '';
  for (let at = position + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character !== "'") value += character;
    else if (text.charAt(at + 1) === "'") {
      value += "'";
      at++;
    } else return { kind: 'string', text: value, position, end: at + 1 };
  }
  throw badQuery(
    `There is an unterminated string literal at position ${text.length} in '${text}'.`,
  );
}

function arrayToken(text: string, position: number): Token {
  let quote = '';
  for (let at = position + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ']') {
      return { kind: 'array', text: text.slice(position, at + 1), position, end: at + 1 };
    }
  }
  throw syntaxError(text.length, text);
}

/** Splits at a separator that stands outside of parentheses and quotes. */
export function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === separator && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
