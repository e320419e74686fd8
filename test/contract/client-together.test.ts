import assert from 'node:assert/strict';
import type { DataverseWriter, Write } from '#shared/dataverse/client.ts';
import { openWriter } from '#shared/dataverse/connect.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import { cell } from '#shared/model/row.ts';
import type { EnvironmentTable } from '#shared/model/table.ts';
import { collect } from '#support/collect.ts';
import { withEmulator } from '#support/emulator.ts';
import { requestsSoFar } from '#support/promotion.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

describe('requests that go together', () => {
  const emulator = withEmulator({ seed: 'contoso' });
  const { signal } = new AbortController();
  let client: DataverseWriter;
  let tables: ReadonlyMap<string, EnvironmentTable>;

  before(async () => {
    client = openWriter(
      { url: emulator.url, credential: { kind: 'token', token: 'test' } },
      testPorts(createTestHost({})),
    );
    tables = await client.tables(['queue', 'characteristic', 'ratingmodel', 'nothing'], signal);
  });

  function table(name: string): EnvironmentTable {
    const found = tables.get(name);
    assert.ok(found !== undefined, name);
    return found;
  }

  it('answer questions asked at the same time in one request', async () => {
    const since = await requestsSoFar(emulator);
    const gathered = client.gathered?.() ?? client;
    const [queues, skills, models] = await Promise.all(
      ['queue', 'characteristic', 'ratingmodel'].map((name) =>
        collect(gathered.rows({ table: table(name), columns: [] }, signal)),
      ),
    );
    assert.ok([queues, skills, models].every((rows) => (rows?.length ?? 0) > 1));
    const seen = await emulator.requests(since);
    assert.deepEqual(
      seen.map(({ method, parts }) => [method, parts?.length]),
      [['POST', 3]],
    );
    assert.ok(seen[0]?.parts?.every(({ method }) => method === 'GET'));
  });

  it('refuse one question without the others', async () => {
    const gathered = client.gathered?.() ?? client;
    const fetchXml = '<filter><condition attribute="nonsense" operator="null"/></filter>';
    const where = { by: 'fetch', fetchXml } as const;
    const [wrong, right] = await Promise.allSettled([
      collect(gathered.rows({ table: table('queue'), columns: [], where }, signal)),
      collect(gathered.rows({ table: table('characteristic'), columns: [] }, signal)),
    ]);
    assert.equal(wrong.status, 'rejected');
    assert.equal(right.status, 'fulfilled');
  });

  it('ask a single question as it is', async () => {
    const since = await requestsSoFar(emulator);
    const gathered = client.gathered?.() ?? client;
    await collect(gathered.rows({ table: table('ratingmodel'), columns: [] }, signal));
    assert.deepEqual(
      (await emulator.requests(since)).map(({ method }) => method),
      ['GET'],
    );
  });

  async function updates(): Promise<{ readonly writes: readonly Write[]; readonly ids: string[] }> {
    const query = { table: table('characteristic'), columns: ['description'] };
    const rows = (await collect(client.rows(query, signal))).slice(0, 3);
    const writes = rows.map(({ id, version }): Write => ({
      kind: 'update',
      table: table('characteristic'),
      id,
      ...(version === undefined ? {} : { version }),
      cells: new Map([['description', 'Changed together']]),
    }));
    return { writes, ids: rows.map(({ id }) => id) };
  }

  async function descriptions(ids: readonly string[]): Promise<readonly unknown[]> {
    const where = { by: 'ids', ids } as const;
    const query = { table: table('characteristic'), columns: ['description'], where };
    return (await collect(client.rows(query, signal))).map((row) => cell(row, 'description'));
  }

  it('write nothing of a change set of which one part is outdated', async () => {
    const { writes, ids } = await updates();
    const [first, ...rest] = writes;
    assert.ok(first?.kind === 'update');
    const stale = [...rest, { ...first, version: 'W/"1"' }];
    const outcomes = await client.writeTogether?.(stale, randomIds.next(), signal);
    assert.deepEqual(
      outcomes?.map((outcome) => outcome.is === 'failed' && outcome.error.status),
      [412, 412, 412],
    );
    assert.ok(!(await descriptions(ids)).includes('Changed together'));
  });

  it('write a change set at once, through a moment of throttling', async () => {
    const { writes, ids } = await updates();
    await emulator.faults('429:method=POST,nth=1,seconds=0');
    const outcomes = await client.writeTogether?.(writes, randomIds.next(), signal);
    await emulator.faults('');
    assert.deepEqual(
      outcomes?.map(({ is }) => is),
      ['done', 'done', 'done'],
    );
    assert.deepEqual(new Set(await descriptions(ids)), new Set(['Changed together']));
  });

  it('do not know what became of a change set whose answer was lost', async () => {
    const { writes } = await updates();
    await emulator.faults('drop-after:method=POST');
    const outcomes = await client.writeTogether?.(writes, randomIds.next(), signal);
    await emulator.faults('');
    assert.ok(outcomes?.every(({ is }) => is === 'unknown'));
  });
});
