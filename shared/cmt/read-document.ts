import { FileFormatError } from './file-format-error.ts';
import type { XmlElement } from './xml/element.ts';
import { scanRecords } from './xml/scan-records.ts';
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
    const events = reader.write(from === 0 ? chunk : chunk.slice(from), { stops: true });
    const end = events.findIndex(({ kind }) => kind === 'end-table');
    if (end >= 0) {
      yield events.slice(0, end);
      return;
    }
    yield events;
  }
  const rest = reader.end({ stops: true });
  const end = rest.findIndex(({ kind }) => kind === 'end-table');
  yield end < 0 ? rest : rest.slice(0, end);
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
  yield reader.end();
}

const recordsTag = '<records>';
const recordEnd = '</record>';
/** A record that is longer is left to the parser, which takes it piece by piece. */
const longestScan = 256 * 1024;
/** After so many records in a row that were not written as expected no more are expected. */
const patience = 20;

/** How far a piece of text is read. */
interface Reach {
  /** Nothing after the first table's end is parsed. */
  readonly stops?: boolean;
  /** Nothing follows that a record at the end of the text could go on in. */
  readonly isLast?: boolean;
}

interface DocumentReader {
  write(text: string, reach?: Reach): readonly DocumentEvent[];
  /** What waited for more text, which does not come; the document may be a part of one. */
  end(reach?: Reach): readonly DocumentEvent[];
  /** As `end`, where the document has to be complete. */
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
  // The parser stands between two records, or before the first.
  let isBetween = false;
  let failures = 0;
  let held: string[] = [];
  let heldChars = 0;
  const take = (): readonly DocumentEvent[] => {
    const taken = events;
    events = [];
    return taken;
  };
  const builder = createElementBuilder((element) => {
    if (room === 'outside') return;
    if (room === 'records' && element.name === 'record') {
      isBetween = true;
      events.push({ kind: 'record', element });
    } else if (room === 'links' && element.name === 'm2mrelationship')
      events.push({ kind: 'link', element });
    else events.push({ kind: 'other', inside: room, element });
  });

  const parser = createXmlParser(path, {
    open: (name, attributes, position) => {
      isBetween = false;
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
      } else if (room === 'table' && name === 'records') {
        room = 'records';
        isBetween = true;
        failures = 0;
      } else if (room === 'table' && name === 'm2mrelationships') room = 'links';
      else builder.open(name, attributes, position);
    },
    text: (text) => {
      isBetween = false;
      if (builder.busy()) builder.text(text);
    },
    close: (name) => {
      isBetween = false;
      if (builder.busy()) {
        builder.close(name);
        return;
      }
      if (room === 'table') events.push({ kind: 'end-table' });
      room =
        room === 'records' || room === 'links' ? 'table' : room === 'table' ? 'root' : 'outside';
    },
  });

  const passed = (text: string, from: number, to: number): void => {
    pieceStart += to - from;
    pieceStartByte += Buffer.byteLength(text.slice(from, to));
  };

  /**
   * Reads text and gives what of it is to be read again with what follows. Pieces end before each `<entity`, so
   * that a table's start is the start of a piece, and where records begin that may be read the quick way.
   */
  const feed = (text: string, reach: Reach = {}): string => {
    let from = 0;
    while (from < text.length) {
      if (isBetween && failures < patience) {
        const { records, end, lines, isCut } = scanRecords(text, from, parser.line);
        for (const element of records) events.push({ kind: 'record', element });
        parser.skip(lines);
        passed(text, from, end);
        if (records.length > 0) failures = 0;
        from = end;
        if (isCut && reach.isLast !== true && text.length - from < longestScan)
          return text.slice(from);
        failures += 1;
      }
      const next = nextCut(text, from);
      isBetween = false;
      const piece = text.slice(from, next);
      parser.write(piece.includes('\t') ? keepTabs(piece) : piece);
      passed(text, from, next);
      from = next;
      if (reach.stops === true && events.at(-1)?.kind === 'end-table') return '';
    }
    return '';
  };

  /** Where the piece ends that begins at `from`. */
  const nextCut = (text: string, from: number): number => {
    const cuts = [text.indexOf('<entity', from + 1)];
    if (room !== 'records') cuts.push(endOf(text, recordsTag, from));
    else if (failures < patience) cuts.push(endOf(text, recordEnd, from));
    const found = cuts.filter((cut) => cut >= 0);
    return found.length === 0 ? text.length : Math.min(...found);
  };

  const end = (reach?: Reach): readonly DocumentEvent[] => {
    feed(held.join(''), { ...reach, isLast: true });
    held = [];
    return take();
  };

  return {
    write: (text, reach) => {
      // Tags are fed whole: what follows the last `<` waits for the rest.
      const cut = text.lastIndexOf('<');
      heldChars += text.length;
      if (cut < 0) held.push(text);
      else {
        const whole = held.join('') + text.slice(0, cut);
        held = [feed(whole, reach), text.slice(cut)];
        heldChars = held.reduce((sum, { length }) => sum + length, 0);
      }
      if (heldChars > maxTokenChars) feed(held.join(''), { isLast: true });
      return take();
    },
    end,
    close: () => {
      const rest = end();
      parser.close();
      return [...rest, ...take()];
    },
  };
}

function endOf(text: string, part: string, from: number): number {
  const at = text.indexOf(part, from);
  return at < 0 ? at : at + part.length;
}
