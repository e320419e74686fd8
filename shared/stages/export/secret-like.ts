/** What a text looks like it holds. The text itself is never repeated. */
export interface SecretLike {
  /** `a connection string`. */
  readonly kind: string;
  /** Place in the text, in characters from 1. */
  readonly at: number;
}

interface Shape {
  readonly kind: string;
  readonly pattern: RegExp;
  /** The part that must be no placeholder and no word; absent: the pattern says it all. */
  readonly value?: number;
}

/**
 * Texts that only secrets have. Prefixes are the issuers' own: docs.github.com/code-security (secret
 * scanning patterns), learn.microsoft.com/purview/sit-defn-all-creds.
 */
const shapes: readonly Shape[] = [
  { kind: 'a private key', pattern: /-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY-----/ },
  {
    kind: 'a connection string',
    pattern:
      /\b(?:AccountKey|AccessKey|SharedAccessKey|SharedSecretValue|SharedAccessSignature|Password|Pwd|ClientSecret)\s?=\s?([^;,\s"'<>&]{8,})/i,
    value: 1,
  },
  {
    kind: 'a token',
    pattern: /(?<![\w-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
  },
  { kind: 'a shared access signature', pattern: /[?&]sig=[A-Za-z0-9%+/]{24,}/ },
  { kind: 'an application secret', pattern: /(?<![\w~.-])[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/ },
  {
    kind: 'a key of a cloud service',
    pattern:
      /\b(?:AKIA[0-9A-Z]{16}|AIza[\w-]{35}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{30,}|xox[abeoprs]-[\w-]{20,}|sk_live_[A-Za-z0-9]{20,}|SK[0-9a-f]{32}|EAA[A-Za-z0-9]{60,})\b/,
  },
  {
    kind: 'an authorization header',
    pattern: /\b(?:Bearer|Basic)\s{1,3}([\w+/.~-]{20,}={0,2})(?![\w-])/,
    value: 1,
  },
  {
    kind: 'a password in an address',
    pattern: /(?<![\w+.-])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"'<>]{1,100}:([^\s/@"'<>]{4,100})@/i,
    value: 1,
  },
  {
    kind: 'a key with its name',
    pattern:
      /(?:api[-_ ]?key|access[-_ ]?key|auth[-_ ]?key|subscription[-_ ]?key|client[-_ ]?secret|app[-_ ]?secret|access[-_ ]?token|auth[-_ ]?token|refresh[-_ ]?token|password|passwd)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?([^\s"'\\&;,<>(){}[\]]{12,200})/i,
    value: 1,
  },
];

/** Texts are looked through as far as this; nobody hides a key behind a megabyte of rules by mistake. */
const maxChars = 1_000_000;

const minChars = 12;

/** Columns whose name says what they hold, where the catalogue does not know them. */
const tellingName =
  /(?:secret|password|passwd|apikey|api_key|accesskey|access_key|accesstoken|access_token|authtoken|privatekey|private_key|connectionstring|connection_string)$/i;

/** Tells what in a text looks like a key, token or connection string; `undefined`: nothing does. */
export function secretLikeIn(column: string, text: string): SecretLike | undefined {
  if (text.length < minChars) return undefined;
  const seen = text.slice(0, maxChars);
  if (tellingName.test(column) && isRandom(seen.trim()))
    return { kind: 'what the name of its column says', at: 1 };
  for (const { kind, pattern, value } of shapes) {
    const found = pattern.exec(seen);
    if (found === null) continue;
    if (value === undefined || isRandom(found[value] ?? '')) return { kind, at: found.index + 1 };
  }
  return isOnlyKey(seen.trim()) ? { kind: 'a key and nothing else', at: 1 } : undefined;
}

/** Neither a word nor a placeholder: of more than one kind of characters, and not few over and over. */
function isRandom(text: string): boolean {
  if (/^[$%{<[]|\*{3}|^(?:https?:|null$|undefined$|true$|false$)/i.test(text) || /\s/.test(text))
    return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(text)).length;
  return kinds >= 2 && /\d|[^\w]/.test(text) && entropyOf(text) >= 2.5;
}

/** The whole text is one long word of random letters: base64 of 32 bytes and more. Ids and addresses are none. */
function isOnlyKey(text: string): boolean {
  if (text.length < 40 || text.length > 4096 || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text))
    return false;
  if (/[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text)) return false;
  const isMixed = /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
  return isMixed && !/[a-z]{9,}|[A-Z]{9,}/.test(text) && entropyOf(text) >= 4.3;
}

/** Bits a character, by how often each stands in the text. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / text.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}
