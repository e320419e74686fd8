import type { RowPreferences } from '../query/interface.ts';

/** What a request's `Prefer` header asks for. */
export interface Preferences extends RowPreferences {
  readonly representation: boolean;
  readonly continueOnError: boolean;
  /** An operation is to run in the background. */
  readonly respondAsync: boolean;
  /** All annotations were asked for: errors carry details too. */
  readonly allAnnotations: boolean;
  /** `Preference-Applied` in the words of the request; empty when nothing was asked. */
  readonly applied: string;
}

/** Reads `Prefer` in any order and quoting. */
export function readPreferences(header: string | undefined): Preferences {
  let patterns: readonly string[] = [];
  let representation = false;
  let continueOnError = false;
  let respondAsync = false;
  let trackChanges = false;
  let maxPageSize: number | undefined;
  let pageSize: string | undefined;
  const applied: string[] = [];
  for (const part of splitPreferences(header ?? '')) {
    const [name, value] = splitOnce(part, '=');
    switch (
      name
        .trim()
        .toLowerCase()
        .replace(/^odata\./, '')
    ) {
      case 'include-annotations':
        patterns = unquoted(value)
          .split(',')
          .map((pattern) => pattern.trim());
        applied.push(`${name.trim()}="${unquoted(value)}"`);
        continue;
      case 'maxpagesize': {
        const size = Number(unquoted(value));
        if (!Number.isInteger(size) || size < 1) continue;
        maxPageSize = Math.min(size, 5000);
        pageSize = part;
        continue;
      }
      case 'return':
        // `return=minimal` is the default and not echoed.
        if (unquoted(value) !== 'representation') continue;
        representation = true;
        break;
      case 'respond-async':
        respondAsync = true;
        break;
      case 'track-changes':
        trackChanges = true;
        break;
      case 'continue-on-error':
        continueOnError = true;
        break;
      default:
        continue;
    }
    applied.push(part);
  }
  return {
    annotation: (name) => patterns.some((pattern) => matches(pattern, name)),
    ...(maxPageSize === undefined ? {} : { maxPageSize }),
    representation,
    continueOnError,
    respondAsync,
    trackChanges,
    allAnnotations: patterns.includes('*'),
    // The size of pages comes last, whatever its place in the request.
    applied: [...applied, ...(pageSize === undefined ? [] : [pageSize])].join(
      semicolon.test(header ?? '') ? '; ' : ', ',
    ),
  };
}

/** A semicolon outside quotes: the answer separates as the request did. */
const semicolon = /^(?:"[^"]*"|[^";])*;/;

function matches(pattern: string, name: string): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** Splits at commas and semicolons outside double quotes. */
function splitPreferences(header: string): readonly string[] {
  const parts = header.match(/(?:"[^"]*"|[^,;"])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function unquoted(value: string): string {
  return value.trim().replace(/^"(.*)"$/, '$1');
}
