import assert from 'node:assert/strict';
import { openWriter } from '#shared/dataverse/connect.ts';
import { runSchedule } from '#shared/dataverse/run-schedule.ts';
import type { ScheduledWrite } from '#shared/dataverse/schedule.ts';
import { randomIds, systemClock } from '#shared/host/node-ports.ts';
import type { Value } from '#shared/model/row.ts';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';

/** Sends requests as fast as they are answered, so many at a time, whatever it is told. */
async function hurry(
  emulator: TestEmulator,
  requests: number,
  sideBySide: number,
): Promise<ReadonlyMap<string, string | null>> {
  const refusals = new Map<string, string | null>();
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left > 0 && refusals.size === 0) {
      left -= 1;
      const answer = await emulator.send('GET', 'WhoAmI');
      if (answer.status !== 429) continue;
      refusals.set(String(answer.body.error.code), answer.headers.get('retry-after'));
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, worker));
  return refusals;
}

describe('service protection with the documented limits', function () {
  this.timeout(120_000);

  it('stops a client in a hurry at 6,000 requests in five minutes', async () => {
    const emulator = await openEmulator({ serviceProtection: true });
    try {
      const refusals = await hurry(emulator, 6200, 8);
      assert.deepEqual([...refusals.keys()], ['0x80072322']);
      assert.ok(Number(refusals.get('0x80072322')) > 0);
    } finally {
      await emulator.close();
    }
  });

  it('stops a client with more than 52 requests at a time', async () => {
    const emulator = await openEmulator({ serviceProtection: true, latencyMs: 300 });
    try {
      const refusals = await hurry(emulator, 80, 60);
      assert.deepEqual([...refusals.keys()], ['0x80072326']);
    } finally {
      await emulator.close();
    }
  });

  it('stops a client that uses up twenty minutes of execution in five', async () => {
    // Forty seconds for each request, on a clock that is a hundred times as fast.
    const options = { serviceProtection: true, latencyMs: 40_000, timeScale: 100 };
    const emulator = await openEmulator(options);
    try {
      const refusals = await hurry(emulator, 400, 50);
      assert.deepEqual([...refusals.keys()], ['0x80072321']);
    } finally {
      await emulator.close();
    }
  });

  it('never has to stop our own client', async () => {
    const emulator = await openEmulator({ serviceProtection: true, writeCostMs: 2 });
    try {
      const { signal } = new AbortController();
      const client = openWriter(
        { url: emulator.url, credential: { kind: 'token', token: 'test' } },
        {
          clock: systemClock,
          ids: randomIds,
          host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
        },
      );
      const tables = await client.tables(['characteristic'], signal);
      const table = tables.get('characteristic') ?? assert.fail('no table');
      const writes = Array.from({ length: 3000 }, (_, at): ScheduledWrite => ({
        key: at + 1,
        after: [],
        write: {
          kind: 'create',
          table,
          id: randomIds.next(),
          cells: new Map<string, Value>([
            ['name', `Skill ${at}`],
            ['characteristictype', 1],
          ]),
        },
      }));
      async function* stream(): AsyncGenerator<ScheduledWrite> {
        for (const write of writes) yield await Promise.resolve(write);
      }
      let created = 0;
      await runSchedule(
        client,
        stream(),
        {
          sending: () => Promise.resolve(),
          answered: () => {
            created += 1;
            return Promise.resolve();
          },
        },
        signal,
      );
      assert.equal(created, 3000);
      const throttled = (await emulator.requests()).filter(
        ({ status, parts }) =>
          status === 429 || parts?.some((part) => part.status === 429) === true,
      );
      assert.deepEqual(throttled, []);
      assert.equal(client.requests.throttled, 0);
    } finally {
      await emulator.close();
    }
  });
});
