import assert from 'node:assert/strict';
import { decodeValue } from '#shared/cmt/decode-value.ts';
import type { DecodeContext } from '#shared/cmt/decode-value.ts';
import { encodeField } from '#shared/cmt/encode-value.ts';
import { parseElement } from '#shared/cmt/xml/parse-xml.ts';
import type { ColumnType, SourceColumn } from '#shared/model/table.ts';

const file = { sha256: 'ab', bytes: 3 };
const context: DecodeContext = {
  dateOrder: 'month-first',
  file: (id) => (id.startsWith('11111111') ? file : undefined),
};
const id = '0a1b2c3d-1111-2222-3333-444455556666';

function column(type: ColumnType, ...targets: string[]): SourceColumn {
  return { name: 'c', displayName: 'C', type, targets };
}

function decode(type: ColumnType | SourceColumn, attributes: string, inner = ''): unknown {
  const field = parseElement(`<field name="c" ${attributes}>${inner}</field>`, 'test');
  const decoded = decodeValue(typeof type === 'string' ? column(type) : type, field, context);
  return 'problem' in decoded ? decoded.problem : decoded.value;
}

describe('decoding a value', () => {
  it('decodes texts once from XML and once from HTML', () => {
    assert.equal(decode('text', 'value="D&amp;#233;lais &amp;lt;p&amp;gt;"'), 'Délais <p>');
    assert.equal(decode('memo', 'value="a&#xD;&#xA;b"'), 'a\r\nb');
  });

  it('reads numbers, and keeps the digits of those that have no exact number', () => {
    assert.equal(decode('integer', 'value="-12"'), -12);
    assert.equal(decode('decimal', 'value="5.0000000000"'), '5.0000000000');
    assert.equal(decode('money', 'value="4325.0000000000"'), '4325.0000000000');
    assert.equal(decode('bigint', 'value="9007199254740993"'), '9007199254740993');
    assert.equal(decode('double', 'value="73.25"'), 73.25);
    assert.equal(decode('double', 'value="1E-05"'), 0.00001);
  });

  it('refuses a number that no column can hold', () => {
    assert.match(String(decode('double', 'value="1E999"')), /'1E999' is no number that a column/);
    assert.match(String(decode('double', `value="${'9'.repeat(400)}"`)), /is no number/);
  });

  it('reads numbers of other cultures where there is one reading', () => {
    assert.equal(decode('decimal', 'value="1,5"'), '1.5');
    assert.equal(decode('money', 'value="1.234,50"'), '1234.50');
    assert.equal(decode('money', 'value="1,234.50"'), '1234.50');
    assert.match(String(decode('money', 'value="$12"')), /is no number/);
  });

  it('reads booleans in every case, and one and zero', () => {
    assert.equal(decode('boolean', 'value="True"'), true);
    assert.equal(decode('boolean', 'value="false"'), false);
    assert.equal(decode('boolean', 'value="1"'), true);
    assert.match(String(decode('boolean', 'value="yes"')), /neither True nor False/);
  });

  it('takes the sentinels from a list of choices and sorts it', () => {
    assert.deepEqual(
      decode('choices', 'value="[-1,494280012,494280011,-1]"'),
      [494280011, 494280012],
    );
    assert.deepEqual(decode('choices', 'value="[-1,-1]"'), []);
    assert.match(String(decode('choices', 'value="[a]"')), /no list of choices/);
  });

  it('reads lookups by the table they say, or the only one there is', () => {
    assert.deepEqual(
      decode('lookup', `value="${id}" lookupentity="queue" lookupentityname="A &amp;lt; B"`),
      {
        table: 'queue',
        id,
        name: 'A &lt; B',
      },
    );
    assert.deepEqual(decode(column('lookup', 'queue'), `value="{${id.toUpperCase()}}"`), {
      table: 'queue',
      id,
    });
    assert.match(
      String(decode(column('lookup', 'account', 'contact'), `value="${id}"`)),
      /does not say its table/,
    );
    assert.deepEqual(decode('owner', `value="${id}" lookupentity="team" lookupentityname=""`), {
      table: 'team',
      id,
    });
  });

  it('reads a party list as rows of activityparty', () => {
    const parties = decode(
      'party-list',
      'value="" lookupentity="" lookupentityname=""',
      `<activitypointerrecords id="${id}"><field name="partyid" value="${id}" lookupentity="contact" /><field name="participationtypemask" value="5" /><field name="donotemail" value="False" /></activitypointerrecords>`,
    );
    assert.ok(Array.isArray(parties));
    assert.equal(parties.length, 1);
    const [party] = parties;
    const value = (name: string): unknown => party.cells[party.shape.columns.indexOf(name)];
    assert.equal(party.id, id);
    assert.deepEqual(value('partyid'), { table: 'contact', id });
    assert.equal(value('participationtypemask'), 5);
    assert.equal(value('donotemail'), false);
    assert.equal(value('addressused'), undefined);
  });

  it('reads a file column by its payload', () => {
    const payload = '11111111-1111-1111-1111-111111111111';
    assert.deepEqual(decode('file', `value="${payload}" filename="a.pdf"`), {
      fileName: 'a.pdf',
      ...file,
    });
    assert.match(String(decode('file', `value="${id}" filename="a.pdf"`)), /holds no files\//);
  });

  it('leaves alone what is not said', () => {
    assert.equal(decode('text', ''), undefined);
    assert.equal(decode('integer', 'value=""'), undefined);
  });
});

describe('encoding a value', () => {
  const encode = (type: ColumnType, value: Parameters<typeof encodeField>[1]): unknown =>
    encodeField(column(type), value)?.attributes;

  it('writes the forms of the stock tool', () => {
    assert.deepEqual(encode('text', 'é <'), { name: 'c', value: '&#233; &lt;' });
    assert.deepEqual(encode('boolean', true), { name: 'c', value: 'True' });
    assert.deepEqual(encode('choices', [1, 2]), { name: 'c', value: '[-1,1,2,-1]' });
    assert.deepEqual(encode('datetime', '2024-03-01T09:30:00Z'), {
      name: 'c',
      value: '2024-03-01T09:30:00.0000000Z',
    });
    assert.deepEqual(encode('lookup', { table: 'queue', id, name: 'é' }), {
      name: 'c',
      value: id,
      lookupentity: 'queue',
      lookupentityname: 'é',
    });
    assert.deepEqual(encode('double', 0.00001), { name: 'c', value: '1E-05' });
    assert.deepEqual(encode('double', 1.5e20), { name: 'c', value: '1.5E+20' });
  });

  it('writes nothing for null and for empty texts', () => {
    assert.equal(encode('text', null), undefined);
    assert.equal(encode('text', ''), undefined);
    assert.equal(encode('integer', undefined), undefined);
  });
});
