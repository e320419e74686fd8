import { repeatedOption } from '../errors/query-errors.ts';
import type { QueryOptions } from '../query/interface.ts';
import { decode } from './path.ts';

/** Options of a URL's query, decoded; throws where one of the system's own comes twice. */
export function readQueryOptions(query: string): QueryOptions {
  const options = new Map<string, string>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : part.slice(equals + 1);
    const decoded = decodeOption(name);
    if (decoded.startsWith('$') && options.has(decoded)) throw repeatedOption(decoded);
    options.set(decoded, decodeOption(value));
  }
  return options;
}

function decodeOption(text: string): string {
  return decode(text.replaceAll('+', ' '));
}

/** Replaces parameter aliases (`@p1`) by their values, outside quoted text. */
export function resolveAliases(options: QueryOptions): QueryOptions {
  const aliases = aliasesOf(options);
  const resolved = new Map<string, string>();
  for (const [name, value] of options) {
    if (name.startsWith('@')) continue;
    // FetchXML is XML: an `@` in it is text. In conditions an alias without a value is null:
    // learn.microsoft.com/power-apps/developer/data-platform/webapi/query/overview
    const missing = name === '$filter' || name === '$apply' ? 'null' : undefined;
    resolved.set(name, name === 'fetchXml' ? value : replaceAliases(value, aliases, missing));
  }
  return resolved;
}

/** Values of `@name=…` options by name with its `@`. */
export function aliasesOf(options: QueryOptions): ReadonlyMap<string, string> {
  return new Map([...options].filter(([name]) => name.startsWith('@')));
}

/** Puts the values of aliases into an expression; quoted text stays. */
export function replaceAliases(
  text: string,
  aliases: ReadonlyMap<string, string>,
  missing?: string,
): string {
  return text.replace(/'(?:[^']|'')*'|@[A-Za-z_]\w*/g, (token) =>
    token.startsWith('@') ? (aliases.get(token) ?? missing ?? token) : token,
  );
}
