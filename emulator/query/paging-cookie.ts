import { invalidPagingCookie, pagingOrderMismatch } from '../errors/query-errors.ts';
import { positionOf, type Position, type SortTerm } from './page-rows.ts';
import type { Tuple } from './query-form.ts';
import { escapeXml, parseXml, type XmlElement } from './xml-tree.ts';

/** `<cookie page="1"><name last=".." first=".." /><accountid last="{..}" first="{..}" /></cookie>` */
export function composeCookie(
  terms: readonly SortTerm[],
  page: { readonly number: number; readonly tuples: readonly Tuple[] },
): string {
  const first = page.tuples.at(0);
  const last = page.tuples.at(-1);
  const end = (name: 'first' | 'last', term: SortTerm, tuple: Tuple | undefined): string => {
    const text = tuple === undefined ? undefined : term.text(tuple);
    return text === undefined ? `${name}null="1"` : `${name}="${escapeXml(text)}"`;
  };
  const columns = terms.map(
    (term) => `<${term.name} ${end('last', term, last)} ${end('first', term, first)} />`,
  );
  return `<cookie page="${page.number}">${columns.join('')}</cookie>`;
}

/** A cookie in the wrapper that carries it: encoded twice, as the service does. */
export function wrapCookie(cookie: string, nextPage: number): string {
  return `<cookie pagenumber="${nextPage}" pagingcookie="${encode(encode(cookie))}" istracking="False" />`;
}

/** The wrapper as the `$skiptoken` of a next link shows it: only blanks, `<`, `>` and `"` are encoded. */
export function skipTokenText(wrapper: string): string {
  return wrapper
    .replaceAll('<', '%3C')
    .replaceAll('>', '%3E')
    .replaceAll(' ', '%20')
    .replaceAll('"', '%22');
}

// .NET's UrlEncode with %20: lower-case hex digits, and all but letters, digits and -_. encoded.
function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
}

/** What a `$skiptoken` says: the page it asks for and where that starts; without a place it is counted. */
export function readSkipToken(
  token: string,
  terms: readonly SortTerm[],
): { readonly page: number; readonly after?: Position } {
  const wrapper = readWrapper(decodeUntilXml(token));
  const page = Number(wrapper.page);
  if (!Number.isInteger(page) || page < 1 || wrapper.cookie === undefined) {
    throw invalidPagingCookie();
  }
  return { page, ...(wrapper.cookie === '' ? {} : { after: readCookie(wrapper.cookie, terms) }) };
}

// Decoded once too often, as clients do, the wrapper is no XML any more: the cookie inside has quotes.
const decodedWrapper =
  /^<cookie\s+pagenumber="(?<page>\d+)"\s+pagingcookie="(?<cookie><cookie.*<\/cookie>)"/s;

function readWrapper(text: string): {
  readonly page: string | undefined;
  readonly cookie: string | undefined;
} {
  const decoded = decodedWrapper.exec(text)?.groups;
  if (decoded !== undefined) return { page: decoded['page'], cookie: decoded['cookie'] };
  const { attributes } = parseCookie(text);
  return { page: attributes.get('pagenumber'), cookie: attributes.get('pagingcookie') };
}

/** The position in a cookie as a client sends it back, decoded or not. */
export function readCookie(text: string, terms: readonly SortTerm[]): Position {
  const cookie = parseCookie(decodeUntilXml(text));
  const columns = new Map(cookie.children.map((child) => [child.name, child]));
  const texts = terms.map((term) => {
    const column = columns.get(term.name);
    if (column === undefined) throw pagingOrderMismatch();
    return column.attributes.get('last');
  });
  return positionOf(terms, texts);
}

function parseCookie(text: string): XmlElement {
  const root = parseXml(text);
  if (root.name !== 'cookie') throw invalidPagingCookie();
  return root;
}

function decodeUntilXml(text: string): string {
  let decoded = text.trim();
  for (let round = 0; round < 3 && !decoded.startsWith('<'); round++) {
    try {
      decoded = decodeURIComponent(decoded);
    } catch {
      throw invalidPagingCookie();
    }
  }
  return decoded;
}
