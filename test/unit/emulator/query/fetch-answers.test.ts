import assert from 'node:assert/strict';
import { ServiceError } from '#emulator/service-error.ts';
import { toJson } from '#emulator/query/json-text.ts';
import {
  columnOf,
  createQueryWorld,
  rowId,
  valuesOf,
  type QueryWorld,
} from '#support/emulator-query-fixtures.ts';

function aWorld(): QueryWorld {
  const world = createQueryWorld();
  world.put('transactioncurrency', rowId(90), { currencyname: 'Euro', currencysymbol: '€' });
  const rows = [
    ['Ant', 1, '10.0000', '2024-01-05T10:00:00Z', 1],
    ['Bee', 2, '20.0000', '2024-02-05T10:00:00Z', 1],
    ['Cat', 3, '30.5000', '2024-02-25T10:00:00Z', 2],
    ['Dog', null, null, '2023-02-25T10:00:00Z', null],
  ] as const;
  for (const [index, [name, count, price, when, kind]] of rows.entries()) {
    world.put('x_thing', rowId(index + 1), {
      x_name: name,
      x_count: count,
      x_price: price,
      x_when: when,
      x_kind: kind,
      transactioncurrencyid: { table: 'transactioncurrency', id: rowId(90) },
    });
  }
  return world;
}

const formatted = 'OData.Community.Display.V1.FormattedValue';

describe('FetchXML answers', () => {
  const world = aWorld();

  it('shows the key, leaves nulls out and lists the columns in the context', () => {
    const answer = world.fetch(
      '<fetch top="1"><entity name="x_thing"><attribute name="x_note"/><attribute name="x_price"/><attribute name="x_name"/></entity></fetch>',
    );
    assert.equal(
      answer['@odata.context'],
      'http://emulator/api/data/v9.2/$metadata#x_things(x_price,x_name,_transactioncurrencyid_value,transactioncurrencyid,x_thingid,x_note,transactioncurrencyid())',
    );
    assert.deepEqual(Object.keys(valuesOf(answer)[0] ?? {}), [
      '@odata.etag',
      'x_price',
      'x_name',
      '_transactioncurrencyid_value',
      'x_thingid',
    ]);
    assert.match(toJson(answer), /"x_price":10\.0000,/);
  });

  it('gives a cookie for the next page, encoded twice, and none on the last', () => {
    const context = world.context({
      annotations: 'Microsoft.Dynamics.CRM.fetchxmlpagingcookie,Microsoft.Dynamics.CRM.morerecords',
    });
    const page = (attributes: string) =>
      world.fetch(
        `<fetch ${attributes}><entity name="x_thing"><attribute name="x_name"/><order attribute="x_name"/></entity></fetch>`,
        context,
      );
    const first = page('count="3" page="1"');
    assert.equal(
      first['@Microsoft.Dynamics.CRM.fetchxmlpagingcookie'],
      '<cookie pagenumber="2" pagingcookie="%253ccookie%2520page%253d%25221%2522%253e%253cx_name%2520last%253d%2522Cat%2522%2520first%253d%2522Ant%2522%2520%252f%253e' +
        `%253cx_thingid%2520last%253d%2522%257b${rowId(3).toUpperCase()}%257d%2522%2520first%253d%2522%257b${rowId(1).toUpperCase()}%257d%2522%2520%252f%253e%253c%252fcookie%253e" istracking="False" />`,
    );
    assert.equal(first['@Microsoft.Dynamics.CRM.morerecords'], true);
    const cookie = `<cookie page="1"><x_name last="Cat" first="Ant" /><x_thingid last="{${rowId(3).toUpperCase()}}" first="{${rowId(1)}}" /></cookie>`;
    const escaped = cookie.replaceAll('<', '&lt;').replaceAll('"', '&quot;');
    const second = page(`count="3" page="2" paging-cookie="${escaped}"`);
    assert.deepEqual(columnOf(second, 'x_name'), ['Dog']);
    assert.ok(!Object.keys(second).some((name) => name.startsWith('@Microsoft')));
  });

  it('refuses a page too deep without a cookie, and a cookie of another order', () => {
    const refused = (attributes: string, code: string) => {
      assert.throws(
        () =>
          world.fetch(
            `<fetch ${attributes}><entity name="x_thing"><order attribute="x_name"/></entity></fetch>`,
          ),
        (error) => error instanceof ServiceError && error.code === code,
      );
    };
    refused('count="5000" page="11"', '0x8004430a');
    refused(
      `count="3" page="2" paging-cookie='&lt;cookie page="1">&lt;x_kind last="1" first="1"/>&lt;/cookie>'`,
      '0x80041129',
    );
    refused('count="3" page="2" paging-cookie="nonsense"', '0x80040201');
  });

  it('gives no cookie for an order by a linked column, only that there is more', () => {
    const answer = world.fetch(
      '<fetch count="1"><entity name="x_thing"><attribute name="x_name"/><link-entity name="x_thing" from="x_thingid" to="x_thingid" alias="s"><order attribute="x_name" descending="true"/></link-entity></entity></fetch>',
      world.context({ annotations: '*' }),
    );
    assert.equal(answer['@Microsoft.Dynamics.CRM.morerecords'], true);
    assert.equal(answer['@Microsoft.Dynamics.CRM.fetchxmlpagingcookie'], undefined);
    assert.deepEqual(columnOf(answer, 'x_name'), ['Dog']);
  });

  it('counts all rows only when asked', () => {
    const total = (attribute: string) =>
      world.fetch(
        `<fetch count="1"${attribute}><entity name="x_thing"><attribute name="x_name"/></entity></fetch>`,
        world.context({ annotations: '*' }),
      )['@Microsoft.Dynamics.CRM.totalrecordcount'];
    assert.equal(total(''), -1);
    assert.equal(total(' returntotalrecordcount="true"'), 4);
  });

  it('sorts choices by label, and by number when told to', () => {
    const kinds = (attribute: string) =>
      columnOf(
        world.fetch(
          `<fetch${attribute}><entity name="x_thing"><attribute name="x_name"/><order attribute="x_kind"/><order attribute="x_name" descending="true"/></entity></fetch>`,
        ),
        'x_name',
      );
    assert.deepEqual(kinds(''), ['Dog', 'Cat', 'Bee', 'Ant']);
    assert.deepEqual(kinds(' useraworderby="true"'), ['Dog', 'Bee', 'Ant', 'Cat']);
  });

  describe('aggregates', () => {
    const aggregate = (body: string, context = world.context()) =>
      world.fetch(
        `<fetch aggregate="true"><entity name="x_thing">${body}</entity></fetch>`,
        context,
      );

    it('count, sum, average and the extremes', () => {
      const answer = aggregate(
        '<attribute name="x_thingid" aggregate="count" alias="n"/>' +
          '<attribute name="x_count" aggregate="countcolumn" alias="filled"/>' +
          '<attribute name="x_kind" aggregate="countcolumn" distinct="true" alias="kinds"/>' +
          '<attribute name="x_count" aggregate="sum" alias="sum"/>' +
          '<attribute name="x_price" aggregate="avg" alias="avg"/>' +
          '<attribute name="x_when" aggregate="max" alias="last"/>' +
          '<attribute name="x_name" aggregate="min" alias="first"/>',
        world.context({ annotations: formatted }),
      );
      assert.equal(
        toJson(answer['value']),
        `[{"n@${formatted}":"4","n":4,"filled@${formatted}":"3","filled":3,"kinds@${formatted}":"2","kinds":2,` +
          `"sum@${formatted}":"6","sum":6,"avg@${formatted}":"€20.17","avg":20.166666667,` +
          `"last@${formatted}":"2/25/2024 10:00 AM","last":"2024-02-25T10:00:00Z","first":"Ant"}]`,
      );
    });

    it('groups by columns and by parts of dates, null being a group', () => {
      const byKind = aggregate(
        '<attribute name="x_kind" groupby="true" alias="kind"/><attribute name="x_thingid" aggregate="count" alias="n"/><order alias="n" descending="true"/>',
      );
      assert.deepEqual(valuesOf(byKind), [{ kind: 1, n: 2 }, { n: 1 }, { kind: 2, n: 1 }]);
      const byDate = aggregate(
        '<attribute name="x_when" groupby="true" dategrouping="year" alias="year"/><attribute name="x_when" groupby="true" dategrouping="month" alias="month"/><attribute name="x_thingid" aggregate="count" alias="n"/>',
      );
      assert.deepEqual(valuesOf(byDate), [
        { year: 2023, month: 2, n: 1 },
        { year: 2024, month: 1, n: 1 },
        { year: 2024, month: 2, n: 2 },
      ]);
    });

    it('answers an empty table with one row', () => {
      const answer = world.fetch(
        '<fetch aggregate="true"><entity name="x_part"><attribute name="x_partid" aggregate="count" alias="n"/><attribute name="x_size" aggregate="sum" alias="s"/></entity></fetch>',
      );
      assert.deepEqual(valuesOf(answer), [{ n: 0 }]);
    });

    for (const [title, body, code] of [
      ['a column without aggregate', '<attribute name="x_name" alias="n"/>', '0x80041107'],
      ['an aggregate without alias', '<attribute name="x_count" aggregate="sum"/>', '0x80041109'],
      ['a sum of texts', '<attribute name="x_name" aggregate="sum" alias="n"/>', '0x8004112f'],
      [
        'an order by a column',
        '<attribute name="x_count" aggregate="sum" alias="n"/><order attribute="x_count"/>',
        '0x80041134',
      ],
      [
        'an unknown grouping of dates',
        '<attribute name="x_when" groupby="true" dategrouping="decade" alias="n"/>',
        '0x80041135',
      ],
    ] as const) {
      it(`refuses ${title}`, () => {
        assert.throws(
          () => aggregate(body),
          (error) => error instanceof ServiceError && error.code === code,
        );
      });
    }

    it('refuses more than 50,000 rows', () => {
      const many = createQueryWorld();
      for (let number = 0; number <= 50_000; number++) {
        many.put('x_part', rowId(number), { x_size: 1 });
      }
      assert.throws(
        () =>
          many.fetch(
            '<fetch aggregate="true"><entity name="x_part"><attribute name="x_size" aggregate="sum" alias="n"/></entity></fetch>',
          ),
        (error) => error instanceof ServiceError && error.code === '0x8004e023',
      );
    });

    it('$apply groups, aggregates and filters; a group without a value has no member for it', () => {
      const apply = (text: string) => valuesOf(world.odata('x_thing', `$apply=${text}`));
      assert.deepEqual(
        apply('groupby((x_kind),aggregate($count as n,x_count with sum as total))'),
        [{ n: 1 }, { x_kind: 1, n: 2, total: 3 }, { x_kind: 2, n: 1, total: 3 }],
      );
      assert.deepEqual(apply('filter(x_count ge 2)/aggregate($count as n)'), [{ n: 2 }]);
      assert.deepEqual(apply('aggregate(x_kind with countdistinct as kinds)'), [{ kinds: 2 }]);
      assert.deepEqual(
        apply('groupby((transactioncurrencyid/currencyname),aggregate($count as n))'),
        [{ n: 4, transactioncurrency_currencyname: 'Euro' }],
      );
      assert.equal(
        toJson(apply('aggregate(x_price with average as mean)')),
        '[{"mean":20.166666667}]',
      );
    });
  });
});
