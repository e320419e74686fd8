import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readPlan, planLines } from '#shared/plan/plan-text.ts';
import { orderRows } from '#shared/plan/order.ts';
import type { Reference } from '#shared/plan/source-index.ts';
import { actionsOf, planOf } from '#support/plan-builders.ts';
import type { Action } from '#shared/model/plan.ts';
import {
  faults,
  sourceOf,
  targetOf,
  worldBook as book,
  worldRows,
  worlds,
} from '#support/plan-worlds.ts';

const signal = new AbortController().signal;

describe('the laws of planning', () => {
  it('a plan applied leaves an empty plan', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        const target = targetOf(given);
        const first = await planOf(sourceOf(given), target, { book });
        assert.deepEqual(
          (await actionsOf(first.plan)).filter((action) => action.kind === 'blocked'),
          [],
        );
        await target.apply(first.plan, first.texts);
        const second = await planOf(sourceOf(given), target, { book });
        assert.deepEqual(await actionsOf(second.plan), []);
        assert.equal(second.plan.counts.unchanged, worldRows);
      }),
      { numRuns: 60 },
    );
  });

  it('counts every row once', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        const { plan } = await planOf(sourceOf(given), targetOf(given), { book });
        const { created, updated, unchanged, skipped, failed } = plan.counts;
        assert.equal(created + updated + unchanged + skipped + failed, plan.counts.in);
      }),
      { numRuns: 30 },
    );
  });

  it('writes everything that does not need a blocked row, and nothing that does', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, faults, async (given, wrong) => {
        const target = targetOf(given);
        const source = sourceOf(given, wrong);
        const first = await planOf(source, target, { book });
        const blocked = namesOf(await actionsOf(first.plan), 'blocked');
        assert.equal(first.plan.counts.failed, blocked.length);
        // Fails where a lookup leads to a row that is not there.
        await target.apply(first.plan, first.texts);
        const second = await planOf(source, target, { book });
        const left = await actionsOf(second.plan);
        assert.deepEqual(namesOf(left, 'blocked'), blocked);
        assert.equal(left.length, blocked.length, 'nothing else is left to do');
        const repaired = await planOf(sourceOf(given), target, { book });
        await target.apply(repaired.plan, repaired.texts);
        const last = await planOf(sourceOf(given), target, { book });
        assert.deepEqual(await actionsOf(last.plan), []);
      }),
      { numRuns: 80 },
    );
  });

  it('gives the same bytes every time, and reads back what it wrote', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        const { plan } = await planOf(sourceOf(given), targetOf(given), { book });
        const again = await planOf(sourceOf(given), targetOf(given), { book });
        const text = await textOf(plan);
        assert.equal(await textOf(again.plan), text);
        const read = await readPlan(() => chunksOf(text), 'plan.json', signal);
        assert.deepEqual(await actionsOf(read), await actionsOf(plan));
        assert.equal(read.hash, plan.hash);
        assert.deepEqual(read.counts, plan.counts);
      }),
      { numRuns: 30 },
    );
  });

  it('every required lookup points backwards', () => {
    const reference = fc.record({
      from: fc.nat(20),
      to: fc.nat(20),
      column: fc.constantFrom('a', 'b', 'c'),
    });
    fc.assert(
      fc.property(fc.array(reference, { maxLength: 60 }), (drawn) => {
        // A column is required or it is not.
        const references: readonly Reference[] = drawn.map((each) => ({
          ...each,
          hard: each.column === 'a',
        }));
        const order = orderRows(references, () => true);
        for (const { from, to, column, hard } of references) {
          if (order.stuck.has(from) || order.stuck.has(to)) continue;
          if (hard) assert.ok(!order.deferredOf(from).has(column));
          if (!order.deferredOf(from).has(column))
            assert.ok(order.levelOf(from) > order.levelOf(to));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('nothing is stuck but circles of required lookups', () => {
    const backwards = fc.tuple(fc.nat(20), fc.nat(20), fc.boolean()).map(([one, other, hard]) => ({
      from: hard ? Math.max(one, other) : one,
      to: hard ? Math.min(one, other) : other,
      column: hard ? 'a' : 'b',
      hard: hard && one !== other,
    }));
    fc.assert(
      fc.property(fc.array(backwards, { maxLength: 60 }), (references) => {
        assert.equal(orderRows(references, () => true).stuck.size, 0);
      }),
      { numRuns: 500 },
    );
  });
});

async function textOf(plan: Awaited<ReturnType<typeof planOf>>['plan']): Promise<string> {
  let text = '';
  for await (const line of planLines(plan, (again) => plan.lines(again), signal)) text += line;
  return text;
}

/** In pieces that cut lines and characters. */
async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 997)
    yield await Promise.resolve(bytes.subarray(at, at + 997));
}

function namesOf(actions: readonly Action[], kind: Action['kind']): readonly string[] {
  return actions
    .filter((action) => action.kind === kind)
    .map(({ row, name }) => `${row.table} ${name}`)
    .toSorted();
}
