import { SaxesParser } from 'saxes';
import { invalidFetchXml } from '../errors/query-errors.ts';

/** An element of a small, trusted-by-nobody document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

const maxDepth = 64;

/**
 * Reads a query's XML. Refuses document types, entities of its own and elements nested without end:
 * nothing of it is expanded or fetched.
 */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser();
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  parser.on('error', (error) => {
    throw invalidFetchXml(error.message);
  });
  parser.on('doctype', () => {
    throw invalidFetchXml('For security reasons DTD is prohibited in this XML document.');
  });
  parser.on('opentag', (tag) => {
    if (open.length >= maxDepth) throw invalidFetchXml('Elements are nested too deeply.');
    open.push({
      name: tag.name,
      attributes: new Map(Object.entries(tag.attributes)),
      children: [],
      text: '',
    });
  });
  parser.on('text', (part) => {
    const current = open.at(-1);
    if (current !== undefined) current.text += part;
  });
  parser.on('cdata', (part) => {
    const current = open.at(-1);
    if (current !== undefined) current.text += part;
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed === undefined) return;
    const parent = open.at(-1);
    if (parent === undefined) root = closed;
    else parent.children.push(closed);
  });
  parser.write(text.replace(/^\uFEFF/, '').trim()).close();
  if (root === undefined) throw invalidFetchXml('Root element is missing.');
  return root;
}

/** Text for an attribute in double quotes. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
