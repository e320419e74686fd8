import { FileFormatError } from './file-format-error.ts';
import type { XmlElement } from './xml/element.ts';
import { createElementBuilder, createXmlParser } from './xml/parse-xml.ts';

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
  at: TableStart,
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

interface DocumentReader {
  /** With `stop`, nothing after the first table's end is parsed. */
  write(text: string, until?: 'stop'): readonly DocumentEvent[];
  close(): readonly DocumentEvent[];
}

type Room = 'outside' | 'root' | 'table' | 'records' | 'links';

function createDocumentReader(path: string): DocumentReader {
  let events: DocumentEvent[] = [];
  let room: Room = 'outside';
  let pieceStart = 0;
  let held = '';
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
        events.push({ kind: 'table', attributes, start: pieceStart });
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
      parser.write(piece);
      pieceStart += piece.length;
      if (next < 0) return;
      if (until === 'stop' && events.at(-1)?.kind === 'end-table') return;
      from = next;
    }
  };

  return {
    write: (text, until) => {
      const whole = held + text;
      // A tag's name may be cut in two by the end of a chunk.
      const cut = whole.lastIndexOf('<');
      const hold = cut >= 0 && whole.length - cut < '<entity'.length ? cut : whole.length;
      held = whole.slice(hold);
      feed(whole.slice(0, hold), until);
      return take();
    },
    close: () => {
      if (held !== '') feed(held);
      held = '';
      parser.close();
      return take();
    },
  };
}
