import type { Position } from '../file-format-error.ts';
import type { XmlElement } from './element.ts';

/** Records that were read, and where reading ended. */
export interface Scanned {
  readonly records: readonly XmlElement[];
  /** The first character that was not read: of a line end. */
  readonly end: number;
  /** Line ends in what was read. */
  readonly lines: number;
  /** The text ends in the middle of what may be another record. */
  readonly isCut: boolean;
}

// What a quoted value may hold without being looked at more closely: no markup, no control characters but
// tabs, no half or whole surrogate pairs, and nothing that XML does not know.
const plain = String.raw`[^"<\u0000-\u0008\u000a-\u001f\ud800-\udfff\ufffe\uffff]*`;
const space = String.raw`(?:[ \t]|\r?\n)*`;
const opening = new RegExp(String.raw`${space}<record id="(${plain})">`, 'y');
const field = new RegExp(
  String.raw`${space}<field name="(${plain})" value="(${plain})"(?: lookupentity="(${plain})")?(?: lookupentityname="(${plain})")? ?/>`,
  'y',
);
const closing = new RegExp(String.raw`${space}</record>(?=\r?\n)`, 'y');
const recordStart = '<record ';
const closingTag = '</record>';

/**
 * Reads records that are written as the stock tool writes them, several times as fast as a parser that has to
 * expect everything. It stops before the first that is written otherwise: that one is for the parser, and so is
 * whatever is wrong. The white space between fields is left out.
 */
export function scanRecords(text: string, from: number, line: number): Scanned {
  const records: XmlElement[] = [];
  const source: ScannedText = { text, from, line };
  let end = from;
  let isCut = false;
  for (;;) {
    const next = scanRecord(source, end);
    if (next === undefined) {
      isCut = isCutOff(text, end);
      break;
    }
    records.push(next.record);
    end = next.end;
  }
  return { records, end, lines: countLines(text, from, end), isCut };
}

/** Whether the text ends before it is known what stands there. */
function isCutOff(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1;
  if (!recordStart.startsWith(text.slice(at, at + recordStart.length))) return false;
  // A record without fields ends with its tag.
  const tagEnd = text.indexOf('>', at);
  if (tagEnd > 0 && text.charAt(tagEnd - 1) === '/') return false;
  const close = text.indexOf(closingTag, at);
  // A line end has to follow, so that columns count from there on.
  return close < 0 || close + closingTag.length + 2 > text.length;
}

/** A text whose lines are counted when somebody asks: nearly nobody does. */
interface ScannedText {
  readonly text: string;
  readonly from: number;
  /** The line of the character at `from`. */
  readonly line: number;
}

/** Knows its place in the text, and works it out when asked. */
class ScannedElement implements XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text = '';
  readonly #source: ScannedText;
  readonly #end: number;

  constructor(
    name: string,
    attributes: Readonly<Record<string, string>>,
    children: readonly XmlElement[],
    at: { readonly source: ScannedText; readonly end: number },
  ) {
    this.name = name;
    this.attributes = attributes;
    this.children = children;
    this.#source = at.source;
    this.#end = at.end;
  }

  get position(): Position {
    const { text, from, line } = this.#source;
    const lineStart = text.lastIndexOf('\n', this.#end - 1) + 1;
    return {
      line: line + countLines(text, from, this.#end),
      column: Math.max(1, this.#end - lineStart),
    };
  }
}

const none: readonly XmlElement[] = [];

function scanRecord(
  source: ScannedText,
  from: number,
): { readonly record: XmlElement; readonly end: number } | undefined {
  const { text } = source;
  opening.lastIndex = from;
  const head = opening.exec(text);
  // Without a line end before it the column of the record is not known.
  if (head === null || !head[0].includes('\n')) return undefined;
  const id = unescaped(head[1] ?? '');
  const children: XmlElement[] = [];
  const start = opening.lastIndex;
  let end = start;
  for (;;) {
    field.lastIndex = end;
    const found = field.exec(text);
    if (found === null) break;
    end = field.lastIndex;
    const attributes = attributesOf(found);
    if (attributes === undefined) return undefined;
    children.push(new ScannedElement('field', attributes, none, { source, end }));
  }
  closing.lastIndex = end;
  if (id === undefined || !closing.test(text)) return undefined;
  const record = new ScannedElement('record', { id }, children, { source, end: start });
  return { record, end: closing.lastIndex };
}

function attributesOf(found: RegExpExecArray): Readonly<Record<string, string>> | undefined {
  const name = unescaped(found[1] ?? '');
  const value = unescaped(found[2] ?? '');
  if (name === undefined || value === undefined) return undefined;
  if (found[3] === undefined && found[4] === undefined) return { name, value };
  const attributes: Record<string, string> = { name, value };
  for (const [at, key] of lookupKeys) {
    const raw = found[at];
    if (raw === undefined) continue;
    const text = unescaped(raw);
    if (text === undefined) return undefined;
    attributes[key] = text;
  }
  return attributes;
}

const lookupKeys = [
  [3, 'lookupentity'],
  [4, 'lookupentityname'],
] as const;

/** Resolves references; `undefined` where one is of a kind that is left to the parser. */
function unescaped(value: string): string | undefined {
  if (!value.includes('&')) return value;
  let isKnown = true;
  const text = value.replaceAll(/&([^;&]*;)?/g, (_, body: string | undefined) => {
    const character = body === undefined ? undefined : references.get(body);
    isKnown &&= character !== undefined;
    return character ?? '';
  });
  return isKnown ? text : undefined;
}

const references: ReadonlyMap<string, string> = new Map([
  ['amp;', '&'],
  ['lt;', '<'],
  ['gt;', '>'],
  ['quot;', '"'],
  ['apos;', "'"],
  ['#xD;', '\r'],
  ['#xA;', '\n'],
  ['#x9;', '\t'],
]);

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1))
    lines += 1;
  return lines;
}
