import assert from 'node:assert/strict';
import {
  batchRule,
  leastBatchSize,
  nextBatchSize,
  nextTimes,
} from '#shared/dataverse/batch-size.ts';

describe('the size of batches', () => {
  it('doubles while the service is quick and shrinks to what takes two seconds', () => {
    assert.equal(nextBatchSize(10, { sent: 10, tookMs: 100 }, batchRule), 20);
    assert.equal(nextBatchSize(80, { sent: 80, tookMs: 100 }, batchRule), 100);
    assert.equal(nextBatchSize(50, { sent: 50, tookMs: 10_000 }, batchRule), 10);
    assert.equal(nextBatchSize(10, { sent: 10, tookMs: 1_000_000 }, batchRule), 1);
  });

  it('does not grow by batches that were not full', () => {
    assert.equal(nextBatchSize(20, { sent: 3, tookMs: 10 }, batchRule), 20);
  });

  it('has a least size where the way takes longer than the work', () => {
    const slow = nextTimes(undefined, { sent: 10, tookMs: 860, quickestMs: 60 });
    assert.deepEqual(slow, { latencyMs: 60, writeMs: 80 });
    assert.equal(leastBatchSize(slow), 1);
    const quick = nextTimes(undefined, { sent: 10, tookMs: 160, quickestMs: 60 });
    assert.equal(leastBatchSize(quick), 6);
    assert.equal(leastBatchSize(undefined), 1, 'nothing is known before the first batch');
  });

  it('forgets old times by half with each batch', () => {
    const times = nextTimes(
      { latencyMs: 60, writeMs: 100 },
      { sent: 1, tookMs: 110, quickestMs: 60 },
    );
    assert.equal(times.writeMs, 75);
  });
});
