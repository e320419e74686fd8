import assert from 'node:assert/strict';
import { createFaultPlan } from '#emulator/protocol/faults.ts';

const queue = { method: 'POST', path: '/api/data/v9.2/queues', tables: ['queue', 'queues'] };
const other = { method: 'GET', path: '/api/data/v9.2/WhoAmI', tables: [] };

function kinds(spec: string, targets: readonly (typeof queue)[]): readonly (string | undefined)[] {
  const plan = createFaultPlan(spec);
  return targets.map((target) => plan.hit(target)?.kind);
}

describe('a fault plan', () => {
  it('counts what a rule matches, not all requests', () => {
    assert.deepEqual(kinds('drop-after:table=queue,nth=2', [queue, other, queue, queue]), [
      undefined,
      undefined,
      'drop-after',
      undefined,
    ]);
  });

  it('knows ranges, every, times, paths and methods', () => {
    const five = [queue, queue, queue, queue, queue];
    assert.deepEqual(kinds('503:nth=2-3', five), [undefined, '503', '503', undefined, undefined]);
    assert.deepEqual(kinds('503:every=2', five), [undefined, '503', undefined, '503', undefined]);
    assert.deepEqual(kinds('503:every=2,times=1', five), [
      undefined,
      '503',
      undefined,
      undefined,
      undefined,
    ]);
    assert.deepEqual(kinds('slow:path=Who*', [queue, other]), [undefined, 'slow']);
    assert.deepEqual(kinds('slow:path=*/queues', [queue, other]), ['slow', undefined]);
    assert.deepEqual(kinds('slow:method=get', [queue, other]), [undefined, 'slow']);
  });

  it('lets later rules count what earlier ones hit', () => {
    assert.deepEqual(kinds('429:nth=1;503:nth=2', [queue, queue]), ['429', '503']);
    assert.deepEqual(kinds('429:nth=1;503:nth=1', [queue, queue]), ['429', undefined]);
  });

  it('draws the same lots for the same seed', () => {
    const many = Array.from({ length: 200 }, () => queue);
    const first = kinds('429:p=0.3,seed=7', many);
    assert.deepEqual(kinds('429:p=0.3,seed=7', many), first);
    assert.notDeepEqual(kinds('429:p=0.3,seed=8', many), first);
    const hits = first.filter((kind) => kind !== undefined).length;
    assert.ok(hits > 30 && hits < 90);
  });

  it('names what it cannot read', () => {
    assert.throws(() => createFaultPlan('explode'), /'explode' is no kind of fault/);
    assert.throws(() => createFaultPlan('429:often=1'), /'often' is no key of a fault/);
    assert.throws(() => createFaultPlan('429:nth=0'), /'nth=0' needs a whole number above 0/);
    assert.throws(() => createFaultPlan('429:p=x'), /'p=x' needs a number/);
  });
});
