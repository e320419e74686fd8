import assert from 'node:assert/strict';
import { openWriter } from '#shared/dataverse/connect.ts';
import type { DataverseWriter, Write } from '#shared/dataverse/client.ts';
import { runSchedule } from '#shared/dataverse/run-schedule.ts';
import type {
  ScheduledOutcome,
  ScheduledWrite,
  WriteObserver,
} from '#shared/dataverse/schedule.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import { nameOf, type Value } from '#shared/model/row.ts';
import type { EnvironmentTable } from '#shared/model/table.ts';
import { collect } from '#support/collect.ts';
import { withEmulator } from '#support/emulator.ts';
import { createInstantClock } from '#support/instant-clock.ts';

interface Journal extends WriteObserver {
  readonly sent: number[][];
  readonly outcomes: Map<number, ScheduledOutcome>;
  /** Keys whose answer came before the one they needed. */
  readonly order: number[];
}

function journal(): Journal {
  const sent: number[][] = [];
  const outcomes = new Map<number, ScheduledOutcome>();
  const order: number[] = [];
  return {
    sent,
    outcomes,
    order,
    sending: (keys) => {
      sent.push([...keys]);
      return Promise.resolve();
    },
    answered: (key, outcome) => {
      assert.ok(!outcomes.has(key), `${key} was answered twice`);
      outcomes.set(key, outcome);
      order.push(key);
      return Promise.resolve();
    },
  };
}

async function* stream<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item);
}

describe('the schedule of writes', () => {
  const emulator = withEmulator({ seed: 'empty' });
  const { signal } = new AbortController();
  let client: DataverseWriter;
  let tables: ReadonlyMap<string, EnvironmentTable>;

  before(async () => {
    // Batches are what is tested here: no table is listed for bulk messages.
    const { store } = emulator.environment;
    const filters = Array.from(store.rows('sdkmessagefilter'), ({ id }) => id);
    for (const id of filters) store.delete('sdkmessagefilter', id);
    client = openWriter(
      { url: emulator.url, credential: { kind: 'token', token: 'test' } },
      {
        clock: createInstantClock(),
        ids: randomIds,
        host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
      },
    );
    tables = await client.tables(['characteristic', 'ratingmodel', 'ratingvalue'], signal);
  });

  afterEach(() => emulator.faults(''));

  const table = (name: string): EnvironmentTable => tables.get(name) ?? assert.fail(name);
  const create = (
    name: string,
    cells: Readonly<Record<string, Value>>,
  ): Extract<Write, { readonly kind: 'create' }> => ({
    kind: 'create',
    table: table(name),
    id: randomIds.next(),
    cells: new Map(Object.entries(cells)),
  });
  const skill = (name: string): Extract<Write, { readonly kind: 'create' }> =>
    create('characteristic', { name, characteristictype: 1 });
  const skills = (count: number, prefix: string): ScheduledWrite[] =>
    Array.from({ length: count }, (_, at) => ({
      key: at + 1,
      after: [],
      write: skill(`${prefix} ${at + 1}`),
    }));
  const run = async (writes: readonly ScheduledWrite[]): Promise<Journal> => {
    const observer = journal();
    await runSchedule(client, stream(writes), observer, signal);
    assert.equal(observer.outcomes.size, writes.length, 'every write has its outcome');
    return observer;
  };
  const present = async (writes: readonly ScheduledWrite[]): Promise<number> => {
    const ids = writes.flatMap(({ write }) => (write.kind === 'create' ? [write.id] : []));
    const rows = client.rows(
      { table: table('characteristic'), columns: [], where: { by: 'ids', ids } },
      signal,
    );
    return (await collect(rows)).length;
  };
  const kinds = (observer: Journal): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const outcome of observer.outcomes.values())
      counts[outcome.is] = (counts[outcome.is] ?? 0) + 1;
    return counts;
  };

  it('sends independent rows in few requests', async () => {
    const writes = skills(300, 'many');
    const observer = await run(writes);
    assert.deepEqual(kinds(observer), { done: 300 });
    assert.equal(await present(writes), 300);
    assert.ok(observer.sent.length <= 60, `${observer.sent.length} requests`);
  });

  it('sends a row only after what it needs', async () => {
    const model = create('ratingmodel', { name: 'M', minratingvalue: 1, maxratingvalue: 9 });
    const writes: ScheduledWrite[] = [
      { key: 1, after: [], write: model },
      ...Array.from({ length: 9 }, (_, at) => ({
        key: at + 2,
        after: [1],
        write: create('ratingvalue', {
          name: `V${at}`,
          value: at + 1,
          ratingmodel: { table: 'ratingmodel', id: model.id },
        }),
      })),
    ];
    const observer = await run(writes);
    assert.deepEqual(kinds(observer), { done: 10 });
    assert.deepEqual(observer.sent[0], [1]);
    assert.equal(observer.order[0], 1);
  });

  it('isolates a row that fails, and holds back all that need it', async () => {
    const bad = skill('x'.repeat(5000));
    const observer = await run([
      { key: 1, after: [], write: bad },
      { key: 2, after: [1], write: skill('needs 1') },
      { key: 3, after: [2, 1], write: skill('needs 2') },
      { key: 4, after: [], write: skill('free') },
      { key: 5, after: [4], write: skill('needs 4') },
    ]);
    assert.deepEqual(kinds(observer), { failed: 1, 'held-back': 2, done: 2 });
    assert.deepEqual(observer.outcomes.get(2), { is: 'held-back', because: 1 });
    assert.ok(!observer.sent.flat().includes(2) && !observer.sent.flat().includes(3));
  });

  it('holds back a row that comes long after the one that failed', async () => {
    async function* late(): AsyncGenerator<ScheduledWrite> {
      yield { key: 1, after: [], write: skill('x'.repeat(5000)) };
      yield* skills(50, 'between').map((one) => ({ ...one, key: one.key + 1 }));
      await new Promise((resolve) => setTimeout(resolve, 50));
      yield { key: 90, after: [1], write: skill('late') };
    }
    const observer = journal();
    await runSchedule(client, late(), observer, signal);
    assert.equal(observer.outcomes.get(90)?.is, 'held-back');
    assert.equal(observer.outcomes.size, 52);
  });

  for (const [what, faults] of [
    ['answers lost after the effect', 'drop-after:path=*$batch,nth=1-3'],
    ['answers lost before the effect', 'drop-before:path=*$batch,nth=1-3'],
    ['rows limited inside batches', '429:table=characteristic,every=7,seconds=1'],
    ['requests limited', '429:path=*$batch,every=2,seconds=1,times=5'],
    ['a service that is away for a moment', '503:path=*$batch,nth=2-4'],
    ['answers cut off', 'truncate:path=*$batch,nth=1-2'],
    ['web pages of a gateway', 'html:path=*$batch,nth=1-2'],
    ['deadlocks', 'deadlock:table=characteristic,every=5,times=20'],
    ['duplicates reported for what was done', 'duplicate:table=characteristic,every=6'],
  ] as const)
    it(`ends with every row there, once, through ${what}`, async () => {
      await emulator.faults(faults);
      const writes = skills(120, what);
      const observer = await run(writes);
      await emulator.faults('');
      assert.deepEqual(kinds(observer), { done: 120 });
      assert.equal(await present(writes), 120);
    });

  it('writes more than a page holds, and reads it back page by page, each row once', async () => {
    const writes = skills(5200, 'page');
    assert.deepEqual(kinds(await run(writes)), { done: 5200 });
    const characteristic = table('characteristic');
    const columns = ['name', 'characteristictype'];
    const fetchXml =
      '<filter><condition attribute="name" operator="like" value="page %"/></filter>';
    const names = writes.map(({ write }) => ('cells' in write ? write.cells.get('name') : null));
    for (const where of [
      undefined,
      { by: 'fetch', fetchXml } as const,
      { by: 'keys', columns: ['name'], keys: names.map((name) => [name ?? null]) } as const,
    ]) {
      const before = client.requests.read;
      const query = { table: characteristic, columns };
      const rows = await collect(
        client.rows(where === undefined ? query : { ...query, where }, signal),
      );
      assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
      const found = rows.filter((row) => nameOf(row).startsWith('page '));
      assert.equal(found.length, 5200);
      assert.ok(client.requests.read - before <= 14);
    }
  });

  it('recognizes an update whose answer was lost', async () => {
    const rows = skills(5, 'to change');
    await run(rows);
    const versions = new Map<string, string>();
    const ids = rows.flatMap(({ write }) => (write.kind === 'create' ? [write.id] : []));
    for await (const row of client.rows(
      { table: table('characteristic'), columns: [], where: { by: 'ids', ids } },
      signal,
    ))
      versions.set(row.id, row.version ?? '');
    await emulator.faults('drop-after:path=*$batch,nth=1-2');
    const observer = await run(
      ids.map((id, at) => ({
        key: at + 1,
        after: [],
        write: {
          kind: 'update',
          table: table('characteristic'),
          id,
          version: versions.get(id) ?? '',
          cells: new Map([['description', 'changed']]),
        },
      })),
    );
    assert.deepEqual(kinds(observer), { done: 5 });
  });

  it('says that an outcome is unknown when the service never comes back', async () => {
    await emulator.faults('drop-before:path=*$batch');
    const observer = await run(skills(3, 'lost'));
    assert.deepEqual(kinds(observer), { unknown: 3 });
  });

  it('stops when the environment does not let it in any more', async () => {
    await emulator.faults('error:path=*$batch,status=401,code=0x0,nth=2-900');
    const observer = journal();
    const writes = skills(400, 'refused');
    await assert.rejects(runSchedule(client, stream(writes), observer, signal), {
      code: 'URM1030',
    });
    assert.ok(observer.sent.length < 20, `${observer.sent.length} requests`);
    assert.equal(observer.outcomes.size, observer.sent.flat().length);
  });

  it('stops when the environment is gone, and says which rows are in doubt', async () => {
    await emulator.faults('drop-before:path=*,nth=3-9000');
    const observer = journal();
    const writes = skills(400, 'gone');
    await assert.rejects(runSchedule(client, stream(writes), observer, signal), {
      code: 'URM1015',
    });
    await emulator.faults('');
    const done = [...observer.outcomes.values()].filter(({ is }) => is === 'done').length;
    const doubtful = kinds(observer)['unknown'] ?? 0;
    assert.ok(doubtful > 0);
    assert.equal(observer.outcomes.size, new Set(observer.sent.flat()).size);
    const there = await present(writes);
    assert.ok(there >= done && there <= done + doubtful, `${there} of ${done} and ${doubtful}`);
  });

  it('tells of each request before it leaves, and stops when that cannot be written down', async () => {
    const seen = (await emulator.requests()).at(-1)?.n ?? 0;
    const failing: WriteObserver = {
      sending: () => Promise.reject(new Error('disk full')),
      answered: () => Promise.resolve(),
    };
    await assert.rejects(
      runSchedule(client, stream(skills(10, 'never')), failing, signal),
      /disk full/,
    );
    assert.deepEqual(await emulator.requests(seen + 1), []);
  });

  it('stops when it is aborted, with nothing more sent', async () => {
    const controller = new AbortController();
    const observer = journal();
    const stopping: WriteObserver = {
      sending: (keys, requestId) => observer.sending(keys, requestId),
      answered: async (key, outcome) => {
        await observer.answered(key, outcome);
        controller.abort(new Error('cancelled'));
      },
    };
    await assert.rejects(
      runSchedule(client, stream(skills(500, 'aborted')), stopping, controller.signal),
      /cancelled/,
    );
    assert.ok(observer.outcomes.size < 500);
  });

  it('keeps memory flat: reads ahead no further than a window', async () => {
    let taken = 0;
    let done = 0;
    let most = 0;
    async function* endless(): AsyncGenerator<ScheduledWrite> {
      for (const write of skills(9000, 'window')) {
        taken += 1;
        most = Math.max(most, taken - done);
        yield await Promise.resolve(write);
      }
    }
    const fake: DataverseWriter = {
      ...client,
      concurrency: 4,
      batchSize: 50,
      write: (writes) => Promise.resolve(writes.map(() => ({ is: 'done' }) as const)),
    };
    await runSchedule(
      fake,
      endless(),
      {
        sending: () => Promise.resolve(),
        answered: () => {
          done += 1;
          return Promise.resolve();
        },
      },
      signal,
    );
    assert.equal(done, 9000);
    assert.ok(most <= 4001, `${most}`);
  });
});
