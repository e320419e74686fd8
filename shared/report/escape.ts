import { oneLine } from '../host/neutralize.ts';

/**
 * Text from outside as inert Markdown: no HTML, links, code or table cells can start in it.
 * https://spec.commonmark.org/0.31.2/#backslash-escapes
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(
      /[\\`*{}[\]#|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g,
      (character) => `\\${character}`,
    )
    .replaceAll(/:\/\//g, ':&#47;&#47;')
    .replaceAll(/@/g, '&#64;');
}

/** Text as XML content or attribute value; characters that XML 1.0 forbids are shown as `�`. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON that may stand inside a `<script>` element: it can neither end it nor break a line of it. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
