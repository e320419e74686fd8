/**
 * The pieces of an XML text between one `<` and the next: a tag with what follows it. In well-formed
 * XML no attribute holds a `<`, so that two texts with the same elements have the same pieces.
 */
export async function* readLexemes(text: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let held: string[] = [];
  for await (const chunk of text) {
    const found: string[] = [];
    let from = 0;
    for (let next = chunk.indexOf('<'); next >= 0; next = chunk.indexOf('<', next + 1)) {
      const piece = chunk.slice(from, next);
      found.push(held.length === 0 ? piece : held.join('') + piece);
      held = [];
      from = next;
    }
    held.push(chunk.slice(from));
    if (found.length > 0) yield found;
  }
  yield [held.join('')];
}

/** How the usual layout is varied as a whole. */
export interface LayoutStyle {
  readonly newline: string;
  readonly indent: string;
  /** How an empty element ends. */
  readonly emptyEnd: string;
}

/** The stock tool's. */
export const usualStyle: LayoutStyle = { newline: '\r\n', indent: '  ', emptyEnd: ' />' };

const tail = /( \/>)?(\r\n( *))?$/;

/** Gives a piece of the usual layout another style. */
export function restyle(lexeme: string, style: LayoutStyle): string {
  const match = tail.exec(lexeme);
  if (match === null || match[0] === '') return lexeme;
  const [whole, end = '', line, blanks = ''] = match;
  return (
    lexeme.slice(0, lexeme.length - whole.length) +
    (end === '' ? '' : style.emptyEnd) +
    (line === undefined ? '' : style.newline + style.indent.repeat(blanks.length / 2))
  );
}

/** Tells the style from the first pieces of a text. */
export function styleOf(lexemes: readonly string[]): LayoutStyle {
  const root = lexemes.find((lexeme) => lexeme.startsWith('<entities'));
  const indent = /(?<![ \t])[ \t]*$/.exec(root ?? '');
  const before = root?.slice(0, indent?.index) ?? '';
  const empty = lexemes.find((lexeme) => /\/>\s*$/.test(lexeme));
  return {
    newline: /\r?\n$/.exec(before)?.[0] ?? '',
    indent: indent?.[0] ?? '',
    emptyEnd: empty === undefined || / \/>\s*$/.test(empty) ? ' />' : '/>',
  };
}

/** Whether two pieces differ in nothing but the white space after the tag. */
export function differInSpaceOnly(left: string, right: string): boolean {
  return left !== right && left.trimEnd() === right.trimEnd();
}
