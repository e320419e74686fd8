import assert from 'node:assert/strict';
import fc from 'fast-check';
import { convertValue } from '#emulator/handlers/convert-value.ts';
import { loadMetadata } from '#emulator/metadata/load-metadata.ts';
import type { Attribute, Entity } from '#emulator/metadata/metadata.ts';
import { ServiceError } from '#emulator/service-error.ts';

describe('a value of a body', () => {
  const metadata = loadMetadata({ typeCodeShift: 0 });
  const account = metadata.entity('account');
  assert.ok(account);

  function like(type: Attribute['type'], more: Partial<Attribute> = {}): Attribute {
    const name = (account as Entity).attributes.get('name');
    assert.ok(name);
    const { maxLength: _, ...rest } = name;
    return { ...rest, logicalName: 'x', type, typeName: `${type}Type`, ...more };
  }

  function convert(attribute: Attribute, value: unknown): unknown {
    return convertValue(account as Entity, attribute, value);
  }

  it('is refused with an error of the service, or becomes a cell, whatever it is', () => {
    const types = [
      'String',
      'Integer',
      'Picklist',
      'BigInt',
      'Decimal',
      'Money',
      'Double',
      'Boolean',
      'DateTime',
      'Uniqueidentifier',
      'Lookup',
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.jsonValue(), (type, value) => {
        try {
          convert(like(type), value);
        } catch (error) {
          assert.ok(error instanceof ServiceError);
          assert.equal(error.status, 400);
        }
      }),
    );
  });

  it('keeps decimals as text with the scale of the column', () => {
    assert.equal(convert(like('Money', { precision: 4 }), 20000), '20000.0000');
    assert.equal(convert(like('Decimal', { precision: 2 }), 0.125), '0.13');
    assert.equal(convert(like('Decimal', { precision: 0 }), '12'), '12');
  });

  it('keeps times in UTC to the second, and dates as dates', () => {
    assert.equal(convert(like('DateTime'), '2024-03-01T10:30:15.5+01:00'), '2024-03-01T09:30:15Z');
    assert.equal(convert(like('DateTime'), '2024-03-01'), '2024-03-01T00:00:00Z');
    const dateOnly = like('DateTime', { dateTimeBehavior: 'DateOnly' });
    assert.equal(convert(dateOnly, '2024-02-29'), '2024-02-29');
    assert.throws(() => convert(dateOnly, '2024-03-01T00:00:00Z'), /'Edm\.Date'/);
    assert.throws(() => convert(like('DateTime'), '1600-01-01T00:00:00Z'), /CrmDateTime/);
  });

  it('reads several choices from one text, sorted and once each', () => {
    const options = [1, 2, 3].map((value) => ({ value, label: `${value}` }));
    const attribute = like('Virtual', { typeName: 'MultiSelectPicklistType', options });
    assert.deepEqual(convert(attribute, '3,1,3'), [1, 3]);
    assert.equal(convert(attribute, ''), null);
    assert.throws(() => convert(attribute, '4'), /Accepted Values: 1,2,3/);
  });

  it('is a managed property as an object or a plain truth', () => {
    const attribute = like('ManagedProperty');
    assert.equal(convert(attribute, { Value: true, CanBeChanged: false }), true);
    assert.equal(convert(attribute, false), false);
    assert.throws(() => convert(attribute, { Value: 'x' }), /'Edm\.Boolean'/);
  });

  it('is an id without braces, in any case', () => {
    const id = '5A4B76B0-DAB5-4717-9743-9490F2F822C6';
    assert.equal(convert(like('Uniqueidentifier'), id), id.toLowerCase());
    assert.throws(() => convert(like('Uniqueidentifier'), `{${id}}`), /'Edm\.Guid'/);
  });
});
