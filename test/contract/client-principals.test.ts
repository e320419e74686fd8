import assert from 'node:assert/strict';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import { openWriter, type ClientPorts } from '#shared/dataverse/connect.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import { runSchedule } from '#shared/dataverse/run-schedule.ts';
import type { DataverseWriter } from '#shared/dataverse/client.ts';
import type { ScheduledWrite } from '#shared/dataverse/schedule.ts';
import { randomIds, systemClock } from '#shared/host/node-ports.ts';
import type { Value } from '#shared/model/row.ts';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';

const { signal } = new AbortController();

const ports: ClientPorts = {
  clock: systemClock,
  ids: randomIds,
  host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
};

/** A client that writes as the administrator and as the release pipeline's application user. */
function openAsTwo(
  emulator: TestEmulator,
  second: string = applicationIds.releasePipeline,
): DataverseWriter {
  return openWriter(
    {
      url: emulator.url,
      credential: { kind: 'token', token: 'administrator' },
      others: [{ kind: 'token', token: second }],
    },
    ports,
  );
}

/** Creates rows of a table; gives how many were done. */
async function create(client: DataverseWriter, name: string, count: number): Promise<number> {
  const table = (await client.tables([name], signal)).get(name) ?? assert.fail(name);
  async function* writes(): AsyncGenerator<ScheduledWrite> {
    for (let at = 1; at <= count; at += 1)
      yield await Promise.resolve({
        key: at,
        after: [],
        write: {
          kind: 'create',
          table,
          id: randomIds.next(),
          cells: new Map<string, Value>([['name', `${name} ${at}`]]),
        },
      });
  }
  let done = 0;
  await runSchedule(
    client,
    writes(),
    {
      sending: () => Promise.resolve(),
      answered: (_, outcome) => {
        if (outcome.is === 'done') done += 1;
        return Promise.resolve();
      },
    },
    signal,
  );
  return done;
}

describe('a client with several principals', function () {
  this.timeout(60_000);
  const emulator = withEmulator({ seed: 'empty', latencyMs: 5 });

  const writersOf = async (since: number): Promise<ReadonlySet<string | undefined>> => {
    const requests = await emulator.requests(since);
    return new Set(requests.filter(({ method }) => method !== 'GET').map(({ user }) => user));
  };

  beforeEach(() => emulator.reset());

  it('reads as the first and writes as all of them', async () => {
    const client = openAsTwo(emulator);
    const users = (await client.users?.(signal)) ?? [];
    assert.equal(new Set(users).size, 2);
    assert.equal((await client.whoAmI(signal)).userId, users[0]);
    const since = (await emulator.requests()).length;
    assert.equal(await create(client, 'queue', 60), 60);
    const writers = await writersOf(since);
    assert.equal(writers.size, 2, [...writers].join());
    const reads = (await emulator.requests(since)).filter(
      ({ method, path }) => method === 'GET' && !path.endsWith('WhoAmI'),
    );
    assert.equal(new Set(reads.map(({ user }) => user)).size, 1);
  });

  it('leaves all new rows to the first, whoever sent them', async () => {
    const client = openAsTwo(emulator);
    const before = new Set([...emulator.environment.store.rows('queue')].map(({ id }) => id));
    await create(client, 'queue', 60);
    const made = [...emulator.environment.store.rows('queue')].filter(({ id }) => !before.has(id));
    const of = (column: string): ReadonlySet<string> =>
      new Set(made.map(({ cells }) => JSON.stringify(cells.get(column))));
    assert.equal(of('createdby').size, 2, 'both were at work');
    assert.equal(of('ownerid').size, 1);
    const { userId } = await client.whoAmI(signal);
    assert.match([...of('ownerid')][0] ?? '', new RegExp(userId));
  });

  it('refuses two principals that are one user', async () => {
    await assert.rejects(
      openAsTwo(emulator, 'another name of the administrator').whoAmI(signal),
      (error) => error instanceof DataverseError && error.code === 'URM1033',
    );
  });

  it('finds out before the first write that one of them is no user', async () => {
    const others = [{ kind: 'token', token: applicationIds.routingReader }] as const;
    emulator.environment.store.transaction(() => {
      const [user] = emulator.environment.store.find(
        'systemuser',
        'applicationid',
        applicationIds.routingReader,
      );
      assert.ok(user);
      const cells = new Map([...user.cells, ['isdisabled', true] as const]);
      emulator.environment.store.put('systemuser', user.id, cells);
    });
    const credential = { kind: 'token', token: 'administrator' } as const;
    const client = openWriter({ url: emulator.url, credential, others }, ports);
    await assert.rejects(client.whoAmI(signal), DataverseError);
  });

  it('goes on as the others while one of them has to wait', async () => {
    const client = openAsTwo(emulator);
    await client.whoAmI(signal);
    await emulator.faults('429:method=POST,nth=1,seconds=3600');
    const since = (await emulator.requests()).length;
    assert.equal(await create(client, 'queue', 300), 300);
    const sent = (await emulator.requests(since)).filter(({ method }) => method === 'POST');
    const refused = sent.find(({ status }) => status === 429)?.user;
    assert.ok(refused !== undefined);
    const of = (isRefused: boolean): number =>
      sent.filter(({ user }) => (user === refused) === isRefused).length;
    assert.ok(of(true) < 16, 'what was under way, and nothing after it');
    assert.ok(of(false) > of(true));
    assert.equal(client.requests.throttled, 1);
  });
});
