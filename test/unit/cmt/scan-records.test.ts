import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  readDocument,
  readTableAt,
  readTables,
  type DocumentEvent,
} from '#shared/cmt/read-document.ts';
import type { XmlElement } from '#shared/cmt/xml/element.ts';
import { parseElement } from '#shared/cmt/xml/parse-xml.ts';

const { signal } = new AbortController();

/** A record as one text: everything that may be asked of it. */
function told(element: XmlElement): unknown {
  const { name, attributes, children, text, position } = element;
  return [name, { ...attributes }, children.map(told), text.trim(), position];
}

async function* piecesOf(text: string, pieceChars: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += pieceChars)
    yield await Promise.resolve(text.slice(at, at + pieceChars));
}

async function eventsOf(
  batches: AsyncIterable<readonly DocumentEvent[]>,
): Promise<readonly DocumentEvent[]> {
  const events: DocumentEvent[] = [];
  for await (const batch of batches) events.push(...batch);
  return events;
}

function recordsOf(events: readonly DocumentEvent[]): readonly unknown[] {
  return events.flatMap((event) => (event.kind === 'record' ? [told(event.element)] : []));
}

/** What the streaming reader makes of a text that comes in pieces, and of what it says when it is wrong. */
async function streamed(text: string, pieceChars: number): Promise<unknown> {
  try {
    return recordsOf(await eventsOf(readDocument(piecesOf(text, pieceChars), 'data.xml', signal)));
  } catch (error) {
    return String(error);
  }
}

/** The ids of the records of all tables, read each from its place on. */
async function readOneByOne(text: string, pieceChars: number): Promise<readonly unknown[]> {
  const ids: unknown[] = [];
  const all = await eventsOf(readDocument(piecesOf(text, pieceChars), 'data.xml', signal));
  for (const event of all) {
    if (event.kind !== 'table') continue;
    const pieces = piecesOf(text, pieceChars);
    ids.push(...idsOf(await eventsOf(readTableAt(pieces, event, 'data.xml', signal))));
  }
  return ids;
}

function idsOf(events: readonly DocumentEvent[]): readonly unknown[] {
  return events.flatMap((event) =>
    event.kind === 'record'
      ? [[event.element.attributes['id'], event.element.children.length]]
      : [],
  );
}

/** The same by the parser alone, which knows nothing of records. */
function parsed(text: string): unknown {
  try {
    const tables = parseElement(text, 'data.xml').children;
    const groups = tables.flatMap(({ children }) =>
      children.filter(({ name }) => name === 'records'),
    );
    return groups.flatMap(({ children }) =>
      children.filter(({ name }) => name === 'record').map(told),
    );
  } catch (error) {
    return String(error);
  }
}

const values = fc.oneof(
  fc.constantFrom(
    'plain',
    '',
    'a &amp;amp; b',
    '&lt;b&gt; &quot;x&quot; &apos;',
    'line&#xD;&#xA;end',
    '&#233; &#x1F600;',
    'é ü ＠',
    '😀 outside',
    "it's > that",
    '</record>',
    '\u0007',
    '&unknown;',
    '&amp',
    'two\r\nlines',
    '\ufffe',
  ),
  fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[<&"]/g, '')),
);

const lineEnds = fc.constantFrom('\r\n', '\n', '\r\n', '', '\r', '\r\n\t');

const fields = fc.record({
  form: fc.constantFrom(
    'stock',
    'stock',
    'stock',
    'lookup',
    'named',
    'short',
    'open',
    'single',
    'twice',
    'odd',
    'text',
  ),
  value: values,
  more: values,
  before: lineEnds,
});

function fieldText(field: {
  readonly form: string;
  readonly value: string;
  readonly more: string;
  readonly before: string;
}): string {
  const { form, value, more, before } = field;
  const start = `${before}        <field name="column" value="${value}"`;
  switch (form) {
    case 'lookup':
      return `${start} lookupentity="${more}" />`;
    case 'named':
      return `${start} lookupentity="queue" lookupentityname="${more}" />`;
    case 'short':
      return `${start}/>`;
    case 'open':
      return `${start}></field>`;
    case 'single':
      return `${before}<field name='column' value='x' />`;
    case 'twice':
      return `${start} value="${more}" />`;
    case 'odd':
      return `${start} unknown="${more}" />`;
    case 'text':
      return `${start} />loose`;
    default:
      return `${start} />`;
  }
}

const records = fc.record({
  fields: fc.array(fields, { maxLength: 4 }),
  before: lineEnds,
  form: fc.constantFrom(
    'stock',
    'stock',
    'stock',
    'stock',
    'comment',
    'cdata',
    'more',
    'empty',
    'cut',
    'hidden',
  ),
});

function recordText({
  fields: own,
  before,
  form,
}: {
  readonly fields: readonly Parameters<typeof fieldText>[0][];
  readonly before: string;
  readonly form: string;
}): string {
  const inner = own.map(fieldText).join('');
  const stock = `${before}      <record id="3f2a0000-0000-4000-8000-000000000001">${inner}\r\n      </record>`;
  switch (form) {
    case 'comment':
      return `${before}<!-- <record id="x"> </record> -->${stock}`;
    case 'cdata':
      return `${stock}<![CDATA[<records></record>]]>`;
    case 'more':
      return stock.replace('<record id', '<record kind="a" id');
    case 'empty':
      return `${before}<record id="x" />`;
    case 'cut':
      return `${before}      <record id="x">${inner}`;
    case 'hidden':
      return `${before}<?note <records> </record>?>`;
    default:
      return stock;
  }
}

const documents = fc.record({
  tables: fc.array(fc.array(records, { maxLength: 5 }), { minLength: 1, maxLength: 3 }),
  pieceChars: fc.integer({ min: 1, max: 400 }),
  links: fc.boolean(),
});

function tablesText(
  tables: readonly (readonly Parameters<typeof recordText>[0][])[],
  links: boolean,
): string {
  return tables
    .map(
      (own) =>
        `\r\n  <entity name="queue">\r\n    <records>${own.map(recordText).join('')}\r\n    </records>${links ? '<m2mrelationships />' : ''}\r\n  </entity>`,
    )
    .join('');
}

describe('records read the quick way', () => {
  it('are what the parser makes of them, and so is what is wrong with a document', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async ({ tables, pieceChars, links }) => {
        const text = `<entities>${tablesText(tables, links)}\r\n</entities>`;
        assert.deepEqual(await streamed(text, pieceChars), parsed(text));
      }),
      { numRuns: 1500 },
    );
  });

  it('are the same where tables stand alone, and where one is read from its place on', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async ({ tables, pieceChars, links }) => {
        const inner = tablesText(tables, links);
        const text = `<entities>${inner}\r\n</entities>`;
        const expected = await eventsOf(
          readDocument(piecesOf(text, pieceChars), 'data.xml', signal),
        ).catch(() => undefined);
        if (expected === undefined) return;
        const alone = await eventsOf(readTables(piecesOf(inner, pieceChars), 'data.xml', signal));
        assert.deepEqual(recordsOf(alone), recordsOf(expected));
        assert.deepEqual(await readOneByOne(text, pieceChars), idsOf(expected));
      }),
      { numRuns: 500 },
    );
  });
});
