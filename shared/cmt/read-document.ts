import { FileFormatError } from './file-format-error.ts';
import type { XmlElement } from './xml/element.ts';
import { createElementBuilder, createXmlParser, maxTokenChars } from './xml/parse-xml.ts';

/**
 * A data.xml as it is, part by part and in its order: nothing decoded, nothing dropped. Rows come
 * from here by the schema, and the folder form too.
 */
export type DocumentEvent =
  | { readonly kind: 'root'; readonly attributes: Readonly<Record<string, string>> }
  | {
      readonly kind: 'table';
      readonly attributes: Readonly<Record<string, string>>;
      /** Characters before its start tag. */
      readonly start: number;
      /** The same in bytes of UTF-8. */
      readonly startByte: number;
    }
  | { readonly kind: 'record' | 'link'; readonly element: XmlElement }
  /** What the format does not know, where it stands. */
  | {
      readonly kind: 'other';
      readonly inside: 'root' | 'table' | 'records' | 'links';
      readonly element: XmlElement;
    }
  | { readonly kind: 'end-table' };

/** A table of the document by where its start tag stands, so that it can be read without the rest. */
export interface TableStart {
  readonly start: number;
  readonly startByte: number;
}

/** Reads a data.xml in flat memory; events come in batches, one per piece of text. */
export async function* readDocument(
  text: AsyncIterable<string>,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<readonly DocumentEvent[]> {
  const reader = createDocumentReader(path);
  for await (const chunk of text) {
    signal.throwIfAborted();
    yield reader.write(chunk);
  }
  yield reader.close();
}

/** Reads one table of a data.xml, whose place an earlier reading told. */
export async function* readTableAt(
  text: AsyncIterable<string>,
  at: Pick<TableStart, 'start'>,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<readonly DocumentEvent[]> {
  const reader = createDocumentReader(path);
  reader.write('<entities>');
  let skipped = 0;
  for await (const chunk of text) {
    signal.throwIfAborted();
    const from = Math.min(chunk.length, at.start - skipped);
    skipped += from;
    if (from === chunk.length) continue;
    const events = reader.write(from === 0 ? chunk : chunk.slice(from), 'stop');
    const end = events.findIndex(({ kind }) => kind === 'end-table');
    if (end >= 0) {
      yield events.slice(0, end);
      return;
    }
    yield events;
  }
}

/** Reads tables that stand alone, without the document around them. */
export async function* readTables(
  text: AsyncIterable<string>,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<readonly DocumentEvent[]> {
  const reader = createDocumentReader(path);
  reader.write('<entities>');
  for await (const chunk of text) {
    signal.throwIfAborted();
    yield reader.write(chunk);
  }
  yield reader.write('</entities>');
}

interface DocumentReader {
  /** With `stop`, nothing after the first table's end is parsed. */
  write(text: string, until?: 'stop'): readonly DocumentEvent[];
  close(): readonly DocumentEvent[];
}

/**
 * The stock tool writes tabs in values as they are, and XML's rules make blanks of them: as references
 * they survive. Only what stands in quotes inside a tag is meant.
 */
function keepTabs(text: string): string {
  return text
    .split(/(?=<)/)
    .map((lexeme) =>
      /^<[^!?]/.test(lexeme) && lexeme.includes('\t')
        ? lexeme.replace(/"[^"]*"|'[^']*'/g, (value) => value.replaceAll('\t', '&#x9;'))
        : lexeme,
    )
    .join('');
}

type Room = 'outside' | 'root' | 'table' | 'records' | 'links';

function createDocumentReader(path: string): DocumentReader {
  let events: DocumentEvent[] = [];
  let room: Room = 'outside';
  let pieceStart = 0;
  let pieceStartByte = 0;
  let held: string[] = [];
  let heldChars = 0;
  const take = (): readonly DocumentEvent[] => {
    const taken = events;
    events = [];
    return taken;
  };
  const builder = createElementBuilder((element) => {
    if (room === 'outside') return;
    if (room === 'records' && element.name === 'record') events.push({ kind: 'record', element });
    else if (room === 'links' && element.name === 'm2mrelationship')
      events.push({ kind: 'link', element });
    else events.push({ kind: 'other', inside: room, element });
  });

  const parser = createXmlParser(path, {
    open: (name, attributes, position) => {
      if (builder.busy()) builder.open(name, attributes, position);
      else if (room === 'outside') {
        if (name !== 'entities')
          throw new FileFormatError(
            'URM1103',
            { path, position },
            {
              what: `The document begins with <${name}> instead of <entities>`,
              next: 'Give a data.xml of the Configuration Migration tool.',
            },
          );
        room = 'root';
        events.push({ kind: 'root', attributes });
      } else if (room === 'root' && name === 'entity') {
        room = 'table';
        events.push({ kind: 'table', attributes, start: pieceStart, startByte: pieceStartByte });
      } else if (room === 'table' && name === 'records') room = 'records';
      else if (room === 'table' && name === 'm2mrelationships') room = 'links';
      else builder.open(name, attributes, position);
    },
    text: (text) => {
      if (builder.busy()) builder.text(text);
    },
    close: (name) => {
      if (builder.busy()) {
        builder.close(name);
        return;
      }
      if (room === 'table') events.push({ kind: 'end-table' });
      room =
        room === 'records' || room === 'links' ? 'table' : room === 'table' ? 'root' : 'outside';
    },
  });

  /** Cuts before each `<entity`, so that a table's start is the start of a piece. */
  const feed = (text: string, until?: 'stop'): void => {
    let from = 0;
    for (;;) {
      const next = text.indexOf('<entity', from + 1);
      const piece = next < 0 ? text.slice(from) : text.slice(from, next);
      parser.write(piece.includes('\t') ? keepTabs(piece) : piece);
      pieceStart += piece.length;
      pieceStartByte += Buffer.byteLength(piece);
      if (next < 0) return;
      if (until === 'stop' && events.at(-1)?.kind === 'end-table') return;
      from = next;
    }
  };

  return {
    write: (text, until) => {
      // Tags are fed whole: what follows the last `<` waits for the rest.
      const cut = text.lastIndexOf('<');
      heldChars += text.length;
      if (cut < 0) held.push(text);
      else {
        const whole = held.join('') + text.slice(0, cut);
        held = [text.slice(cut)];
        heldChars = text.length - cut;
        feed(whole, until);
      }
      if (heldChars > maxTokenChars) feed(held.join(''));
      return take();
    },
    close: () => {
      feed(held.join(''));
      held = [];
      parser.close();
      return take();
    },
  };
}
