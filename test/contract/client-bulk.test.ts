import assert from 'node:assert/strict';
import { openWriter } from '#shared/dataverse/connect.ts';
import { runSchedule } from '#shared/dataverse/run-schedule.ts';
import type { DataverseWriter, Write } from '#shared/dataverse/client.ts';
import type { ScheduledOutcome } from '#shared/dataverse/schedule.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import type { Value } from '#shared/model/row.ts';
import type { EnvironmentTable } from '#shared/model/table.ts';
import { withEmulator } from '#support/emulator.ts';
import { createInstantClock } from '#support/instant-clock.ts';

const { signal } = new AbortController();

describe('bulk messages', () => {
  const emulator = withEmulator({ seed: 'empty' });
  let client: DataverseWriter;
  let tables: ReadonlyMap<string, EnvironmentTable>;
  let logged: string[];
  let since: number;

  beforeEach(async () => {
    await emulator.reset();
    logged = [];
    client = openWriter(
      { url: emulator.url, credential: { kind: 'token', token: 'test' } },
      {
        clock: createInstantClock(),
        ids: randomIds,
        host: {
          log: (level, text) => logged.push(`${level} ${text}`),
          maskSecret: () => {},
          variable: () => undefined,
        },
      },
    );
    tables = await client.tables(['contact', 'queue'], signal);
    since = (await emulator.requests()).length;
  });
  afterEach(() => emulator.faults(''));

  const creates = (
    name: string,
    count: number,
    cellsOf: (at: number) => Readonly<Record<string, Value>>,
  ): readonly Write[] => {
    const table = tables.get(name);
    assert.ok(table);
    return Array.from({ length: count }, (_, at) => ({
      kind: 'create',
      table,
      id: randomIds.next(),
      cells: new Map(Object.entries(cellsOf(at))),
    }));
  };
  const contacts = (count: number): readonly Write[] =>
    creates('contact', count, (at) => ({ lastname: `Contact ${at}` }));

  const run = async (writes: readonly Write[]): Promise<ReadonlyMap<number, ScheduledOutcome>> => {
    const outcomes = new Map<number, ScheduledOutcome>();
    await runSchedule(
      client,
      (async function* () {
        for (const [key, write] of writes.entries())
          yield await Promise.resolve({ key, after: [], write });
      })(),
      {
        sending: () => Promise.resolve(),
        answered: (key, outcome) => {
          assert.ok(!outcomes.has(key), 'one outcome each');
          outcomes.set(key, outcome);
          return Promise.resolve();
        },
      },
      signal,
    );
    return outcomes;
  };
  const sent = async (): Promise<readonly string[]> =>
    (await emulator.requests())
      .slice(since)
      .map(({ method, path }) => `${method} ${path.split('/').slice(4).join('/')}`);
  const contactsThere = async (): Promise<number> =>
    (await emulator.state()).tables['contact'] ?? 0;

  it('carry many new rows of a table that is listed for them, asked once, and say so', async () => {
    const outcomes = await run(contacts(300));
    assert.equal([...outcomes.values()].filter(({ is }) => is === 'done').length, 300);
    assert.equal(await contactsThere(), 300);
    const requests = await sent();
    assert.equal(requests.filter((text) => text === 'GET sdkmessagefilters').length, 1);
    assert.ok(requests.some((text) => text.endsWith('CreateMultiple')));
    assert.ok(logged.includes('debug New rows of contact go in bulk messages.'), logged.join('\n'));
  });

  it('are not used for queues, nor for a few rows', async () => {
    await run(creates('queue', 40, (at) => ({ name: `Queue ${at}`, msdyn_queuetype: 192350000 })));
    await client.write(contacts(9), randomIds.next(), signal);
    assert.ok(!(await sent()).some((text) => text.endsWith('CreateMultiple')));
  });

  it('that are refused leave the good rows written and the bad ones named', async () => {
    const writes = creates('contact', 60, (at) =>
      at % 25 === 7 ? { lastname: 'x'.repeat(5000) } : { lastname: `Contact ${at}` },
    );
    const outcomes = await run(writes);
    const failed = [...outcomes].filter(([, { is }]) => is === 'failed').map(([key]) => key);
    assert.deepEqual(
      failed.sort((left, right) => left - right),
      [7, 32, 57],
    );
    assert.equal(await contactsThere(), 57);
    assert.ok(!logged.some((text) => text.includes('from now on')));
  });

  it('that a table does not take after all are not tried again', async () => {
    await emulator.faults('error:path=*CreateMultiple*,status=400,code=0x80040800');
    const outcomes = await run(contacts(200));
    assert.equal([...outcomes.values()].filter(({ is }) => is === 'done').length, 200);
    assert.ok(logged.some((text) => text.includes('from now on')));
  });

  it('do without where the list of messages may not be read', async () => {
    await emulator.faults('error:table=sdkmessagefilter,status=403,code=0x80040220');
    await run(contacts(100));
    assert.equal(await contactsThere(), 100);
    assert.ok(!(await sent()).some((text) => text.endsWith('CreateMultiple')));
  });

  for (const [name, spec] of Object.entries({
    'answers lost after the effect': 'drop-after:path=*CreateMultiple*,every=2',
    'answers lost before the effect': 'drop-before:path=*CreateMultiple*,every=2',
    'requests limited': '429:path=*CreateMultiple*,every=3,seconds=1',
    deadlocks: 'deadlock:path=*CreateMultiple*,nth=1-2',
  }))
    it(`end with every row there, once, through ${name}`, async () => {
      await emulator.faults(spec);
      const outcomes = await run(contacts(250));
      assert.equal([...outcomes.values()].filter(({ is }) => is === 'done').length, 250);
      assert.equal(await contactsThere(), 250);
    });
});
