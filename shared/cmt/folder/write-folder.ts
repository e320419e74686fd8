import type { Files } from '../../host/files.ts';
import { sqlServerSortKey } from '../../model/guid.ts';
import type { SourceTable } from '../../model/table.ts';
import { decodeHtml } from '../html-text.ts';
import type { DocumentEvent } from '../read-document.ts';
import type { XmlElement } from '../xml/element.ts';
import { elementText } from '../xml/element-text.ts';
import { moveLongTexts } from './content-file.ts';
import { createFileNames, isPlainName } from './file-names.ts';
import { createLinkWriter } from './link-files.ts';
import type { FolderNotes, NotedElement, NotedLinks, NotedTable } from './notes.ts';
import { isInSchemaOrder, rowJson, rowText } from './row-json.ts';

/** Tables above this are written as one file of lines. */
export const maxRowFiles = 2000;

/** What writing a folder needs to know of its data.xml beforehand. */
export interface FolderSource {
  readonly events: AsyncIterable<readonly DocumentEvent[]>;
  readonly tables: readonly SourceTable[];
  rowsOf(table: string): number;
}

/**
 * Writes a data.xml as folders and files, and gives the notes of what they do not say.
 */
export async function writeFolder(
  source: FolderSource,
  target: string,
  files: Files,
): Promise<FolderNotes> {
  const events = createCursor(source.events);
  const definitions = new Map(source.tables.map((table) => [table.name, table]));
  const written: WrittenTable[] = [];
  const others: NotedElement[] = [];
  const taken = new Set<string>();
  let root: Readonly<Record<string, string>> = {};
  for (let event = await events.take(); event !== undefined; event = await events.take()) {
    if (event.kind === 'root') root = event.attributes;
    else if (event.kind === 'other') others.push(noted(event));
    else if (event.kind === 'table') {
      const name = event.attributes['name'] ?? '';
      const folder = folderName(name, taken);
      const table = definitions.get(name);
      written.push(
        await writeTable(
          {
            folder,
            path: `${target}/${folder}`,
            table,
            attributes: event.attributes,
            asLines: source.rowsOf(name) > maxRowFiles,
          },
          events,
          others,
          files,
        ),
      );
    }
  }
  return notesOf(root, written, others, source.tables);
}

interface TableTarget {
  /** The folder's name, which is the table's where it can be. */
  readonly folder: string;
  readonly path: string;
  readonly table: SourceTable | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly asLines: boolean;
}

interface WrittenTable {
  readonly folder: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly hasContent: boolean;
  readonly rows: 'sorted' | 'given' | readonly string[];
  readonly columns: 'schema' | 'given';
  readonly links: readonly NotedLinks[] | undefined;
}

async function writeTable(
  target: TableTarget,
  events: Cursor,
  others: NotedElement[],
  files: Files,
): Promise<WrittenTable> {
  const order = createOrderCheck(target.table);
  const links = createLinkWriter(target.table, target, files);
  const names: string[] = [];
  const fileNames = createFileNames();
  const nameOf = (record: XmlElement): string => {
    const key = target.table?.nameColumn;
    const field = record.children.find(({ attributes }) => attributes['name'] === key);
    return fileNames(decodeHtml(field?.attributes['value'] ?? ''), record.attributes['id'] ?? '');
  };
  for (let event = await events.peek(); event !== undefined; event = await events.peek()) {
    if (event.kind === 'record') {
      if (target.asLines) {
        await files.write(`${target.path}/_rows.jsonl`, rowLines(target, events, order), 'staged');
        continue;
      }
      names.push(await writeRowFile(event.element, target, { names: nameOf, order }, files));
    } else if (event.kind === 'link') links.add(event.element);
    else if (event.kind === 'other') others.push({ ...noted(event), folder: target.folder });
    await events.take();
    if (event.kind === 'end-table') break;
  }
  const linkNotes = await links.finish();
  return {
    folder: target.folder,
    attributes: target.attributes,
    hasContent: order.rows() > 0 || links.count() > 0,
    rows: order.sorted() ? 'sorted' : target.asLines ? 'given' : names,
    columns: order.inSchemaOrder() ? 'schema' : 'given',
    links: linkNotes,
  };
}

async function writeRowFile(
  record: XmlElement,
  target: TableTarget,
  tools: { readonly names: (record: XmlElement) => string; readonly order: OrderCheck },
  files: Files,
): Promise<string> {
  tools.order.see(record);
  const base = tools.names(record);
  const json = await moveLongTexts(
    rowJson(target.table, record),
    { folder: target.path, base },
    files,
  );
  await files.write(`${target.path}/${base}.json`, rowText(json), 'staged');
  return base;
}

/** One row a line; takes records from the events as long as there are any. */
async function* rowLines(
  target: TableTarget,
  events: Cursor,
  order: OrderCheck,
): AsyncGenerator<Uint8Array> {
  let batch: string[] = [];
  let chars = 0;
  for (let event = await events.peek(); event?.kind === 'record'; event = await events.peek()) {
    order.see(event.element);
    const line = `${JSON.stringify(rowJson(target.table, event.element))}\n`;
    batch.push(line);
    chars += line.length;
    await events.take();
    if (chars < 64 * 1024) continue;
    yield Buffer.from(batch.join(''));
    batch = [];
    chars = 0;
  }
  yield Buffer.from(batch.join(''));
}

interface OrderCheck {
  see(record: XmlElement): void;
  rows(): number;
  sorted(): boolean;
  inSchemaOrder(): boolean;
}

function createOrderCheck(table: SourceTable | undefined): OrderCheck {
  const places = new Map([...(table?.columns.keys() ?? [])].map((name, at) => [name, at]));
  let rows = 0;
  let last = '';
  let sorted = true;
  let inSchemaOrder = true;
  return {
    see: (record) => {
      const key = sqlServerSortKey(record.attributes['id'] ?? '');
      if (rows > 0 && key <= last) sorted = false;
      last = key;
      rows++;
      inSchemaOrder &&= isInSchemaOrder(places, record);
    },
    rows: () => rows,
    sorted: () => sorted,
    inSchemaOrder: () => inSchemaOrder,
  };
}

function folderName(table: string, taken: Set<string>): string {
  const start = isPlainName(table) ? table : 'table';
  let name = start;
  // File systems may not tell upper from lower case.
  for (let copy = 2; taken.has(name.toLowerCase()); copy++) name = `${start}.${String(copy)}`;
  taken.add(name.toLowerCase());
  return name;
}

function noted(event: DocumentEvent & { readonly kind: 'other' }): NotedElement {
  return { inside: event.inside, xml: elementText(event.element) };
}

function notesOf(
  root: Readonly<Record<string, string>>,
  written: readonly WrittenTable[],
  others: readonly NotedElement[],
  schema: readonly SourceTable[],
): FolderNotes {
  const entries = (pick: (table: WrittenTable) => boolean): readonly WrittenTable[] =>
    written.filter((table) => pick(table));
  const unsorted = entries(({ rows }) => rows !== 'sorted');
  const given = entries(({ columns }) => columns === 'given');
  const linked = entries(({ links }) => links !== undefined);
  return {
    format: 1,
    root,
    ...(isUsual(written, schema)
      ? {}
      : { tables: written.map(({ folder, attributes }): NotedTable => ({ folder, attributes })) }),
    ...(unsorted.length === 0
      ? {}
      : {
          rows: Object.fromEntries(
            unsorted.map(({ folder, rows }) => [folder, rows === 'sorted' ? [] : rows]),
          ),
        }),
    ...(given.length === 0 ? {} : { columns: given.map(({ folder }) => folder) }),
    ...(linked.length === 0
      ? {}
      : { links: Object.fromEntries(linked.map(({ folder, links }) => [folder, links ?? []])) }),
    ...(others.length === 0 ? {} : { others }),
  };
}

/** Whether the schema tells which tables there are, in which order, with which attributes. */
function isUsual(written: readonly WrittenTable[], schema: readonly SourceTable[]): boolean {
  const folders = written.map(({ folder }) => folder);
  const expected = schema.map(({ name }) => name).filter((name) => folders.includes(name));
  return (
    folders.join('\n') === expected.join('\n') &&
    written.every(({ folder, attributes, hasContent }) => {
      const table = schema.find(({ name }) => name === folder);
      return (
        hasContent &&
        Object.keys(attributes).join(' ') === 'name displayname' &&
        attributes['name'] === folder &&
        attributes['displayname'] === table?.displayName
      );
    })
  );
}

interface Cursor {
  peek(): Promise<DocumentEvent | undefined>;
  take(): Promise<DocumentEvent | undefined>;
}

function createCursor(events: AsyncIterable<readonly DocumentEvent[]>): Cursor {
  const batches = events[Symbol.asyncIterator]();
  let batch: readonly DocumentEvent[] = [];
  let at = 0;
  const peek = async (): Promise<DocumentEvent | undefined> => {
    while (at >= batch.length) {
      const next = await batches.next();
      if (next.done === true) return undefined;
      batch = next.value;
      at = 0;
    }
    return batch[at];
  };
  return {
    peek,
    take: async () => {
      const event = await peek();
      at++;
      return event;
    },
  };
}
