import { SaxesParser } from 'saxes';
import { DataverseError } from './dataverse-error.ts';

/** An element of FetchXML; text only where it has some. */
export interface FetchElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly FetchElement[];
  readonly text: string;
}

/** What a row query does to the filter of a schema. */
export interface FetchShape {
  readonly table: string;
  readonly idColumn: string;
  readonly columns: readonly string[];
}

export interface FetchPage {
  readonly number: number;
  readonly size: number;
  /** Decoded; absent for the first page, and where the service gives none. */
  readonly cookie?: string;
}

/** A filter ready for paging. */
export interface FetchQuery {
  readonly fetch: FetchElement;
  readonly shape: FetchShape;
  /** Stated by the filter itself: then there is only one page. */
  readonly top?: number;
}

/**
 * Reads a whole `<fetch>`, an `<entity>`, or bare `<filter>` and `<link-entity>` fragments. The
 * columns become those of the query; conditions, links, `distinct` and aliases stay.
 */
export function readFetch(text: string, shape: FetchShape): FetchQuery {
  const where = `filter of ${shape.table}`;
  const elements = parseElements(text, where);
  const first = elements[0];
  const fetch = elements.length === 1 && first?.name === 'fetch' ? first : undefined;
  const inside = fetch?.children ?? elements;
  const entity = inside.find((element) => element.name === 'entity');
  if (fetch !== undefined && entity === undefined)
    throw badFilter('The <fetch> of a filter has no <entity>', where);
  const table = entity?.attributes['name'];
  if (table !== undefined && table !== shape.table)
    throw badFilter(`The filter asks for rows of ${table}`, where);
  if (fetch?.attributes['aggregate'] === 'true')
    throw badFilter('A filter cannot aggregate', where);
  const stray = elements.find((element) => !known.has(element.name));
  if (stray !== undefined) throw badFilter(`A filter cannot hold <${stray.name}>`, where);
  const top = Number(fetch?.attributes['top'] ?? '');
  const fragments = (entity?.children ?? elements).map(cleaned).filter(isKept);
  return {
    shape,
    ...(Number.isInteger(top) && top > 0 ? { top } : {}),
    fetch: {
      name: 'fetch',
      attributes: { distinct: fetch?.attributes['distinct'] ?? 'false' },
      text: '',
      children: [
        {
          name: 'entity',
          attributes: { name: shape.table },
          text: '',
          children: [
            ...[...new Set([shape.idColumn, ...shape.columns])].map((name) =>
              element('attribute', { name }),
            ),
            ...fragments,
            // One order for every read: pages stay apart, and results are the same each time.
            element('order', { attribute: shape.idColumn }),
          ],
        },
      ],
    },
  };
}

/** The FetchXML text of one page. */
export function composePage(query: FetchQuery, page: FetchPage): string {
  const { distinct } = query.fetch.attributes;
  const attributes: Record<string, string> = { version: '1.0', mapping: 'logical' };
  if (distinct === 'true') attributes['distinct'] = 'true';
  if (query.top === undefined) {
    attributes['count'] = String(page.size);
    attributes['page'] = String(page.number);
    if (page.cookie !== undefined) attributes['paging-cookie'] = page.cookie;
  } else attributes['top'] = String(query.top);
  return composeElement({ ...query.fetch, attributes });
}

/** The cookie of the annotation `fetchxmlpagingcookie`: encoded twice within an XML attribute. */
export function pagingCookie(annotation: string): string | undefined {
  const encoded = /pagingcookie="([^"]*)"/.exec(annotation)?.[1];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(decodeURIComponent(encoded));
  } catch {
    return undefined;
  }
}

/** A condition; `values` for operators such as `in`. */
export function condition(
  attribute: string,
  operator: string,
  values: readonly string[],
): FetchElement {
  if (values.length === 1 && operator !== 'in')
    return element('condition', { attribute, operator, value: values[0] ?? '' });
  return {
    ...element('condition', { attribute, operator }),
    children: values.map((text) => ({ ...element('value', {}), text })),
  };
}

export function filter(type: 'and' | 'or', children: readonly FetchElement[]): FetchElement {
  return { ...element('filter', { type }), children };
}

export function composeElement(element: FetchElement): string {
  const attributes = Object.entries(element.attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('');
  const content = escapeXml(element.text) + element.children.map(composeElement).join('');
  return content === ''
    ? `<${element.name}${attributes}/>`
    : `<${element.name}${attributes}>${content}</${element.name}>`;
}

const known = new Set([
  'fetch',
  'entity',
  'filter',
  'link-entity',
  'attribute',
  'all-attributes',
  'order',
]);
const dropped = new Set(['attribute', 'all-attributes', 'order', 'no-attrs']);

function isKept(element: FetchElement): boolean {
  return !dropped.has(element.name);
}

/** Columns of linked tables would multiply rows and are not asked for; values lose their leading blanks. */
function cleaned(source: FetchElement): FetchElement {
  const attributes = { ...source.attributes };
  if (source.name === 'condition' && attributes['value'] !== undefined)
    attributes['value'] = attributes['value'].trimStart();
  return {
    name: source.name,
    attributes,
    text: source.name === 'value' ? source.text.trimStart() : '',
    children: source.children.filter(isKept).map(cleaned),
  };
}

function element(name: string, attributes: Readonly<Record<string, string>>): FetchElement {
  return { name, attributes, children: [], text: '' };
}

interface OpenElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: FetchElement[];
  text: string;
}

// The service allows 500 conditions and 15 links; no filter is as deep as this.
const maxDepth = 64;

function parseElements(text: string, where: string): readonly FetchElement[] {
  const root: OpenElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw badFilter(`The filter is not well-formed: ${error.message}`, where);
  });
  parser.on('opentag', (tag) => {
    const entered: OpenElement = {
      name: tag.name,
      attributes: tag.attributes,
      children: [],
      text: '',
    };
    if (open.length > maxDepth)
      throw badFilter(`The filter is nested more than ${maxDepth} deep`, where);
    open.at(-1)?.children.push(entered);
    open.push(entered);
  });
  parser.on('text', (characters) => {
    const inside = open.at(-1);
    if (inside !== undefined) inside.text += characters;
  });
  parser.on('closetag', () => void open.pop());
  // Fragments have no root of their own.
  parser.write(`<fragments>${text.replace(/^\s*(?:<\?xml[^>]*\?>)?/, '')}</fragments>`).close();
  return root.children[0]?.children ?? [];
}

function badFilter(what: string, where: string): DataverseError {
  return new DataverseError(
    'URM1050',
    { what, where, next: 'Correct the filter of the table in data_schema.xml.' },
    {},
  );
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"\t\r\n]/g, (character) => escapes[character] ?? character);
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\r': '&#13;',
  '\n': '&#10;',
};
