import assert from 'node:assert/strict';
import type { Write } from '#shared/dataverse/client.ts';
import { partOf } from '#shared/dataverse/write-parts.ts';
import type { Value } from '#shared/model/row.ts';
import { aColumn, aLookup, aTable } from '#support/environment-tables.ts';

const id = '0f3c8e1a-0000-4000-8000-00000000000a';
const other = '0f3c8e1a-0000-4000-8000-00000000000b';
const queue = aTable('queue', [
  aColumn('name', 'text'),
  aColumn('rate', 'decimal'),
  aColumn('amount', 'money'),
  aColumn('languages', 'choices'),
  aColumn('isdefault', 'boolean'),
  aColumn('ownerid', 'owner', {
    navigation: new Map([
      ['systemuser', 'ownerid'],
      ['team', 'ownerid'],
    ]),
  }),
  aLookup('parentid', { account: 'parentid_account', contact: 'parentid_contact' }),
]);
const context = {
  rootUrl: 'https://x.crm.dynamics.com/api/data/v9.2/',
  entitySets: new Map([
    ['contact', { entitySet: 'contacts', idColumn: 'contactid' }],
    ['team', { entitySet: 'teams', idColumn: 'teamid' }],
  ]),
};

const create = (cells: Readonly<Record<string, Value>>): Write => ({
  kind: 'create',
  table: queue,
  id,
  cells: new Map(Object.entries(cells)),
});
const update = (cells: Readonly<Record<string, Value>>, version?: string): Write => ({
  kind: 'update',
  table: queue,
  id,
  cells: new Map(Object.entries(cells)),
  ...(version === undefined ? {} : { version }),
});

describe('the request of a write', () => {
  it('creates with the id that was chosen', () => {
    assert.deepEqual(partOf(create({ name: 'A "b"' }), context), {
      method: 'POST',
      path: 'queues',
      body: `{"queueid":"${id}","name":"A \\"b\\""}`,
    });
  });

  it('bypasses custom server logic where it asks for that, and keeps the other headers', () => {
    const bypassed = { ...update({ name: 'A' }, 'W/"7"'), bypassLogic: true } as Write;
    assert.deepEqual(partOf(bypassed, context).headers, {
      'If-Match': 'W/"7"',
      'MSCRM.BypassBusinessLogicExecution': 'CustomSync,CustomAsync',
    });
  });

  it('updates one version, or a row that must exist', () => {
    assert.deepEqual(partOf(update({ name: 'A' }, 'W/"7"'), context), {
      method: 'PATCH',
      path: `queues(${id})`,
      headers: { 'If-Match': 'W/"7"' },
      body: '{"name":"A"}',
    });
    assert.equal(partOf(update({ name: 'A' }), context).headers?.['If-Match'], '*');
    const loose = { ...queue, optimisticConcurrency: false };
    const write: Write = { kind: 'update', table: loose, id, version: 'W/"7"', cells: new Map() };
    assert.equal(partOf(write, context).headers?.['If-Match'], '*');
  });

  it('keeps the digits of numbers', () => {
    assert.equal(
      partOf(update({ rate: '12.5000000000', amount: '-0.0100' }), context).body,
      '{"rate":12.5000000000,"amount":-0.0100}',
    );
  });

  it('binds lookups by the navigation property of their target', () => {
    assert.equal(
      partOf(
        create({
          parentid: { table: 'contact', id: other },
          ownerid: { table: 'team', id: other },
        }),
        context,
      ).body,
      `{"queueid":"${id}","parentid_contact@odata.bind":"/contacts(${other})","ownerid@odata.bind":"/teams(${other})"}`,
    );
  });

  it('empties a lookup on update and leaves it out of a new row', () => {
    assert.equal(
      partOf(update({ parentid: null }), context).body,
      '{"parentid_account@odata.bind":null}',
    );
    assert.equal(partOf(create({ parentid: null }), context).body, `{"queueid":"${id}"}`);
  });

  it('writes several choices as one text, and none as null', () => {
    assert.equal(partOf(update({ languages: [1, 2] }), context).body, '{"languages":"1,2"}');
    assert.equal(partOf(update({ languages: [] }), context).body, '{"languages":null}');
  });

  it('links by the address of the other row and unlinks by its id', () => {
    const link = {
      table: queue,
      relationship: {
        name: 'queue_team',
        target: 'team',
        targetIdColumn: 'teamid',
        reflexive: false,
        schemaName: 'queue_team',
        navigation: 'queue_team_association',
        sourceColumn: 'queueid',
        targetColumn: 'teamid',
      },
      link: {
        relationship: 'queue_team',
        from: { table: 'queue', id },
        to: { table: 'team', id: other },
      },
      targetEntitySet: 'teams',
    };
    assert.deepEqual(partOf({ kind: 'link', ...link }, context), {
      method: 'POST',
      path: `queues(${id})/queue_team_association/$ref`,
      body: `{"@odata.id":"https://x.crm.dynamics.com/api/data/v9.2/teams(${other})"}`,
    });
    assert.deepEqual(partOf({ kind: 'unlink', ...link }, context), {
      method: 'DELETE',
      path: `queues(${id})/queue_team_association(${other})/$ref`,
    });
  });

  it('deletes the version that was planned', () => {
    const write: Write = { kind: 'delete', table: queue, id, version: 'W/"7"' };
    assert.deepEqual(partOf(write, context), {
      method: 'DELETE',
      path: `queues(${id})`,
      headers: { 'If-Match': 'W/"7"' },
    });
  });

  for (const [what, cells] of [
    ['a column that is not there', { colour: 'red' }],
    ['a lookup to a table it cannot point to', { parentid: { table: 'queue', id: other } }],
    ['a lookup to a table the environment lacks', { parentid: { table: 'account', id: other } }],
    ['a number that is none', { rate: '12,5' }],
    ['a text in place of true or false', { isdefault: 'yes' }],
    ['a lookup in place of a text', { name: { table: 'contact', id: other } }],
  ] as const)
    it(`refuses ${what}, with table, id and column`, () => {
      const column = Object.keys(cells)[0];
      assert.throws(() => partOf(update(cells), context), {
        code: 'URM1053',
        where: `update queue ${id}, column ${column}`,
      });
    });
});
