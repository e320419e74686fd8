import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readDocument, type DocumentEvent } from '#shared/cmt/read-document.ts';
import type { XmlElement } from '#shared/cmt/xml/element.ts';
import { parseElement } from '#shared/cmt/xml/parse-xml.ts';

const { signal } = new AbortController();

/** A record as one text: everything that may be asked of it. */
function told(element: XmlElement): unknown {
  const { name, attributes, children, text, position } = element;
  return [name, { ...attributes }, children.map(told), text.trim(), position];
}

/** What the streaming reader makes of a text that comes in pieces, and of what it says when it is wrong. */
async function streamed(text: string, pieceChars: number): Promise<unknown> {
  async function* pieces(): AsyncGenerator<string> {
    for (let at = 0; at < text.length; at += pieceChars)
      yield await Promise.resolve(text.slice(at, at + pieceChars));
  }
  const events: DocumentEvent[] = [];
  try {
    for await (const batch of readDocument(pieces(), 'data.xml', signal)) events.push(...batch);
  } catch (error) {
    return String(error);
  }
  return events.flatMap((event) => (event.kind === 'record' ? [told(event.element)] : []));
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

describe('records read the quick way', () => {
  it('are what the parser makes of them, and so is what is wrong with a document', async () => {
    await fc.assert(
      fc.asyncProperty(documents, async ({ tables, pieceChars, links }) => {
        const text = `<entities>${tables
          .map(
            (own) =>
              `\r\n  <entity name="queue">\r\n    <records>${own.map(recordText).join('')}\r\n    </records>${links ? '<m2mrelationships />' : ''}\r\n  </entity>`,
          )
          .join('')}\r\n</entities>`;
        assert.deepEqual(await streamed(text, pieceChars), parsed(text));
      }),
      { numRuns: 1500 },
    );
  });
});
