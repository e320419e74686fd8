import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeDate, encodeDate, isCulturalDate, orderToldBy } from '#shared/cmt/dates.ts';

describe('dates', () => {
  it('reads the form of exports since 2020, with and without a time zone', () => {
    assert.equal(decodeDate('2020-04-28T12:03:47.0000000Z', 'month-first'), '2020-04-28T12:03:47Z');
    assert.equal(decodeDate('2021-07-21T15:02:00.0000000', 'month-first'), '2021-07-21T15:02:00');
    assert.equal(
      decodeDate('2021-07-21T15:02:00.1230000Z', 'month-first'),
      '2021-07-21T15:02:00.123Z',
    );
    assert.equal(decodeDate('2021-07-21', 'month-first'), '2021-07-21');
  });

  it('brings other time zones to UTC', () => {
    assert.equal(decodeDate('2021-07-21T01:00:00+02:00', 'month-first'), '2021-07-20T23:00:00Z');
  });

  it('reads the dates of older exports in the order of their culture, as UTC', () => {
    assert.equal(decodeDate('4/22/2019 9:32:05 PM', 'month-first'), '2019-04-22T21:32:05Z');
    assert.equal(decodeDate('12/1/2019 12:00:00 AM', 'month-first'), '2019-12-01T00:00:00Z');
    assert.equal(decodeDate('22/04/2019 21:32:05', 'day-first'), '2019-04-22T21:32:05Z');
    assert.equal(decodeDate('22.04.2019 21:32:05', 'day-first'), '2019-04-22T21:32:05Z');
    assert.equal(decodeDate('2019/04/22 21:32:05', 'year-first'), '2019-04-22T21:32:05Z');
  });

  it('refuses what is no date', () => {
    for (const text of ['', 'soon', '2020-02-30T00:00:00Z', '13/13/2019', '2020-01-01T25:00:00Z'])
      assert.equal(decodeDate(text, 'month-first'), undefined, text);
  });

  it('tells the order of day and month where the text does', () => {
    assert.equal(orderToldBy('22/04/2019 21:32:05'), 'day-first');
    assert.equal(orderToldBy('4/22/2019'), 'month-first');
    assert.equal(orderToldBy('4/5/2019 9:32:05 PM'), 'month-first');
    assert.equal(orderToldBy('04/05/2019 21:32:05'), undefined);
    assert.equal(isCulturalDate('2019-04-22T21:32:05Z'), false);
  });

  it('writes what it reads', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const written = encodeDate(date.toISOString());
          assert.match(written, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
          assert.equal(encodeDate(decodeDate(written, 'month-first') ?? ''), written);
        },
      ),
    );
  });

  it('writes a date alone as midnight without a time zone', () => {
    assert.equal(encodeDate('2024-03-01'), '2024-03-01T00:00:00.0000000');
  });
});
