import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DataverseWriter, WriteOutcome } from '#shared/dataverse/client.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import { runSchedule } from '#shared/dataverse/run-schedule.ts';
import type { ScheduledOutcome, ScheduledWrite } from '#shared/dataverse/schedule.ts';
import { aColumn, aTable } from '#support/environment-tables.ts';

const table = aTable('queue', [aColumn('name', 'text')]);
const { signal } = new AbortController();

/** What the service does with a row: as often as listed, then `done`. */
type Fate = readonly ('done' | 'refused' | 'passing' | 'lost-before' | 'lost-after')[];

interface Plan {
  readonly after: readonly number[];
  readonly fate: Fate;
}

const idOf = (key: number): string => `00000000-0000-4000-8000-${String(key).padStart(12, '0')}`;
const keyOf = (id: string): number => Number(id.slice(24));

function failure(retryable: boolean): DataverseError {
  return new DataverseError(
    retryable ? 'URM1047' : 'URM1044',
    { what: 'No', where: 'here', next: 'Go on.' },
    { status: 400, retryable },
  );
}

/** An environment in memory that knows which rows are there. */
function environment(plans: readonly Plan[], concurrency: number, batchSize: number) {
  const there = new Set<number>();
  const tries = new Map<number, number>();
  const doubled: number[] = [];
  const apply = (key: number): void => {
    if (there.has(key)) doubled.push(key);
    there.add(key);
  };
  const answer = (key: number): WriteOutcome => {
    if (there.has(key)) return { is: 'done', already: true };
    const at = tries.get(key) ?? 0;
    tries.set(key, at + 1);
    switch (plans[key - 1]?.fate[at] ?? 'done') {
      case 'done':
        apply(key);
        return { is: 'done' };
      case 'refused':
        return { is: 'failed', error: failure(false) };
      case 'passing':
        return { is: 'failed', error: failure(true) };
      case 'lost-before':
        return { is: 'unknown', error: failure(true) };
      case 'lost-after':
        apply(key);
        return { is: 'unknown', error: failure(true) };
    }
  };
  const unused = (): never => assert.fail('The schedule asks for nothing else.');
  const writer: DataverseWriter = {
    url: 'https://x',
    requests: { read: 0, write: 0, throttled: 0 },
    concurrency,
    batchSize,
    leastBatchSize: 1,
    bulkSize: () => batchSize,
    nextRequestId: () => idOf(0),
    backOff: () => Promise.resolve(),
    write: async (writes) => {
      await new Promise((resolve) => setImmediate(resolve));
      return writes.map((write) => answer('id' in write ? keyOf(write.id) : 0));
    },
    rows: async function* ({ where }) {
      if (where?.by !== 'ids') return unused();
      for (const id of where.ids)
        if (there.has(keyOf(id)))
          yield await Promise.resolve({ shape: { table, columns: [] }, id, cells: [] });
      return undefined;
    },
    whoAmI: unused,
    version: unused,
    tables: unused,
    links: unused,
    privileges: unused,
    get: unused,
  };
  return { writer, there, doubled };
}

async function* scheduled(plans: readonly Plan[]): AsyncGenerator<ScheduledWrite> {
  for (const [at, { after }] of plans.entries())
    yield await Promise.resolve({
      key: at + 1,
      after,
      write: { kind: 'create', table, id: idOf(at + 1), cells: new Map() },
    });
}

const fates = fc.array(
  fc.constantFrom('done', 'refused', 'passing', 'lost-before', 'lost-after' as const),
  { maxLength: 3 },
);
const plans: fc.Arbitrary<readonly Plan[]> = fc
  .array(fc.tuple(fates, fc.array(fc.nat(), { maxLength: 3 })), { maxLength: 40 })
  .map((rows) =>
    rows.map(([fate, needs], at) => ({
      fate,
      after: at === 0 ? [] : [...new Set(needs.map((need) => (need % at) + 1))],
    })),
  );

describe('the schedule, whatever happens', () => {
  it('gives every row one outcome, sends none before what it needs, and does nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        plans,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 9 }),
        async (rows, concurrency, batchSize) => {
          const { writer, there, doubled } = environment(rows, concurrency, batchSize);
          const outcomes = new Map<number, ScheduledOutcome>();
          const sent = new Set<number>();
          let underWay = 0;
          await runSchedule(
            {
              ...writer,
              write: async (...given) => {
                underWay += 1;
                assert.ok(underWay <= concurrency);
                const answers = await writer.write(...given);
                underWay -= 1;
                return answers;
              },
            },
            scheduled(rows),
            {
              sending: (keys) => {
                assert.ok(keys.length > 0 && keys.length <= batchSize);
                for (const key of keys) {
                  sent.add(key);
                  for (const need of rows[key - 1]?.after ?? [])
                    assert.equal(outcomes.get(need)?.is, 'done', `${key} before ${need}`);
                }
                return Promise.resolve();
              },
              answered: (key, outcome) => {
                assert.ok(!outcomes.has(key), `${key} twice`);
                outcomes.set(key, outcome);
                return Promise.resolve();
              },
            },
            signal,
          );
          assert.equal(outcomes.size, rows.length);
          assert.deepEqual(doubled, []);
          for (const [at, { after }] of rows.entries()) {
            const key = at + 1;
            const outcome = outcomes.get(key);
            const isHeldBack = after.some((need) => outcomes.get(need)?.is !== 'done');
            assert.equal(outcome?.is === 'held-back', isHeldBack);
            assert.equal(sent.has(key), !isHeldBack);
            assert.equal(outcome?.is === 'done', there.has(key));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives up a row that fails again and again', async () => {
    const rows: Plan[] = [{ after: [], fate: Array.from({ length: 9 }, () => 'passing' as const) }];
    const { writer } = environment(rows, 1, 1);
    const seen: ScheduledOutcome[] = [];
    let requests = 0;
    await runSchedule(
      writer,
      scheduled(rows),
      {
        sending: () => {
          requests += 1;
          return Promise.resolve();
        },
        answered: (_, outcome) => {
          seen.push(outcome);
          return Promise.resolve();
        },
      },
      signal,
    );
    assert.equal(seen[0]?.is, 'failed');
    assert.equal(requests, 5);
  });
});
