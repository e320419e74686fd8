/** A piece of text between tags, with its place in the source. */
export interface XmlText {
  readonly is: 'text';
  /** As written, entities not decoded: offsets into it are offsets into the source. */
  readonly raw: string;
  readonly start: number;
}

export interface XmlElement {
  readonly is: 'element';
  /** Without a namespace prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlNode[];
  /** Where its content begins and ends in the source; both are the end of the tag for `<x />`. */
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly start: number;
  readonly end: number;
}

export type XmlNode = XmlText | XmlElement;

export type XmlReading = { readonly root: XmlElement } | { readonly problem: string };

// One alternative per kind of markup; what stands between two matches is text.
const markup =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\p{L}_:][\p{L}\p{N}_.:-]*)((?:\s+[^\s=<>"'/]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/guy;
const attribute = /\s*([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gy;

const deepest = 200;

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlNode[];
  readonly contentStart: number;
  readonly start: number;
}

/**
 * Reads a small XML text into a tree that knows where everything stands, so that a change can be
 * made in the source itself and every other character stays. No DTD, no entities beyond the five.
 */
export function readXml(source: string): XmlReading {
  const stack: Open[] = [];
  let root: XmlElement | undefined;
  let at = source.startsWith('\uFEFF') ? 1 : 0;
  while (at < source.length) {
    const next = source.indexOf('<', at);
    const textEnd = next < 0 ? source.length : next;
    const parent = stack.at(-1);
    if (textEnd > at) {
      const raw = source.slice(at, textEnd);
      if (parent !== undefined) parent.children.push({ is: 'text', raw, start: at });
      else if (raw.trim() !== '') return { problem: `text outside the root element at ${at}` };
    }
    if (next < 0) break;
    markup.lastIndex = next;
    const found = markup.exec(source);
    if (found === null) return { problem: `markup that is not well-formed at ${next}` };
    at = next + found[0].length;
    const [whole, cdata, closing, qualifiedName, attributesText, empty] = found;
    if (cdata !== undefined)
      parent?.children.push({ is: 'text', raw: cdata, start: next + '<![CDATA['.length });
    if (qualifiedName === undefined) continue;
    const name = qualifiedName.slice(qualifiedName.indexOf(':') + 1);
    if (closing === '/') {
      const open = stack.pop();
      if (open?.name !== name) return { problem: `</${qualifiedName}> closes nothing at ${next}` };
      root = place(stack, { ...open, is: 'element', contentEnd: next, end: at }) ?? root;
      continue;
    }
    if (parent === undefined && root !== undefined)
      return { problem: `a second root element at ${next}` };
    if (stack.length >= deepest) return { problem: `elements nested deeper than ${deepest}` };
    const attributes = readAttributes(attributesText ?? '');
    const open: Open = { name, attributes, children: [], contentStart: at, start: next };
    if (empty === '/' || whole.endsWith('/>'))
      root = place(stack, { ...open, is: 'element', contentEnd: at, end: at }) ?? root;
    else stack.push(open);
  }
  const left = stack.at(-1);
  if (left !== undefined) return { problem: `<${left.name}> at ${left.start} is never closed` };
  return root === undefined ? { problem: 'no element' } : { root };
}

/** Hands a finished element to its parent; an element without one is the root. */
function place(stack: readonly Open[], element: XmlElement): XmlElement | undefined {
  const parent = stack.at(-1);
  if (parent === undefined) return element;
  parent.children.push(element);
  return undefined;
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, double, single] of text.matchAll(attribute))
    if (name !== undefined) attributes.set(name, decodeEntities(double ?? single ?? ''));
  return attributes;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** The five named entities and numeric references; anything else stays as written. */
export function decodeEntities(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
      const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

/** All text below an element, decoded. */
export function textOf(element: XmlElement): string {
  return element.children
    .map((child) => (child.is === 'text' ? decodeEntities(child.raw) : textOf(child)))
    .join('');
}

/** The elements directly below. */
export function elementsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child) => child.is === 'element');
}

/** All elements of a name below an element, in the order of the text. */
export function descendants(element: XmlElement, name: string): readonly XmlElement[] {
  return elementsOf(element).flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...descendants(child, name),
  ]);
}
