import assert from 'node:assert/strict';
import { ServiceError } from '#emulator/service-error.ts';
import {
  administratorId,
  businessUnitId,
  columnOf,
  createQueryWorld,
  otherUserId,
  rowId,
  type QueryWorld,
} from '#support/emulator-query-fixtures.ts';

interface Case {
  readonly condition: string;
  readonly rows: readonly string[];
}

function condition(text: string): string {
  const [attribute = '', operator = '', ...values] = text.split(' ');
  const value = values.join(' ');
  const list =
    value.startsWith('[') && value.endsWith(']') ? value.slice(1, -1).split('|') : undefined;
  if (list !== undefined) {
    return `<condition attribute="${attribute}" operator="${operator}">${list.map((item) => `<value>${item}</value>`).join('')}</condition>`;
  }
  const given = values.length === 0 ? '' : ` value="${value}"`;
  return `<condition attribute="${attribute}" operator="${operator}"${given} />`;
}

function things(world: QueryWorld, filter: string): readonly unknown[] {
  const answer = world.fetch(
    `<fetch><entity name="x_thing"><attribute name="x_note" /><order attribute="x_note" /><filter>${filter}</filter></entity></fetch>`,
  );
  return columnOf(answer, 'x_note');
}

function aWorld(): QueryWorld {
  const world = createQueryWorld();
  world.put('systemuser', administratorId, { fullname: 'Ann Admin' });
  world.put('systemuser', otherUserId, {
    fullname: 'Bob Below',
    parentsystemuserid: { table: 'systemuser', id: administratorId },
  });
  world.put('team', rowId(50), { name: 'Crew' });
  world.put('teammembership', rowId(51), { systemuserid: administratorId, teamid: rowId(50) });
  world.put('x_thing', rowId(1), {
    x_note: 'a',
    x_name: 'Alpha',
    x_count: 1,
    x_other: 1,
    x_amount: '1.50',
    x_price: '10.0000',
    x_big: '9007199254740993',
    x_ratio: 0.5,
    x_flag: true,
    x_kind: 1,
    x_tags: [1, 2],
    x_when: '2024-04-10T08:00:00Z',
    x_day: '2024-04-10',
    x_userid: { table: 'systemuser', id: administratorId },
  });
  world.put('x_thing', rowId(2), {
    x_note: 'b',
    x_name: 'beta',
    x_count: 2,
    x_other: 1,
    x_amount: '2.50',
    x_price: '20.0000',
    x_big: '9007199254740992',
    x_ratio: 1.5,
    x_flag: false,
    x_kind: 2,
    x_tags: [2],
    x_when: '2024-04-09T23:59:59Z',
    x_day: '2024-04-09',
    x_parentid: { table: 'x_thing', id: rowId(1) },
    x_userid: { table: 'systemuser', id: otherUserId },
  });
  world.put('x_thing', rowId(3), {
    x_note: 'c',
    x_name: 'Gämma_[1]',
    x_count: 3,
    x_other: 5,
    x_amount: '-0.50',
    x_kind: 3,
    x_when: '2023-02-28T00:00:00Z',
    x_day: '2023-02-28',
    x_parentid: { table: 'x_thing', id: rowId(2) },
  });
  world.put('x_thing', rowId(4), { x_note: 'd' });
  return world;
}

const cases: readonly Case[] = [
  { condition: 'x_name eq ALPHA', rows: ['a'] },
  { condition: 'x_name eq gamma_[1]', rows: ['c'] },
  { condition: 'x_name eq Alpha  ', rows: ['a'] },
  { condition: 'x_name ne Alpha', rows: ['b', 'c', 'd'] },
  { condition: 'x_name neq Alpha', rows: ['b', 'c', 'd'] },
  { condition: 'x_name gt alpha', rows: ['b', 'c'] },
  { condition: 'x_name le beta', rows: ['a', 'b'] },
  { condition: 'x_name like %a', rows: ['a', 'b'] },
  { condition: 'x_name like _eta', rows: ['b'] },
  { condition: 'x_name like [a-b]%', rows: ['a', 'b'] },
  { condition: 'x_name like [^a]%', rows: ['b', 'c'] },
  { condition: 'x_name like %[[]1]', rows: ['c'] },
  { condition: 'x_name not-like %a', rows: ['c', 'd'] },
  { condition: 'x_name begins-with al', rows: ['a'] },
  { condition: 'x_name not-begin-with al', rows: ['b', 'c', 'd'] },
  { condition: 'x_name ends-with TA', rows: ['b'] },
  { condition: 'x_name not-end-with TA', rows: ['a', 'c', 'd'] },
  { condition: 'x_name in [alpha|BETA]', rows: ['a', 'b'] },
  { condition: 'x_name not-in [alpha|BETA]', rows: ['c', 'd'] },
  { condition: 'x_name null', rows: ['d'] },
  { condition: 'x_name not-null', rows: ['a', 'b', 'c'] },
  { condition: 'x_count eq  2', rows: ['b'] },
  { condition: 'x_count ge 2', rows: ['b', 'c'] },
  { condition: 'x_count lt 2', rows: ['a'] },
  { condition: 'x_count between [2|3]', rows: ['b', 'c'] },
  { condition: 'x_count not-between [2|3]', rows: ['a'] },
  { condition: 'x_amount eq 1.5', rows: ['a'] },
  { condition: 'x_amount lt 0', rows: ['c'] },
  { condition: 'x_price ge 20', rows: ['b'] },
  { condition: 'x_big eq 9007199254740993', rows: ['a'] },
  { condition: 'x_ratio gt 1', rows: ['b'] },
  { condition: 'x_flag eq true', rows: ['a'] },
  { condition: 'x_flag eq 0', rows: ['b'] },
  { condition: 'x_flag ne 1', rows: ['b', 'c', 'd'] },
  { condition: 'x_kind in [1|3]', rows: ['a', 'c'] },
  { condition: 'x_tags contain-values [1|3]', rows: ['a'] },
  { condition: 'x_tags contain-values [2]', rows: ['a', 'b'] },
  { condition: 'x_tags not-contain-values [1]', rows: ['b', 'c', 'd'] },
  { condition: 'x_tags eq 2,1', rows: ['a'] },
  { condition: `x_thingid eq {${rowId(2).toUpperCase()}}`, rows: ['b'] },
  { condition: `x_parentid eq ${rowId(1)}`, rows: ['b'] },
  { condition: `x_parentid in [${rowId(1)}|${rowId(2)}]`, rows: ['b', 'c'] },
  { condition: 'x_parentidname eq alpha', rows: ['b'] },
  { condition: 'x_userid eq-userid', rows: ['a'] },
  { condition: 'x_userid ne-userid', rows: ['b', 'c', 'd'] },
  { condition: 'x_userid eq-useroruserhierarchy', rows: ['a', 'b'] },
  { condition: 'x_userid eq-useroruserteams', rows: ['a'] },
  { condition: `x_thingid under ${rowId(1)}`, rows: ['b', 'c'] },
  { condition: `x_thingid not-under ${rowId(1)}`, rows: ['a', 'd'] },
  { condition: `x_thingid eq-or-under ${rowId(2)}`, rows: ['b', 'c'] },
  { condition: `x_thingid above ${rowId(3)}`, rows: ['a', 'b'] },
  { condition: `x_thingid eq-or-above ${rowId(2)}`, rows: ['a', 'b'] },
  { condition: 'x_when eq 2024-04-10T08:00:00Z', rows: ['a'] },
  { condition: 'x_when on 2024-04-09', rows: ['b'] },
  { condition: 'x_when on-or-after 2024-04-09T12:00:00Z', rows: ['a', 'b'] },
  { condition: 'x_when on-or-before 2024-04-09', rows: ['b', 'c'] },
  { condition: 'x_when today', rows: ['a'] },
  { condition: 'x_when yesterday', rows: ['b'] },
  { condition: 'x_when tomorrow', rows: [] },
  { condition: 'x_when this-week', rows: ['a', 'b'] },
  { condition: 'x_when last-week', rows: [] },
  { condition: 'x_when this-month', rows: ['a', 'b'] },
  { condition: 'x_when this-year', rows: ['a', 'b'] },
  { condition: 'x_when last-year', rows: ['c'] },
  { condition: 'x_when last-seven-days', rows: ['a', 'b'] },
  { condition: 'x_when last-x-hours 4', rows: ['a'] },
  { condition: 'x_when last-x-hours 13', rows: ['a', 'b'] },
  { condition: 'x_when last-x-days 1', rows: ['a', 'b'] },
  { condition: 'x_when last-x-months 14', rows: ['a', 'b', 'c'] },
  { condition: 'x_when last-x-years 1', rows: ['a', 'b'] },
  { condition: 'x_when next-x-days 5', rows: [] },
  { condition: 'x_when olderthan-x-days 1', rows: ['c'] },
  { condition: 'x_when olderthan-x-minutes 5', rows: ['a', 'b', 'c'] },
  { condition: 'x_when olderthan-x-years 1', rows: ['c'] },
  { condition: 'x_when in-fiscal-year 2023', rows: ['c'] },
  { condition: 'x_when in-fiscal-period 2', rows: ['a', 'b'] },
  { condition: 'x_when in-fiscal-period-and-year [1|2023]', rows: ['c'] },
  { condition: 'x_when in-or-after-fiscal-period-and-year [2|2023]', rows: ['a', 'b'] },
  { condition: 'x_when this-fiscal-period', rows: ['a', 'b'] },
  { condition: 'x_day eq 2024-04-09', rows: ['b'] },
  { condition: 'x_day gt 2024-04-09', rows: ['a'] },
];

const refused: readonly (readonly [string, string])[] = [
  ['x_name equals Alpha', '0x80041120'],
  ['x_nothing eq 1', '0x80041103'],
  ['x_count eq many', '0x80040203'],
  ['x_count eq', '0x80041106'],
  ['x_parentid eq me', '0x80040203'],
  ['x_name today', '0x8004111a'],
  ['x_count between [1]', '0x80041106'],
  ['x_count contain-values [1]', '0x8004111a'],
  ['x_name under x', '0x8004111a'],
  ['x_name null x', '0x80041106'],
];

describe('condition operators', () => {
  const world = aWorld();

  for (const { condition: text, rows } of cases) {
    it(`${text} finds ${rows.length === 0 ? 'nothing' : rows.join(', ')}`, () => {
      assert.deepEqual(things(world, condition(text)), rows);
    });
  }

  for (const [text, code] of refused) {
    it(`refuses ${text} with ${code}`, () => {
      assert.throws(
        () => things(world, condition(text)),
        (error) => error instanceof ServiceError && error.code === code && error.status === 400,
      );
    });
  }

  it('compares columns with valueof, null never holding', () => {
    const same = '<condition attribute="x_count" operator="eq" valueof="x_other" />';
    const less = '<condition attribute="x_other" operator="lt" valueof="x_count" />';
    assert.deepEqual(things(world, same), ['a']);
    assert.deepEqual(things(world, less), ['b']);
  });

  it('compares the business unit of the caller', () => {
    world.put('queue', rowId(60), {
      name: 'Mine',
      owningbusinessunit: { table: 'businessunit', id: businessUnitId },
    });
    const answer = world.fetch(
      '<fetch><entity name="queue"><attribute name="name"/><filter><condition attribute="owningbusinessunit" operator="eq-businessid"/></filter></entity></fetch>',
    );
    assert.deepEqual(columnOf(answer, 'name'), ['Mine']);
  });
});
