import type { XmlElement } from './element.ts';
import { attributesText, escapeText } from './escape.ts';

/** An element on one line, with everything in it. White space between elements does not count. */
export function elementText(element: XmlElement): string {
  const { name, attributes, children, text } = element;
  const start = `<${name}${attributesText(attributes)}`;
  const content =
    (children.length > 0 && text.trim() === '' ? '' : escapeText(text)) +
    children.map((child) => elementText(child)).join('');
  return content === '' ? `${start} />` : `${start}>${content}</${name}>`;
}
