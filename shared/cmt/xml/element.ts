import type { Position } from '../file-format-error.ts';

/** An element with everything in it: attributes in the file's order, known or not. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside; white space as it was, or left out where nothing else is. */
  readonly text: string;
  /** Where its start tag ends. */
  readonly position: Position;
}

/** The first child of a name. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

/** All children of a name, in order. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}
