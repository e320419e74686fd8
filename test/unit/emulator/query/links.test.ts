import assert from 'node:assert/strict';
import { ServiceError } from '#emulator/service-error.ts';
import {
  columnOf,
  createQueryWorld,
  rowId,
  valuesOf,
  type QueryWorld,
} from '#support/emulator-query-fixtures.ts';

/** Things a, b, c; a has parts p (1) and q (2), b has r (3); a and b carry the label hot; c is a child of b. */
function aWorld(): QueryWorld {
  const world = createQueryWorld();
  world.put('x_thing', rowId(1), { x_name: 'a', x_count: 1 });
  world.put('x_thing', rowId(2), { x_name: 'b', x_count: 2 });
  world.put('x_thing', rowId(3), { x_name: 'c', x_parentid: { table: 'x_thing', id: rowId(2) } });
  for (const [number, name, owner] of [
    [11, 'p', 1],
    [12, 'q', 1],
    [13, 'r', 2],
  ] as const) {
    world.put('x_part', rowId(number), {
      x_name: name,
      x_size: number - 10,
      x_thingid: { table: 'x_thing', id: rowId(owner) },
    });
  }
  world.put('x_label', rowId(21), { x_name: 'hot' });
  world.put('x_label', rowId(22), { x_name: 'cold' });
  world.put('x_thing_label', rowId(31), { x_thingid: rowId(1), x_labelid: rowId(21) });
  world.put('x_thing_label', rowId(32), { x_thingid: rowId(2), x_labelid: rowId(21) });
  world.put('x_thing_label', rowId(33), { x_thingid: rowId(2), x_labelid: rowId(22) });
  return world;
}

const part = 'name="x_part" from="x_thingid" to="x_thingid"';

interface Case {
  readonly title: string;
  readonly body: string;
  readonly names: readonly (string | undefined)[];
}

const cases: readonly Case[] = [
  {
    title: 'an inner link repeats a row per match',
    body: `<link-entity ${part} alias="p"/>`,
    names: ['a', 'a', 'b'],
  },
  {
    title: 'an outer link keeps rows without a match',
    body: `<link-entity ${part} link-type="outer" alias="p"/>`,
    names: ['a', 'a', 'b', 'c'],
  },
  {
    title: 'a filter inside an outer link belongs to the join',
    body: `<link-entity ${part} link-type="outer" alias="p"><filter><condition attribute="x_name" operator="eq" value="p"/></filter></link-entity>`,
    names: ['a', 'b', 'c'],
  },
  {
    title: 'a condition on the alias in the outer filter belongs to the rows',
    body: `<filter><condition entityname="p" attribute="x_name" operator="eq" value="p"/></filter><link-entity ${part} link-type="outer" alias="p"/>`,
    names: ['a'],
  },
  {
    title: 'null on the alias finds rows without a match',
    body: `<filter><condition entityname="p" attribute="x_partid" operator="null"/></filter><link-entity ${part} link-type="outer" alias="p"/>`,
    names: ['c'],
  },
  {
    title: 'alternatives over aliases of several outer links combine',
    body: `<filter type="or"><condition entityname="p" attribute="x_name" operator="eq" value="q"/><condition entityname="c" attribute="x_name" operator="eq" value="c"/></filter><link-entity ${part} link-type="outer" alias="p"/><link-entity name="x_thing" from="x_parentid" to="x_thingid" link-type="outer" alias="c"/>`,
    names: ['a', 'b'],
  },
  {
    title: 'filters beside each other all have to hold',
    body: `<filter><condition attribute="x_count" operator="ge" value="1"/></filter><filter><condition attribute="x_count" operator="le" value="1"/></filter>`,
    names: ['a'],
  },
  {
    title: 'an inner link below an outer one drops rows that the outer one left open',
    body: `<link-entity name="x_thing" from="x_thingid" to="x_parentid" link-type="outer" alias="up"><link-entity ${part} link-type="inner" alias="p"/></link-entity>`,
    names: ['c'],
  },
  {
    title: 'an unknown spelling of link-type leaves the default, inner',
    body: `<link-entity ${part} linktype="outer" alias="p"/>`,
    names: ['a', 'a', 'b'],
  },
  {
    title: 'many-to-many goes through the intersect table',
    body: `<link-entity name="x_thing_label" from="x_thingid" to="x_thingid" intersect="true"><link-entity name="x_label" from="x_labelid" to="x_labelid" alias="l"><filter><condition attribute="x_name" operator="eq" value="HOT"/></filter></link-entity></link-entity>`,
    names: ['a', 'b'],
  },
  {
    title: 'exists keeps a row once',
    body: `<link-entity ${part} link-type="exists" alias="p"/>`,
    names: ['a', 'b'],
  },
  {
    title: 'in keeps a row once',
    body: `<link-entity ${part} link-type="in" alias="p"/>`,
    names: ['a', 'b'],
  },
  {
    title: 'matchfirstrowusingcrossapply takes one match',
    body: `<link-entity ${part} link-type="matchfirstrowusingcrossapply" alias="p"/>`,
    names: ['a', 'b'],
  },
  {
    title: 'any holds where a related row satisfies the filter',
    body: `<filter><link-entity ${part} link-type="any"><filter><condition attribute="x_size" operator="eq" value="2"/></filter></link-entity></filter>`,
    names: ['a'],
  },
  {
    title: 'not any holds where none does, also without related rows',
    body: `<filter><link-entity ${part} link-type="not any"><filter><condition attribute="x_size" operator="eq" value="2"/></filter></link-entity></filter>`,
    names: ['b', 'c'],
  },
  {
    title: 'all holds where there are related rows and none satisfies the filter',
    body: `<filter><link-entity ${part} link-type="all"><filter><condition attribute="x_size" operator="eq" value="2"/></filter></link-entity></filter>`,
    names: ['b'],
  },
  {
    title: 'not all is any',
    body: `<filter><link-entity ${part} link-type="not all"><filter><condition attribute="x_size" operator="eq" value="2"/></filter></link-entity></filter>`,
    names: ['a'],
  },
  {
    title: 'any stands beside other conditions',
    body: `<filter type="or"><condition attribute="x_name" operator="eq" value="c"/><link-entity ${part} link-type="any"><filter><condition attribute="x_size" operator="eq" value="3"/></filter></link-entity></filter>`,
    names: ['b', 'c'],
  },
  {
    title: 'valueof compares with a column of a link',
    body: `<filter><condition attribute="x_count" operator="lt" valueof="p.x_size"/></filter><link-entity ${part} alias="p"/>`,
    names: ['a', 'b'],
  },
  {
    title: 'a missing from is the key of the linked table',
    body: '<link-entity name="x_thing" to="x_parentid" alias="up"/>',
    names: ['c'],
  },
  {
    title: 'a missing to is the key of the table it is linked to',
    body: '<link-entity name="x_part" from="x_thingid" alias="p"/>',
    names: ['a', 'a', 'b'],
  },
  {
    title: 'without from and to the many-to-many relationship joins',
    body: '<link-entity name="x_label" alias="l"><filter><condition attribute="x_name" operator="eq" value="hot"/></filter></link-entity>',
    names: ['a', 'b'],
  },
];

function query(body: string, more = ''): string {
  return `<fetch${more}><entity name="x_thing"><attribute name="x_name"/><order attribute="x_name"/>${body}</entity></fetch>`;
}

describe('links of FetchXML', () => {
  const world = aWorld();

  for (const { title, body, names } of cases) {
    it(title, () => {
      assert.deepEqual(columnOf(world.fetch(query(body)), 'x_name'), names);
    });
  }

  it('shows columns of links under their alias and leaves nulls out', () => {
    const answer = world.fetch(
      query(
        `<link-entity ${part} link-type="outer" alias="p"><attribute name="x_name"/><attribute name="x_thingid"/><order attribute="x_name"/></link-entity>`,
      ),
    );
    assert.deepEqual(
      valuesOf(answer).map((row) => Object.keys(row).join(' ')),
      [
        '@odata.etag x_name x_thingid p.x_name p.x_thingid',
        '@odata.etag x_name x_thingid p.x_name p.x_thingid',
        '@odata.etag x_name x_thingid p.x_name p.x_thingid',
        '@odata.etag x_name x_thingid',
      ],
    );
    assert.deepEqual(columnOf(answer, 'p.x_name'), ['p', 'q', 'r', undefined]);
  });

  it('names links without an alias by table and number', () => {
    const answer = world.fetch(
      query(`<link-entity ${part}><attribute name="x_name"/></link-entity>`),
    );
    assert.deepEqual(new Set(columnOf(answer, 'x_part1.x_name')), new Set(['p', 'q', 'r']));
  });

  it('distinct keeps rows that differ in what they show', () => {
    const body = `<link-entity ${part} link-type="outer" alias="p"/>`;
    const answer = world.fetch(query(body, ' distinct="true"'));
    assert.deepEqual(columnOf(answer, 'x_name'), ['a', 'b', 'c']);
  });

  it('distinct without named columns shows each row of the table once', () => {
    const answer = world.fetch(
      `<fetch distinct="true"><entity name="x_thing"><link-entity ${part} alias="p"/></entity></fetch>`,
    );
    assert.deepEqual(columnOf(answer, 'x_name'), ['a', 'b']);
  });

  for (const [title, body, code] of [
    ['an unknown table', '<link-entity name="x_nothing" from="a" to="b"/>', '0x80041102'],
    ['an unknown column', '<link-entity name="x_part" from="a" to="x_thingid"/>', '0x80041103'],
    ['a link without columns or relationship', '<link-entity name="x_part"/>', '0x80041111'],
    ['an unknown link-type', `<link-entity ${part} link-type="left"/>`, '0x80041117'],
    [
      'an unknown alias',
      '<filter><condition entityname="zz" attribute="x_name" operator="null"/></filter>',
      '0x8004110a',
    ],
    [
      'one alias for two links',
      `<link-entity ${part} alias="p"/><link-entity ${part} alias="p"/>`,
      '0x80041130',
    ],
    ['more than 15 links', `<link-entity ${part}/>`.repeat(16), '0x8004430d'],
    ['an unknown element', '<select/>', '0x8004111c'],
    ['an unknown filter type', '<filter type="xor"/>', '0x80041122'],
  ] as const) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => world.fetch(query(body)),
        (error) => error instanceof ServiceError && error.code === code,
      );
    });
  }

  for (const [title, xml] of [
    ['a document type', '<!DOCTYPE f [<!ENTITY a "b">]><fetch><entity name="x_thing"/></fetch>'],
    [
      'an entity of its own',
      '<fetch><entity name="x_thing"><attribute name="&a;"/></entity></fetch>',
    ],
    ['text that is no XML', '<fetch><entity name="x_thing"></fetch>'],
    ['elements without end', `<fetch><entity name="x_thing">${'<filter>'.repeat(5000)}`],
  ] as const) {
    it(`refuses ${title}`, () => {
      assert.throws(
        () => world.fetch(xml),
        (error) => error instanceof ServiceError && error.code === '0x80040201',
      );
    });
  }
});
