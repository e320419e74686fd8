import assert from 'node:assert/strict';
import { Throttle } from '#shared/dataverse/throttle.ts';
import { createInstantClock } from '#support/instant-clock.ts';

const { signal } = new AbortController();

describe('throttle', () => {
  it('starts with four requests and follows the hint up with each success', () => {
    const throttle = new Throttle(createInstantClock());
    assert.equal(throttle.limit, 4);
    throttle.succeeded();
    assert.equal(throttle.limit, 4, 'without a hint four is the ceiling');
    throttle.hinted('6');
    throttle.succeeded();
    throttle.succeeded();
    throttle.succeeded();
    assert.equal(throttle.limit, 6);
  });

  it('follows the hint down at once, and never beyond 52', () => {
    const throttle = new Throttle(createInstantClock());
    throttle.hinted('2');
    assert.equal(throttle.limit, 2);
    throttle.hinted('500');
    for (let at = 0; at < 100; at += 1) throttle.succeeded();
    assert.equal(throttle.limit, 52);
  });

  it('ignores a hint that is no number', () => {
    const throttle = new Throttle(createInstantClock());
    for (const text of ['', 'many', '-1', '2.5', undefined]) throttle.hinted(text);
    assert.equal(throttle.limit, 4);
  });

  it('halves once for answers that come together, and lets nobody send until the pause is over', async () => {
    const clock = createInstantClock();
    const throttle = new Throttle(clock);
    throttle.throttled(5000);
    throttle.throttled(7000);
    assert.equal(throttle.limit, 2);
    const started = clock.now();
    await throttle.run(() => Promise.resolve(), signal);
    assert.equal(clock.now() - started, 7000);
  });

  it('never goes below one', () => {
    const clock = createInstantClock();
    const throttle = new Throttle(clock);
    for (let at = 0; at < 5; at += 1) {
      throttle.throttled(1);
      clock.advance(2);
    }
    assert.equal(throttle.limit, 1);
  });

  it('rises again by one after five successes, half a minute after the last refusal', () => {
    const clock = createInstantClock();
    const throttle = new Throttle(clock);
    throttle.throttled(1000);
    for (let at = 0; at < 10; at += 1) throttle.succeeded();
    assert.equal(throttle.limit, 2);
    clock.advance(31_000);
    throttle.succeeded();
    assert.equal(throttle.limit, 3);
    for (let at = 0; at < 4; at += 1) throttle.succeeded();
    assert.equal(throttle.limit, 3);
    throttle.succeeded();
    assert.equal(throttle.limit, 4);
  });

  it('lets no more under way than the limit, and all in the end', async () => {
    const throttle = new Throttle(createInstantClock());
    let underWay = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 50 }, () =>
        throttle.run(async () => {
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise((resolve) => setImmediate(resolve));
          underWay -= 1;
        }, signal),
      ),
    );
    assert.equal(most, 4);
    assert.equal(underWay, 0);
  });

  it('gives a waiting request up when it is aborted', async () => {
    const throttle = new Throttle(createInstantClock());
    const release: (() => void)[] = [];
    const held = Array.from({ length: 4 }, () =>
      throttle.run(() => new Promise<void>((resolve) => release.push(resolve)), signal),
    );
    const controller = new AbortController();
    const waiting = throttle.run(() => Promise.resolve('sent'), controller.signal);
    controller.abort(new Error('stop'));
    await assert.rejects(waiting, /stop/);
    for (const let1 of release) let1();
    await Promise.all(held);
    assert.equal(await throttle.run(() => Promise.resolve('free'), signal), 'free');
  });
});
