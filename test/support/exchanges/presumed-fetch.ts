import type { Entity } from '#emulator/metadata/metadata.ts';
import { isLookup } from '#emulator/query/column-value.ts';
import type { JsonRow } from './documented-json.ts';

/** A document as a URL carries it: encoded once more than needed, or with `+` for blanks. */
export function decodeFetch(text: string | undefined): string {
  if (text === undefined) return '';
  const decoded = text.startsWith('%') ? decodeURIComponent(text) : text;
  return decoded.startsWith('<fetch+') ? decoded.replaceAll('+', ' ') : decoded;
}

/** Rows by the names of columns where a document gives its own names to them. */
export function withoutAliases(fetch: string, rows: readonly JsonRow[]): readonly JsonRow[] {
  const names = new Map<string, string>();
  for (const [element] of ownPart(fetch).matchAll(/<attribute\b[^>]*>/g)) {
    const alias = attributeOf(element, 'alias');
    const name = attributeOf(element, 'name');
    if (alias !== undefined && name !== undefined) names.set(alias, name);
  }
  if (names.size === 0) return rows;
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([member, value]) => {
        const [name = '', ...annotation] = member.split('@');
        const column = names.get(name);
        if (column === undefined) return [member, value];
        const isReference = `${name}@Microsoft.Dynamics.CRM.lookuplogicalname` in row;
        const shown = isReference ? `_${column}_value` : column;
        return [[shown, ...annotation].join('@'), value];
      }),
    ),
  );
}

/** Equalities of a document as a filter: what its rows have though they do not show it. */
export function equalitiesOf(entity: Entity, fetch: string): readonly string[] {
  return [...ownPart(fetch).matchAll(/<condition\b[^>]*>/g)].flatMap(([element]) => {
    const column = entity.attributes.get(attributeOf(element, 'attribute') ?? '');
    const value = attributeOf(element, 'value');
    if (column === undefined || value === undefined) return [];
    if (attributeOf(element, 'operator') !== 'eq') return [];
    return isLookup(column) ? [`_${column.logicalName}_value eq ${value}`] : [];
  });
}

/** What a document says of its own table, links left out. */
function ownPart(fetch: string): string {
  return fetch.replaceAll(/<link-entity\b[\s\S]*<\/link-entity>/g, '');
}

function attributeOf(element: string, name: string): string | undefined {
  return new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
    .exec(element)
    ?.slice(1)
    .find((text) => text !== undefined);
}
