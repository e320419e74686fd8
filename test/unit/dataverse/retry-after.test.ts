import assert from 'node:assert/strict';
import { backoffMs, retryAfterMs, statedRetryAfterMs } from '#shared/dataverse/retry-after.ts';

const now = Date.UTC(2026, 0, 1, 12, 0, 0);
const stated = (headers: Record<string, string>): number | undefined =>
  statedRetryAfterMs(new Map(Object.entries(headers)), now);

describe('the wait after a refusal', () => {
  it('reads seconds, a date and both headers in milliseconds', () => {
    assert.equal(stated({ 'retry-after': '7' }), 7000);
    assert.equal(stated({ 'retry-after': 'Thu, 01 Jan 2026 12:00:05 GMT' }), 5000);
    assert.equal(stated({ 'retry-after-ms': '250', 'retry-after': '7' }), 250);
    assert.equal(stated({ 'x-ms-retry-after-ms': '300' }), 300);
  });

  it('takes a date in the past as no wait', () => {
    assert.equal(stated({ 'retry-after': 'Thu, 01 Jan 2026 11:00:00 GMT' }), 0);
  });

  it('waits half a minute where nothing readable is said', () => {
    assert.equal(stated({}), undefined);
    assert.equal(stated({ 'retry-after': 'soon' }), undefined);
    assert.equal(stated({ 'retry-after': '-5' }), undefined);
    assert.equal(retryAfterMs(new Map(), now), 30_000);
  });

  it('never waits longer than ten minutes at a time', () => {
    assert.equal(retryAfterMs(new Map([['retry-after', '86400']]), now), 600_000);
  });

  it('doubles between half and whole, up to a minute', () => {
    assert.equal(backoffMs(1, 0), 500);
    assert.equal(backoffMs(1, 1), 1000);
    assert.equal(backoffMs(3, 0.5), 3000);
    assert.equal(backoffMs(20, 1), 60_000);
  });
});
