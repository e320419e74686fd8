import assert from 'node:assert/strict';
import type { Value } from '#shared/model/row.ts';
import type { ColumnType } from '#shared/model/table.ts';
import { shiftDate } from '#shared/plan/relative-dates.ts';
import { normalForm, sameValue } from '#shared/plan/values.ts';
import { idOf } from '#support/plan-builders.ts';

describe('values', () => {
  const equal: readonly (readonly [string, ColumnType, Value, Value])[] = [
    ['an empty text and none', 'text', '', null],
    ['line ends of either kind', 'memo', 'a\r\nb', 'a\nb'],
    ['decimals of another scale', 'decimal', '5.0000000000', '5'],
    ['decimals with another beginning', 'money', '-00.50', '-0.5'],
    ['zeros of either sign', 'decimal', '-0.00', '0'],
    ['a number and its text', 'integer', 7, '7'],
    [
      'moments with and without fractions',
      'datetime',
      '2024-03-01T09:30:00.0000000Z',
      '2024-03-01T09:30:00Z',
    ],
    [
      'moments with and without a zone',
      'datetime',
      '2024-03-01T09:30:00.0000000',
      '2024-03-01T09:30:00Z',
    ],
    ['a moment in another zone', 'datetime', '2024-03-01T11:30:00+02:00', '2024-03-01T09:30:00Z'],
    ['a day and its midnight', 'date', '2024-03-01T00:00:00', '2024-03-01'],
    ['choices in another order', 'choices', [3, 1], [1, 3]],
    ['no choices and none', 'choices', [], null],
    ['ids in any case and braces', 'guid', `{${idOf(10).toUpperCase()}}`, idOf(10)],
    [
      'lookups with another name',
      'lookup',
      { table: 'queue', id: idOf(1), name: 'A' },
      { table: 'queue', id: idOf(1) },
    ],
    ['truths', 'boolean', 'True', true],
  ];
  for (const [what, type, left, right] of equal)
    it(`are equal: ${what}`, () => assert.ok(sameValue(left, right, type)));

  const different: readonly (readonly [string, ColumnType, Value, Value])[] = [
    ['texts of another case', 'text', 'Billing', 'billing'],
    ['texts with another blank', 'text', 'Billing ', 'Billing'],
    ['zero and nothing', 'integer', 0, null],
    ['no and nothing', 'boolean', false, null],
    ['decimals', 'decimal', '5.01', '5.1'],
    [
      'lookups into another table',
      'lookup',
      { table: 'team', id: idOf(1) },
      { table: 'queue', id: idOf(1) },
    ],
  ];
  for (const [what, type, left, right] of different)
    it(`differ: ${what}`, () => assert.ok(!sameValue(left, right, type)));

  it('keeps what is no number or date as it is', () => {
    assert.equal(normalForm('twelve', 'decimal'), 'twelve');
    assert.equal(normalForm('4/22/2019 9:32:05 PM', 'datetime'), '4/22/2019 9:32:05 PM');
  });
});

describe('relative dates', () => {
  const exportedAt = '2026-03-01T10:00:00Z';
  const now = Date.parse('2026-03-19T09:00:00Z');

  it('move by whole weeks', () => {
    const shift = { mode: 'relative', exportedAt, now } as const;
    assert.equal(shiftDate('2026-02-10T08:00:00Z', shift), '2026-02-24T08:00:00Z');
  });

  it('move by whole days and keep their form', () => {
    const shift = { mode: 'relativeDaily', exportedAt, now } as const;
    assert.equal(shiftDate('2026-02-10', shift), '2026-02-27');
    assert.equal(shiftDate('2026-02-10T08:00:00.0000000', shift), '2026-02-27T08:00:00');
  });

  it('stay where the time of the export is not known', () => {
    const shift = { mode: 'relative', exportedAt: undefined, now } as const;
    assert.equal(shiftDate('2026-02-10', shift), '2026-02-10');
  });
});
