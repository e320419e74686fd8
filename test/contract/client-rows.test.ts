import assert from 'node:assert/strict';
import { openWriter } from '#shared/dataverse/connect.ts';
import type { DataverseWriter, Write } from '#shared/dataverse/client.ts';
import { randomIds, systemClock } from '#shared/host/node-ports.ts';
import { cell, type Row, type Value } from '#shared/model/row.ts';
import type { EnvironmentTable } from '#shared/model/table.ts';
import { collect } from '#support/collect.ts';
import { withEmulator } from '#support/emulator.ts';

const { signal } = new AbortController();

describe('the client against an environment', () => {
  const emulator = withEmulator({ seed: 'contoso' });
  let client: DataverseWriter;
  let tables: ReadonlyMap<string, EnvironmentTable>;

  const table = (name: string): EnvironmentTable => {
    const found = tables.get(name);
    assert.ok(found, name);
    return found;
  };
  const write = (...writes: readonly Write[]) => client.write(writes, randomIds.next(), signal);
  const create = (
    name: string,
    cells: Readonly<Record<string, Value>>,
  ): Extract<Write, { readonly kind: 'create' }> => ({
    kind: 'create',
    table: table(name),
    id: randomIds.next(),
    cells: new Map(Object.entries(cells)),
  });
  const read = (name: string, columns: readonly string[], ids: readonly string[]) =>
    collect(client.rows({ table: table(name), columns, where: { by: 'ids', ids } }, signal));

  const open = (token = 'test'): DataverseWriter =>
    openWriter(
      { url: emulator.url, credential: { kind: 'token', token } },
      {
        clock: systemClock,
        ids: randomIds,
        host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
      },
    );

  before(async () => {
    client = open();
    tables = await client.tables(
      ['characteristic', 'queue', 'ratingmodel', 'ratingvalue', 'systemuser', 'team', 'role'],
      signal,
    );
  });

  it('says who asks, and the version', async () => {
    const caller = await client.whoAmI(signal);
    const { organizationId } = await emulator.state();
    assert.equal(caller.organizationId, organizationId);
    assert.match(await client.version(signal), /^9\.2\./);
  });

  describe('metadata', () => {
    it('of many tables comes with a handful of requests, once', async () => {
      const before = client.requests.read;
      const names = ['msdyn_liveworkstream', 'msdyn_decisioncontract', 'account', 'contact'];
      const found = await client.tables(names, signal);
      assert.deepEqual([...found.keys()], names);
      assert.equal(client.requests.read - before, 1);
      await client.tables(names, signal);
      assert.equal(client.requests.read - before, 1);
    });

    it('is the same where the one function for all of it is refused', async () => {
      const names = ['queue', 'role', 'team', 'ratingvalue', 'nonsense'];
      await emulator.faults('error:path=*RetrieveMetadataChanges*,status=501,code=0x80040219');
      const other = open();
      const found = await other.tables(names, signal);
      await emulator.faults('');
      assert.equal(found.size, 4);
      assert.ok(other.requests.read <= 4, `${other.requests.read} requests`);
      const plain = await client.tables(names, signal);
      for (const [name, table] of plain) {
        const { columns, ...rest } = table;
        const { columns: otherColumns, ...otherRest } = found.get(name) ?? assert.fail(name);
        assert.deepEqual(otherRest, rest);
        assert.deepEqual([...otherColumns.keys()].sort(), [...columns.keys()].sort());
        for (const [column, definition] of columns)
          assert.deepEqual(otherColumns.get(column), definition, `${name}.${column}`);
      }
    });

    it('leaves a table out that does not exist', async () => {
      assert.equal((await client.tables(['nonsense'], signal)).size, 0);
    });

    it('knows types, targets, navigation, choices, states and privileges', () => {
      const queue = table('queue');
      assert.equal(queue.entitySet, 'queues');
      assert.equal(queue.typeCode, 2020);
      assert.equal(queue.privileges.get('create')?.name.toLowerCase(), 'prvcreatequeue');
      assert.equal(queue.columns.get('queueid')?.type, 'guid');
      assert.equal(queue.columns.get('ownerid')?.type, 'owner');
      assert.equal(queue.columns.get('ownerid')?.navigation.get('team'), 'ownerid');
      const status = queue.columns.get('statuscode');
      assert.equal(status?.type, 'status');
      assert.ok((status.stateOfStatus?.size ?? 0) >= 2);
      const value = table('ratingvalue').columns.get('ratingmodel');
      assert.deepEqual(value?.targets, ['ratingmodel']);
      assert.ok(value?.navigation.get('ratingmodel'));
      assert.ok((queue.columns.get('msdyn_queuetype')?.options?.size ?? 0) > 0);
      assert.ok(!queue.columns.has('owneridname'), 'mirrors are left out');
    });

    it('shows many-to-many relationships from both sides', () => {
      const fromRole = table('role').manyToMany.find(({ name }) => name === 'systemuserroles');
      const fromUser = table('systemuser').manyToMany.find(
        ({ name }) => name === 'systemuserroles',
      );
      assert.equal(fromRole?.target, 'systemuser');
      assert.equal(fromUser?.target, 'role');
      assert.equal(fromRole.sourceColumn, fromUser.targetColumn);
      assert.equal(fromRole.targetIdColumn, 'systemuserid');
    });
  });

  describe('rows', () => {
    const columns = [
      'name',
      'description',
      'characteristictype',
      'ownerid',
      'createdon',
      'statecode',
    ];
    let all: Row[];

    before(async () => {
      all = await collect(client.rows({ table: table('characteristic'), columns }, signal));
    });

    it('of a whole table are as many as it has, each once', async () => {
      const { tables: counts } = await emulator.state();
      assert.equal(all.length, counts['characteristic']);
      assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
      for (const row of all) {
        assert.match(row.version ?? '', /^W\//);
        const created = cell(row, 'createdon');
        assert.ok(typeof created === 'string');
        assert.match(created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      }
    });

    it('are the same by id, by key and by filter', async () => {
      const byId = await read(
        'characteristic',
        columns,
        all.map(({ id }) => id),
      );
      assert.deepEqual(sorted(byId), sorted(all));
      const byKey = await collect(
        client.rows(
          {
            table: table('characteristic'),
            columns,
            where: {
              by: 'keys',
              columns: ['name'],
              keys: all.map((row) => [cell(row, 'name') ?? null]),
            },
          },
          signal,
        ),
      );
      assert.deepEqual(sorted(byKey), sorted(all));
      const byTwo = await collect(
        client.rows(
          {
            table: table('characteristic'),
            columns,
            where: {
              by: 'keys',
              columns: ['name', 'characteristictype'],
              keys: all.map((row) => [
                cell(row, 'name') ?? null,
                cell(row, 'characteristictype') ?? null,
              ]),
            },
          },
          signal,
        ),
      );
      assert.deepEqual(sorted(byTwo), sorted(all));
      const byFetch = await collect(
        client.rows(
          {
            table: table('characteristic'),
            columns,
            where: {
              by: 'fetch',
              fetchXml: '<filter><condition attribute="name" operator="not-null"/></filter>',
            },
          },
          signal,
        ),
      );
      assert.deepEqual(sorted(byFetch), sorted(all));
    });

    it('by lookup and by nothing', async () => {
      const values = await collect(
        client.rows({ table: table('ratingvalue'), columns: ['ratingmodel'] }, signal),
      );
      const model = cell(values[0] ?? assert.fail(), 'ratingmodel') ?? null;
      const byModel = await collect(
        client.rows(
          {
            table: table('ratingvalue'),
            columns: ['ratingmodel'],
            where: { by: 'keys', columns: ['ratingmodel'], keys: [[model]] },
          },
          signal,
        ),
      );
      assert.ok(byModel.length > 0 && byModel.length < values.length);
      const byNone = await collect(
        client.rows(
          {
            table: table('ratingvalue'),
            columns: [],
            where: { by: 'keys', columns: ['ratingmodel'], keys: [[null]] },
          },
          signal,
        ),
      );
      assert.equal(byNone.length, 0);
    });

    it('that are not there are no error', async () => {
      assert.deepEqual(await read('queue', ['name'], [randomIds.next()]), []);
    });

    it('with a filter too long for an address go through a batch', async () => {
      const values = Array.from({ length: 700 }, () => `<value>${randomIds.next()}</value>`).join(
        '',
      );
      const before = client.requests.read;
      const found = await collect(
        client.rows(
          {
            table: table('characteristic'),
            columns: ['name'],
            where: {
              by: 'fetch',
              fetchXml: `<filter><condition attribute="characteristicid" operator="not-in">${values}</condition></filter>`,
            },
          },
          signal,
        ),
      );
      assert.equal(found.length, all.length);
      assert.equal(client.requests.read - before, 1);
    });
  });

  describe('writes', () => {
    it('create, change, refuse what is stale, and delete', async () => {
      const row = create('characteristic', { name: 'Spanish', characteristictype: 1 });
      const [created] = await write(row);
      assert.equal(created?.is, 'done');
      const [read1] = await read('characteristic', ['name', 'description'], [row.id]);
      assert.equal(cell(read1 ?? assert.fail(), 'name'), 'Spanish');
      const version = read1?.version ?? '';
      const change = (name: string, version?: string): Write => ({
        kind: 'update',
        table: row.table,
        id: row.id,
        cells: new Map([['name', name]]),
        ...(version === undefined ? {} : { version }),
      });
      const [changed, stale] = await write(change('Castilian', version), change('Basque', version));
      assert.equal(changed?.is, 'done');
      assert.ok(stale?.is === 'failed');
      assert.equal(stale.error.code, 'URM1043');
      const [again] = await write(row);
      assert.ok(again?.is === 'done' && again.already === true);
      const [deleted] = await write({ kind: 'delete', table: row.table, id: row.id });
      assert.equal(deleted?.is, 'done');
      const [missing] = await write(change('Galician'));
      assert.ok(missing?.is === 'failed');
      assert.equal(missing.error.code, 'URM1041');
      assert.deepEqual(await read('characteristic', [], [row.id]), [], 'it was not created again');
    });

    it('may bypass custom server logic, where the user has the privilege for it', async () => {
      const write = create('characteristic', { name: 'Bypassed', characteristictype: 1 });
      const [done] = await client.write(
        [{ ...write, bypassLogic: true }],
        randomIds.next(),
        signal,
      );
      assert.equal(done?.is, 'done');
      const [reader] = emulator.environment.store.find(
        'systemuser',
        'fullname',
        '# Routing reader',
      );
      const other = open(reader?.id);
      const again = { ...write, id: randomIds.next(), bypassLogic: true } as const;
      const [refused] = await other.write([again], randomIds.next(), signal);
      assert.equal(refused?.is, 'failed');
      assert.match(refused.error.what, /missing the privilege prvBypassCustomBusinessLogic/);
      assert.match(refused.error.next, /disableplugins="false"/);
    });

    it('set and empty lookups', async () => {
      const model = create('ratingmodel', { name: 'Scale', minratingvalue: 1, maxratingvalue: 5 });
      const value = create('ratingvalue', {
        name: 'One',
        value: 1,
        ratingmodel: { table: 'ratingmodel', id: model.id },
      });
      const outcomes = await write(model, value);
      assert.deepEqual(
        outcomes.map(({ is }) => is),
        ['done', 'done'],
      );
      const [row] = await read('ratingvalue', ['ratingmodel'], [value.id]);
      const lookup = cell(row ?? assert.fail(), 'ratingmodel');
      assert.ok(typeof lookup === 'object' && lookup !== null && 'id' in lookup);
      assert.equal(lookup.id, model.id);
      assert.equal(lookup.name, 'Scale');
      const queue = create('queue', {
        name: 'Q',
        primaryuserid: { table: 'systemuser', id: (await client.whoAmI(signal)).userId },
      });
      await write(queue);
      await write({
        kind: 'update',
        table: queue.table,
        id: queue.id,
        cells: new Map([['primaryuserid', null]]),
      });
      const [emptied] = await read('queue', ['primaryuserid'], [queue.id]);
      assert.equal(cell(emptied ?? assert.fail(), 'primaryuserid'), null);
    });

    it('name the row and the cause where one fails, and do the others', async () => {
      const good = create('characteristic', { name: 'Good', characteristictype: 1 });
      const bad = create('characteristic', { name: 'x'.repeat(5000), characteristictype: 1 });
      const [first, second, third] = await write(bad, good, {
        ...bad,
        cells: new Map([['name', 5]]),
      });
      assert.ok(first?.is === 'failed');
      assert.equal(first.error.code, 'URM1044');
      assert.match(first.error.where, new RegExp(`characteristic ${bad.id}`));
      assert.equal(second?.is, 'done');
      assert.notEqual(third?.is, 'unknown');
    });

    it('link and unlink, and take a repeated link as done', async () => {
      const relationship = table('team').manyToMany.find(({ name }) => name === 'teamroles');
      assert.ok(relationship);
      const [role] = await collect(client.rows({ table: table('role'), columns: [] }, signal));
      const [team] = await collect(client.rows({ table: table('team'), columns: [] }, signal));
      assert.ok(role && team);
      const link = {
        table: table('team'),
        relationship,
        link: {
          relationship: relationship.name,
          from: { table: 'team', id: team.id },
          to: { table: 'role', id: role.id },
        },
        targetEntitySet: 'roles',
      };
      const linked = async (): Promise<boolean> =>
        (await collect(client.links(link.table, relationship, [team.id], signal))).some(
          ({ to }) => to.id === role.id,
        );
      assert.equal((await write({ kind: 'link', ...link }))[0]?.is, 'done');
      const [again] = await write({ kind: 'link', ...link });
      assert.ok(again?.is === 'done');
      assert.equal(await linked(), true);
      assert.equal((await write({ kind: 'unlink', ...link }))[0]?.is, 'done');
      assert.equal(await linked(), false);
    });
  });

  it('reads all pairs of a relationship, from either side', async () => {
    const pairs = async (name: string): Promise<string[]> => {
      const relationship = table(name).manyToMany.find((one) => one.name === 'systemuserroles');
      assert.ok(relationship);
      const links = await collect(client.links(table(name), relationship, undefined, signal));
      return links.map(({ from, to }) => [from.id, to.id].sort().join(' ')).sort();
    };
    const { tables: counts } = await emulator.state();
    const fromUser = await pairs('systemuser');
    assert.equal(fromUser.length, counts['systemuserroles']);
    assert.deepEqual(await pairs('role'), fromUser);
  });

  it('says which privileges the caller holds, and how deep', async () => {
    const names = ['prvReadQueue', 'prvCreateQueue', 'prvDoesNotExist'];
    const held = await client.privileges(names, signal);
    assert.equal(held.get('prvReadQueue'), 'global');
    assert.ok(!held.has('prvDoesNotExist'));
  });
});

function sorted(rows: readonly Row[]): readonly unknown[] {
  return rows
    .map(({ id, version, cells }) => ({ id, version, cells }))
    .sort((left, right) => (left.id < right.id ? -1 : 1));
}
