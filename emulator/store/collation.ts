/**
 * Text as the organization's collation sees it: without case and accents, trailing blanks ignored
 * (Latin1_General_CI_AI, which Dataverse gives to most organizations).
 */
export function foldText(text: string): string {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('æ', 'ae')
    .replaceAll('œ', 'oe')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l');
}

// Linguistic order puts punctuation before digits before letters; code points do not.
const punctuation = '_-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$';
const firstOther = 0x1000;
/** Sort key of each ASCII character; blanks stay first. */
const asciiKeys: readonly string[] = Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCodePoint(code);
  const rank = punctuation.indexOf(character);
  if (rank >= 0) return String.fromCodePoint(0x21 + rank);
  return character >= '0' && character <= '9'
    ? String.fromCodePoint(0x50 + code - 0x30)
    : character;
});

/** A key that compares with `<` and `===` as the collation compares the texts. */
export function sortKey(text: string): string {
  const folded = foldText(text).replace(/(?<! ) +$/, '');
  let key = '';
  for (let at = 0; at < folded.length; at++) {
    const code = folded.charCodeAt(at);
    // What is no ASCII sorts after all that is.
    key += asciiKeys[code] ?? String.fromCodePoint(firstOther, code);
  }
  return key;
}

type Token =
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'set'; readonly holds: (character: string) => boolean };

/**
 * Matcher of a SQL LIKE pattern: `%`, `_`, `[abc]`, `[a-c]`, `[^a]`. Time grows with pattern times text,
 * never worse.
 */
export function likeMatcher(pattern: string): (text: string) => boolean {
  const tokens = parsePattern(foldText(pattern));
  return (text) => matches(tokens, foldText(text));
}

function parsePattern(pattern: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    const end = character === '[' ? pattern.indexOf(']', at + 1) : -1;
    if (character === '%') tokens.push({ kind: 'any' });
    else if (character === '_') tokens.push({ kind: 'one' });
    else if (end > at) {
      tokens.push({ kind: 'set', holds: characterSet(pattern.slice(at + 1, end)) });
      at = end;
    } else tokens.push({ kind: 'character', character });
  }
  return tokens;
}

function characterSet(text: string): (character: string) => boolean {
  const negated = text.startsWith('^');
  const body = negated ? text.slice(1) : text;
  return (character) => {
    let inside = false;
    for (let at = 0; at < body.length && !inside; at++) {
      if (body.charAt(at + 1) === '-' && at + 2 < body.length) {
        inside = character >= body.charAt(at) && character <= body.charAt(at + 2);
        at += 2;
      } else inside = body.charAt(at) === character;
    }
    return inside !== negated;
  };
}

function matches(tokens: readonly Token[], text: string): boolean {
  let token = 0;
  let at = 0;
  let retryToken = -1;
  let retryAt = 0;
  while (at < text.length) {
    const current = tokens[token];
    if (current?.kind === 'any') {
      retryToken = token;
      retryAt = at;
      token++;
    } else if (current !== undefined && matchesOne(current, text.charAt(at))) {
      token++;
      at++;
    } else if (retryToken >= 0) {
      token = retryToken + 1;
      retryAt++;
      at = retryAt;
    } else return false;
  }
  while (tokens[token]?.kind === 'any') token++;
  return token === tokens.length;
}

function matchesOne(token: Token, character: string): boolean {
  if (token.kind === 'one') return true;
  if (token.kind === 'set') return token.holds(character);
  return token.kind === 'character' && token.character === character;
}
