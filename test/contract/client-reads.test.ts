import assert from 'node:assert/strict';
import { openWriter } from '#shared/dataverse/connect.ts';
import type { DataverseWriter } from '#shared/dataverse/client.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import type { Guid } from '#shared/model/guid.ts';
import type { EnvironmentTable } from '#shared/model/table.ts';
import { collect } from '#support/collect.ts';
import { withEmulator } from '#support/emulator.ts';
import { createInstantClock } from '#support/instant-clock.ts';

const { signal } = new AbortController();

describe('reading many rows of a table', () => {
  const emulator = withEmulator({ seed: 'empty' });
  let client: DataverseWriter;
  let contact: EnvironmentTable;

  before(async () => {
    client = openWriter(
      { url: emulator.url, credential: { kind: 'token', token: 'test' } },
      {
        clock: createInstantClock(),
        ids: randomIds,
        host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
      },
    );
    const found = (await client.tables(['contact'], signal)).get('contact');
    assert.ok(found);
    contact = found;
  });

  const idsOf = (count: number): readonly Guid[] =>
    Array.from({ length: count }, () => randomIds.next());
  const plant = async (ids: readonly Guid[]): Promise<void> => {
    for (let at = 0; at < ids.length; at += 500) {
      const writes = ids.slice(at, at + 500).map((id, row) => ({
        kind: 'create' as const,
        table: contact,
        id,
        cells: new Map([['lastname', `Contact ${at + row}`]]),
      }));
      await client.write(writes, randomIds.next(), signal);
    }
  };
  const read = async (ids: readonly Guid[]): Promise<{ found: Guid[]; requests: number }> => {
    const before = client.requests.read;
    const where = { by: 'ids', ids } as const;
    const rows = await collect(
      client.rows({ table: contact, columns: ['lastname'], where }, signal),
    );
    return { found: rows.map(({ id }) => id).sort(), requests: client.requests.read - before };
  };

  it('takes one question while there are none', async () => {
    assert.deepEqual(await read(idsOf(3000)), { found: [], requests: 1 });
    const before = client.requests.read;
    const keys = Array.from({ length: 2000 }, (_, at) => [`Contact ${at}`]);
    const where = { by: 'keys', columns: ['lastname'], keys } as const;
    const rows = await collect(client.rows({ table: contact, columns: [], where }, signal));
    assert.equal(rows.length, 0);
    assert.equal(client.requests.read - before, 1);
  });

  it('gives those asked for, whether the table is small or large beside them', async () => {
    const all = [...idsOf(3000)].sort();
    await plant(all);
    const most = all.filter((_, at) => at % 3 !== 0);
    const small = await read([...most, ...idsOf(100)]);
    assert.deepEqual(small.found, most);
    assert.equal(small.requests, 1, 'nearly the whole table is asked for');
    const few = all.filter((_, at) => at % 3 === 0);
    const first = await read([...few, ...idsOf(300)]);
    assert.deepEqual(first.found, few);
    const again = await read([...few, ...idsOf(300)]);
    assert.deepEqual(again.found, few);
    assert.equal(first.requests - again.requests, 1, 'a large table is remembered as one');
  });
});
