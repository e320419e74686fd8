import { badQuery, syntaxError, unknownFunction } from '../errors/query-errors.ts';
import { nextToken, type LiteralType, type Token } from './odata-tokens.ts';

/** A value in a filter. */
export interface Literal {
  readonly kind: 'literal';
  readonly type: LiteralType;
  /** Strings without quotes and with single quotes undoubled. */
  readonly text: string;
}

/** A column, perhaps by way of navigation properties. */
export interface Path {
  readonly kind: 'path';
  readonly segments: readonly string[];
}

/** A function with its arguments. */
export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly position: number;
  /** Arguments by position. */
  readonly values: readonly Expression[];
  /** Arguments by name: how query functions take theirs. */
  readonly named: ReadonlyMap<string, readonly string[]>;
}

/** A filter as a tree. */
export type Expression =
  | Literal
  | Path
  | Call
  | {
      readonly kind: 'and' | 'or';
      readonly parts: readonly Expression[];
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
    return this.#chain('or', () => this.#chain('and', () => this.#comparison()));
  }

  // Flat, since clients join hundreds of ids with `or`.
  #chain(kind: 'and' | 'or', part: () => Expression): Expression {
    const first = part();
    if (!this.#isWord(kind)) return first;
    const parts = [first];
    while (this.#isWord(kind)) {
      this.#advance();
      parts.push(part());
    }
    return { kind, parts };
  }

  #comparison(): Expression {
    const left = this.#unary();
    if (this.#current.kind !== 'word' || !comparisons.has(this.#current.text)) return left;
    const operator = this.#advance().text;
    return { kind: 'compare', operator, left, right: this.#unary() };
  }

  #unary(): Expression {
    // A chain of negations is one or none.
    let negated = false;
    let negations = 0;
    for (; this.#isWord('not'); negations++) {
      this.#advance();
      negated = !negated;
    }
    const operand = this.#primary();
    if (negations === 0) return operand;
    const expression: Expression = { kind: 'not', operand };
    return negated ? expression : { kind: 'not', operand: expression };
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
