import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Cell } from '#emulator/store/store.ts';
import {
  columnOf,
  createQueryWorld,
  rowId,
  valuesOf,
  type QueryWorld,
} from '#support/emulator-query-fixtures.ts';

const nullable = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(value, { nil: null, freq: 4 });

const thing = fc.record({
  x_name: nullable(fc.constantFrom('a', 'A', 'á', 'b', 'b ', 'c%', '[d]', 'e_', 'ab', '')),
  x_count: nullable(fc.integer({ min: 0, max: 3 })),
  x_kind: nullable(fc.constantFrom(1, 2, 3)),
  x_when: nullable(
    fc.constantFrom('2024-04-10T08:00:00Z', '2024-04-09T08:00:00Z', '2024-01-01T00:00:00Z'),
  ),
  parent: nullable(fc.nat(9)),
});
const things = fc.array(thing, { maxLength: 10 });
const parts = fc.array(fc.nat(9), { maxLength: 12 });

type Thing = typeof thing extends fc.Arbitrary<infer Value> ? Value : never;

function worldOf(rows: readonly Thing[], owners: readonly number[] = []): QueryWorld {
  const world = createQueryWorld();
  for (const [index, { parent, ...cells }] of rows.entries()) {
    const up: Cell = parent === null ? null : { table: 'x_thing', id: rowId(parent) };
    world.put('x_thing', rowId(index), { ...cells, x_parentid: up });
  }
  for (const [index, owner] of owners.entries()) {
    world.put('x_part', rowId(100 + index), {
      x_size: index % 3,
      x_thingid: { table: 'x_thing', id: rowId(owner) },
    });
  }
  return world;
}

/** The same condition in both languages. */
const leaves = fc.constantFrom(
  ["x_name eq 'a'", 'x_name eq a'],
  ["x_name ne 'a'", 'x_name ne a'],
  ["startswith(x_name,'a')", 'x_name begins-with a'],
  ["contains(x_name,'b')", 'x_name like %b%'],
  ['x_name eq null', 'x_name null'],
  ['x_count gt 1', 'x_count gt 1'],
  ['x_count le 1', 'x_count le 1'],
  ['x_count ne 2', 'x_count ne 2'],
  ['x_kind eq 3', 'x_kind eq 3'],
  ['x_when ge 2024-04-09T08:00:00Z', 'x_when ge 2024-04-09T08:00:00Z'],
  ["Microsoft.Dynamics.CRM.Today(PropertyName='x_when')", 'x_when today'],
  ['_x_parentid_value ne null', 'x_parentid not-null'],
) as fc.Arbitrary<[string, string]>;

interface Both {
  readonly odata: string;
  readonly fetch: string;
}

const conditions = fc.letrec<{ condition: Both }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaves.map(([odata, text]): Both => {
      const [attribute = '', operator = '', value] = text.split(' ');
      const given = value === undefined ? '' : ` value="${value}"`;
      return {
        odata,
        fetch: `<condition attribute="${attribute}" operator="${operator}"${given}/>`,
      };
    }),
    fc
      .tuple(fc.constantFrom('and', 'or'), tie('condition'), tie('condition'))
      .map(([kind, left, right]): Both => ({
        odata: `(${left.odata}) ${kind} (${right.odata})`,
        fetch: `<filter type="${kind}">${left.fetch}${right.fetch}</filter>`,
      })),
  ),
})).condition;

function found(world: QueryWorld, filter: string): readonly unknown[] {
  return columnOf(world.odata('x_thing', `$select=x_thingid&$filter=${filter}`), 'x_thingid');
}

/** All pages of an OData query, followed by its next links. */
function pagedOData(world: QueryWorld, query: string, size: number): readonly unknown[] {
  const context = world.context({ maxPageSize: size });
  const ids: unknown[] = [];
  let options: string | undefined = query;
  for (let page = 0; options !== undefined && page < 100; page++) {
    const answer = world.odata('x_thing', options, context);
    ids.push(...columnOf(answer, 'x_thingid'));
    const link = answer['@odata.nextLink'];
    options = typeof link === 'string' ? link.split('?')[1] : undefined;
  }
  return ids;
}

/** All pages of a FetchXML query, by the cookies it gives or else by page number. */
function pagedFetch(
  world: QueryWorld,
  entity: string,
  page: { readonly size: number; readonly distinct: boolean },
): readonly string[] {
  const context = world.context({ annotations: '*' });
  const rows: string[] = [];
  let cookie = '';
  for (let number = 1; number < 100; number++) {
    const distinct = page.distinct ? ' distinct="true"' : '';
    const answer = world.fetch(
      `<fetch count="${page.size}" page="${number}"${cookie}${distinct}>${entity}</fetch>`,
      context,
    );
    rows.push(...valuesOf(answer).map((row) => JSON.stringify(row)));
    if (answer['@Microsoft.Dynamics.CRM.morerecords'] !== true) break;
    const wrapper = answer['@Microsoft.Dynamics.CRM.fetchxmlpagingcookie'];
    const inner = /pagingcookie="([^"]*)"/.exec(typeof wrapper === 'string' ? wrapper : '')?.[1];
    cookie =
      inner === undefined
        ? ''
        : ` paging-cookie="${decodeURIComponent(decodeURIComponent(inner))
            .replaceAll('&', '&amp;')
            .replaceAll('<', '&lt;')
            .replaceAll('"', '&quot;')}"`;
  }
  return rows;
}

const orders = fc.constantFrom(
  '',
  'x_name',
  'x_name desc',
  'x_count,x_name desc',
  'x_kind desc',
  'x_when,x_kind',
  '_x_parentid_value',
  'x_ParentId/x_count desc',
);

/** `not` is refused before query functions. */
const negatable = conditions.filter(({ odata }) => !odata.includes('Microsoft.Dynamics.CRM.'));

describe('laws of queries', () => {
  it('OData and FetchXML find the same rows', () => {
    fc.assert(
      fc.property(things, conditions, (rows, condition) => {
        const world = worldOf(rows);
        const answer = world.fetch(
          `<fetch><entity name="x_thing"><attribute name="x_thingid"/><filter>${condition.fetch}</filter></entity></fetch>`,
        );
        assert.deepEqual(columnOf(answer, 'x_thingid'), found(world, condition.odata));
      }),
    );
  });

  it('and, or and not keep their laws where there are nulls', () => {
    fc.assert(
      fc.property(things, negatable, negatable, (rows, { odata: p }, { odata: q }) => {
        const world = worldOf(rows);
        assert.deepEqual(found(world, `not (not (${p}))`), found(world, p));
        assert.deepEqual(
          found(world, `not ((${p}) and (${q}))`),
          found(world, `(not (${p})) or (not (${q}))`),
        );
        assert.deepEqual(
          found(world, `not ((${p}) or (${q}))`),
          found(world, `(not (${p})) and (not (${q}))`),
        );
        const both = new Set(found(world, p));
        assert.ok(found(world, `not (${p})`).every((id) => !both.has(id)));
      }),
    );
  });

  it('pages of an OData query hold its rows once each and in order', () => {
    fc.assert(
      fc.property(things, orders, fc.integer({ min: 1, max: 4 }), (rows, order, size) => {
        const world = worldOf(rows);
        const query = `$select=x_name${order === '' ? '' : `&$orderby=${order}`}`;
        const whole = columnOf(world.odata('x_thing', query), 'x_thingid');
        assert.deepEqual(pagedOData(world, query, size), whole);
        assert.equal(new Set(whole).size, rows.length);
      }),
    );
  });

  it('pages of a FetchXML query hold its rows once each and in order', () => {
    const links = fc.constantFrom(
      '',
      '<link-entity name="x_part" from="x_thingid" to="x_thingid" link-type="outer" alias="p"><attribute name="x_partid"/></link-entity>',
      '<link-entity name="x_part" from="x_thingid" to="x_thingid" alias="p"><attribute name="x_size"/><order attribute="x_size" descending="true"/></link-entity>',
      '<link-entity name="x_thing" from="x_thingid" to="x_parentid" link-type="outer" alias="up"><attribute name="x_name"/></link-entity>',
    );
    const attributes = fc.constantFrom(
      '<attribute name="x_name"/>',
      '<attribute name="x_name"/><order attribute="x_name"/>',
      '<attribute name="x_count"/><attribute name="x_thingid"/><order attribute="x_count" descending="true"/>',
      '<all-attributes/><order attribute="x_kind"/>',
    );
    fc.assert(
      fc.property(
        things,
        parts,
        attributes,
        links,
        fc.record({ size: fc.integer({ min: 1, max: 4 }), distinct: fc.boolean() }),
        (rows, owners, columns, link, page) => {
          const world = worldOf(rows, owners);
          const entity = `<entity name="x_thing">${columns}${link}</entity>`;
          const whole = pagedFetch(world, entity, { ...page, size: 5000 });
          assert.deepEqual(pagedFetch(world, entity, page), whole);
        },
      ),
    );
  });

  it('an outer link keeps every row that an inner one drops, exactly once', () => {
    fc.assert(
      fc.property(things, parts, (rows, owners) => {
        const world = worldOf(rows, owners);
        const query = (type: string): readonly unknown[] =>
          columnOf(
            world.fetch(
              `<fetch><entity name="x_thing"><attribute name="x_thingid"/><link-entity name="x_part" from="x_thingid" to="x_thingid" link-type="${type}" alias="p"/></entity></fetch>`,
            ),
            'x_thingid',
          );
        const inner = query('inner');
        const matched = new Set(inner);
        assert.deepEqual(
          query('outer').filter((id) => matched.has(id)),
          inner,
        );
        assert.equal(query('outer').length, inner.length + rows.length - matched.size);
        assert.equal(query('exists').length, matched.size);
        assert.equal(query('not any').length, rows.length - matched.size);
      }),
    );
  });

  it('counts of groups add up to the rows of the table', () => {
    fc.assert(
      fc.property(things, (rows) => {
        const world = worldOf(rows);
        const answer = world.fetch(
          '<fetch aggregate="true"><entity name="x_thing"><attribute name="x_kind" groupby="true" alias="kind"/><attribute name="x_thingid" aggregate="count" alias="n"/><attribute name="x_count" aggregate="sum" alias="total"/></entity></fetch>',
        );
        const sum = (name: string) =>
          columnOf(answer, name).reduce<number>((total, value) => total + Number(value ?? 0), 0);
        assert.equal(sum('n'), rows.length);
        assert.equal(
          sum('total'),
          rows.reduce((total, row) => total + (row.x_count ?? 0), 0),
        );
      }),
    );
  });
});
