import { SaxesParser } from 'saxes';
import { FileFormatError } from '../file-format-error.ts';
import type { Position } from '../file-format-error.ts';
import type { XmlElement } from './element.ts';

/** What a reader of XML is told, in document order. */
export interface XmlHandlers {
  readonly open: (
    name: string,
    attributes: Readonly<Record<string, string>>,
    position: Position,
  ) => void;
  readonly text?: (text: string) => void;
  readonly close: (name: string) => void;
}

/** Text goes in piece by piece; `close` checks that the document is complete. */
export interface XmlParser {
  write(text: string): void;
  /** The line of the next character. */
  readonly line: number;
  /** So many lines were read by somebody else, who stopped at the end of one. */
  skip(lines: number): void;
  close(): void;
}

const maxDepth = 64;
/** Above the largest value the platform stores: a file of 128 MB, in base64. */
export const maxTokenChars = 192 * 1024 * 1024;

/**
 * A strict XML parser in flat memory: not well-formed documents end with the line and column, and
 * document types are refused, so that no entity is ever expanded.
 */
export function createXmlParser(path: string, handlers: XmlHandlers): XmlParser {
  const parser = new SaxesParser();
  let depth = 0;
  let sinceEvent = 0;

  // saxes counts columns from 0 and stands behind the character it speaks of.
  const position = (): Position => ({ line: parser.line, column: Math.max(1, parser.column) });
  const fail = (code: 'URM1103' | 'URM1105', what: string, next: string): never => {
    throw new FileFormatError(code, { path, position: position() }, { what, next });
  };

  parser.on('error', (error) => {
    fail('URM1103', `The XML is not well-formed: ${reason(error)}`, nextStep(error));
  });
  parser.on('doctype', () => {
    fail(
      'URM1105',
      'The file has a document type declaration, which may define entities',
      'Configuration Migration files have none: remove the DOCTYPE line.',
    );
  });
  parser.on('opentag', ({ name, attributes }) => {
    sinceEvent = 0;
    depth++;
    if (depth > maxDepth)
      fail(
        'URM1105',
        `Elements are nested more than ${String(maxDepth)} deep`,
        'Configuration Migration files are not: find out where the file comes from.',
      );
    handlers.open(name, attributes, position());
  });
  parser.on('closetag', ({ name }) => {
    sinceEvent = 0;
    depth--;
    handlers.close(name);
  });
  const { text } = handlers;
  if (text !== undefined) {
    parser.on('text', text);
    parser.on('cdata', text);
  }

  return {
    write: (chunk) => {
      sinceEvent += chunk.length;
      parser.write(chunk);
      if (sinceEvent > maxTokenChars)
        fail(
          'URM1105',
          `A single value or text is longer than ${String(maxTokenChars)} characters`,
          'No column holds that much: find out where the file comes from.',
        );
    },
    get line() {
      return parser.line;
    },
    skip: (lines) => {
      parser.line += lines;
      sinceEvent = 0;
    },
    close: () => {
      parser.close();
    },
  };
}

/** Parses a small document whole. */
export function parseElement(text: string, path: string): XmlElement {
  let root: XmlElement | undefined;
  const builder = createElementBuilder((element) => {
    root = element;
  });
  const parser = createXmlParser(path, builder);
  parser.write(text);
  parser.close();
  if (root === undefined)
    throw new FileFormatError(
      'URM1103',
      { path },
      { what: 'The file is empty', next: 'Export it again.' },
    );
  return root;
}

/** Handlers that put elements together and hand each outermost one over. */
export function createElementBuilder(
  done: (element: XmlElement) => void,
): Required<XmlHandlers> & { readonly busy: () => boolean } {
  interface Open {
    readonly name: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly position: Position;
    readonly children: XmlElement[];
    text: string;
  }
  const stack: Open[] = [];
  return {
    busy: () => stack.length > 0,
    open: (name, attributes, position) => {
      stack.push({ name, attributes, position, children: [], text: '' });
    },
    text: (text) => {
      const top = stack.at(-1);
      if (top !== undefined) top.text += text;
    },
    close: () => {
      const element = stack.pop();
      if (element === undefined) return;
      const parent = stack.at(-1);
      if (parent === undefined) done(element);
      else parent.children.push(element);
    },
  };
}

/** saxes begins its messages with `line:column:`, which the error says in its own way. */
function reason(error: Error): string {
  return error.message.replace(/^(?:[^:]*:)?\d+:\d+: /, '').replace(/\.$/, '');
}

function nextStep(error: Error): string {
  return /unclosed|unexpected end|must contain a root/.test(error.message)
    ? 'The file seems to be cut off: copy or export it again.'
    : 'Correct it there, or export the file again.';
}
