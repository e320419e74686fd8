import { badQuery, syntaxError } from '../errors/query-errors.ts';

/** Types a literal is written in. */
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

/** The smallest parts of a filter. */
export interface Token {
  readonly kind: 'word' | 'string' | 'literal' | 'symbol' | 'array' | 'end';
  readonly text: string;
  readonly position: number;
  /** Position after the token. */
  readonly end: number;
  readonly type?: LiteralType;
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

/** The token at a position, blanks skipped. */
export function nextToken(text: string, from: number): Token {
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
      text: /^-?[\d.]+[lLmMdDfF]$/.test(match) ? match.slice(0, -1) : match,
      type: type === 'Edm.Int32' && match.replace('-', '').length > 10 ? 'Edm.Int64' : type,
      position,
      end: position + match.length,
    };
  }
  const name = matchAt(word, text, position);
  if (name !== undefined) {
    // A word before a quote begins a typed literal.
    const quote = position + name.length;
    if (text.charAt(quote) === "'" && !text.includes("'", quote + 1)) {
      throw badQuery(`There is an unterminated literal at position ${text.length} in '${text}'.`);
    }
    // `guid'…'` and `datetime'…'` are of an older protocol; names with dots are those of enumerations.
    if (text.charAt(quote) === "'" && !name.includes('.')) {
      const literal = text.slice(position, text.indexOf("'", quote + 1) + 1);
      throw badQuery(
        `Unrecognized 'Edm.String' literal '${literal}' at '${position}' in '${text}'.`,
      );
    }
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

const missingComma =
  "Invalid JSON. A comma character ',' was expected in scope 'Array'. Every two elements in an array and properties of an object must be separated by commas.";

function arrayToken(text: string, position: number): Token {
  let quote = '';
  for (let at = position + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) {
        quote = '';
        if (!/^(?:'|\s*[\],])/.test(text.slice(at + 1))) throw badQuery(missingComma);
      }
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ']') {
      return { kind: 'array', text: text.slice(position, at + 1), position, end: at + 1 };
    }
  }
  throw syntaxError(text.length, text);
}
