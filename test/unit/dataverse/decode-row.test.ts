import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRowDecoder, normalDateTime } from '#shared/dataverse/decode-row.ts';
import { isObject, parseJson, parseJsonExactly } from '#shared/dataverse/json.ts';
import type { Row } from '#shared/model/row.ts';
import type { ColumnType } from '#shared/model/table.ts';
import { aColumn, aLookup, aTable } from '#support/environment-tables.ts';

const id = '0f3c8e1a-0000-4000-8000-00000000000a';
const table = aTable('queue', [
  ...(
    [
      'text',
      'memo',
      'integer',
      'bigint',
      'decimal',
      'double',
      'money',
      'boolean',
      'datetime',
      'date',
      'choice',
      'choices',
      'state',
      'status',
      'owner',
      'guid',
      'image',
    ] satisfies ColumnType[]
  ).map((type) => aColumn(`a_${type}`, type)),
  aLookup('parentid', { account: 'parentid_account', contact: 'parentid_contact' }),
  aLookup('businessunitid', { businessunit: 'businessunitid' }),
]);

function decode(text: string, columns: readonly string[]): Row {
  const json = parseJsonExactly(text);
  assert.ok(isObject(json));
  return createRowDecoder(table, columns).decode(json);
}

describe('decoding rows', () => {
  it('reads the id and the version', () => {
    const row = decode(`{"@odata.etag":"W/\\"7\\"","queueid":"${id.toUpperCase()}"}`, []);
    assert.equal(row.id, id);
    assert.equal(row.version, 'W/"7"');
  });

  it('keeps the digits of decimals, money and large numbers', () => {
    const row = decode(
      `{"queueid":"${id}","a_decimal":12.5000000000,"a_money":-0.0100,"a_bigint":9007199254740993,"a_text":"1.50 \\"2.50\\""}`,
      ['a_decimal', 'a_money', 'a_bigint', 'a_text'],
    );
    assert.deepEqual(row.cells, ['12.5000000000', '-0.0100', '9007199254740993', '1.50 "2.50"']);
  });

  it('reads doubles, numbers, booleans and choices as what they are', () => {
    const row = decode(
      `{"queueid":"${id}","a_double":1.50,"a_integer":-3,"a_boolean":false,"a_choice":2,"a_choices":"10,9,1","a_state":0,"a_status":1}`,
      ['a_double', 'a_integer', 'a_boolean', 'a_choice', 'a_choices', 'a_state', 'a_status'],
    );
    assert.deepEqual(row.cells, [1.5, -3, false, 2, [1, 9, 10], 0, 1]);
  });

  it('takes the table of a lookup from its annotation, else from its only target', () => {
    const row = decode(
      `{"queueid":"${id}","_parentid_value@Microsoft.Dynamics.CRM.lookuplogicalname":"contact","_parentid_value@OData.Community.Display.V1.FormattedValue":"Ann","_parentid_value":"${id}","_businessunitid_value":"${id}"}`,
      ['parentid', 'businessunitid'],
    );
    assert.deepEqual(row.cells, [
      { table: 'contact', id, name: 'Ann' },
      { table: 'businessunit', id },
    ]);
  });

  it('reads what FetchXML leaves out as empty', () => {
    const columns = [...table.columns.keys()].filter((name) => name !== 'queueid');
    assert.deepEqual(
      decode(`{"queueid":"${id}"}`, columns).cells,
      columns.map(() => null),
    );
  });

  it('writes dates one way', () => {
    assert.equal(normalDateTime('2024-03-01T09:30:00Z'), '2024-03-01T09:30:00Z');
    assert.equal(normalDateTime('2024-03-01T09:30:00.000+00:00'), '2024-03-01T09:30:00Z');
    assert.equal(normalDateTime('2024-03-01T10:30:00+01:00'), '2024-03-01T09:30:00Z');
    assert.equal(normalDateTime('2024-03-01T09:30:00.1234567Z'), '2024-03-01T09:30:00.123Z');
    assert.deepEqual(decode(`{"queueid":"${id}","a_date":"2024-03-01"}`, ['a_date']).cells, [
      '2024-03-01',
    ]);
  });

  it('says which column the environment does not have', () => {
    assert.throws(() => createRowDecoder(table, ['colour']), {
      code: 'URM1049',
      where: 'queue.colour',
    });
  });

  for (const value of ['{"toString":1}', '"twelve"', '""', '[12]'])
    it(`refuses ${value} as a number`, () => {
      assert.throws(() => decode(`{"queueid":"${id}","a_choice":${value}}`, ['a_choice']), {
        code: 'URM1052',
        what: 'The service answered with a row whose a_choice is no number',
      });
    });

  it('reads any JSON as it is, but for numbers that would change', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const numbersAsText = JSON.stringify(parseJsonExactly(text), numberText);
        assert.equal(numbersAsText, JSON.stringify(parseJson(text), numberText));
      }),
    );
    function numberText(_: string, value: unknown): unknown {
      return typeof value === 'number' ||
        (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
        ? `#${Number(value)}`
        : value;
    }
  });
});
