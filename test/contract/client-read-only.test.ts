import assert from 'node:assert/strict';
import { openReader } from '#shared/dataverse/connect.ts';
import type { DataverseReader } from '#shared/dataverse/client.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import { collect } from '#support/collect.ts';
import { withEmulator } from '#support/emulator.ts';
import { createInstantClock } from '#support/instant-clock.ts';

const { signal } = new AbortController();

describe('a reader', () => {
  const emulator = withEmulator({ seed: 'contoso' });
  let client: DataverseReader;

  before(() => {
    client = openReader(
      { url: emulator.url, credential: { kind: 'token', token: 'test' } },
      {
        clock: createInstantClock(),
        ids: randomIds,
        host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
      },
    );
  });

  it('has no way to write', () => {
    assert.ok(!('write' in client));
  });

  it('sends nothing but GETs, alone or in a batch, whatever it is asked and whatever fails', async () => {
    await emulator.faults('429:every=5,seconds=1;503:every=7;drop-after:every=11');
    const before = await emulator.state();
    const ids = Array.from({ length: 900 }, () => randomIds.next());
    await client.whoAmI(signal);
    await client.version(signal);
    const tables = await client.tables(['queue', 'systemuser', 'role', 'nonsense'], signal);
    const queue = tables.get('queue');
    const user = tables.get('systemuser');
    const relationship = user?.manyToMany.find(({ name }) => name === 'systemuserroles');
    assert.ok(queue && user && relationship);
    await collect(client.rows({ table: queue, columns: ['name'] }, signal));
    await collect(
      client.rows({ table: queue, columns: ['name'], where: { by: 'ids', ids } }, signal),
    );
    const keys = ids.map((id) => [id]);
    await collect(
      client.rows(
        { table: queue, columns: ['name'], where: { by: 'keys', columns: ['name'], keys } },
        signal,
      ),
    );
    const values = ids.slice(0, 700).map((id) => `<value>${id}</value>`);
    const fetchXml = `<filter><condition attribute="queueid" operator="in">${values.join('')}</condition></filter>`;
    await collect(
      client.rows({ table: queue, columns: ['name'], where: { by: 'fetch', fetchXml } }, signal),
    );
    await collect(client.links(user, relationship, undefined, signal));
    await collect(client.links(user, relationship, ids, signal));
    await client.get('queues?$top=1', signal);
    await emulator.faults('');

    const seen = await emulator.requests();
    assert.ok(seen.length > 10);
    for (const request of seen)
      if (request.method !== 'GET') {
        assert.equal(request.method, 'POST');
        assert.match(request.path, /\/\$batch$/);
        for (const part of request.parts ?? []) assert.equal(part.method, 'GET');
      }
    assert.deepEqual((await emulator.state()).tables, before.tables);
  });
});
