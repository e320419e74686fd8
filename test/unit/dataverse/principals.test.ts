import assert from 'node:assert/strict';
import { Principals, type Principal } from '#shared/dataverse/principals.ts';
import { Throttle } from '#shared/dataverse/throttle.ts';
import { createInstantClock } from '#support/instant-clock.ts';

const tokens: Principal['tokens'] = {
  token: () => Promise.resolve('token'),
  renew: () => Promise.resolve(undefined),
};

function world(count: number): { readonly all: readonly Principal[]; readonly pool: Principals } {
  const clock = createInstantClock();
  const all = Array.from({ length: count }, (): Principal => ({
    tokens,
    throttle: new Throttle(clock),
  }));
  const [first, ...others] = all;
  if (first === undefined) throw new Error('Nobody sends.');
  return { all, pool: new Principals(first, others) };
}

describe('several principals', () => {
  it('may together have as many requests under way as each of them alone', () => {
    const { all, pool } = world(3);
    for (const { throttle } of all) throttle.hinted('2');
    assert.equal(pool.limit, 6);
  });

  it('take turns', () => {
    const { all, pool } = world(2);
    const chosen = Array.from({ length: 6 }, () => pool.chosen());
    assert.equal(chosen.filter((each) => each === all[0]).length, 3);
  });

  it('who has more room sends more', () => {
    const { all, pool } = world(2);
    all[0]?.throttle.hinted('1');
    const chosen = Array.from({ length: 5 }, () => pool.chosen());
    assert.equal(chosen.filter((each) => each === all[0]).length, 1);
  });

  it('the others go on while one has to wait', () => {
    const { all, pool } = world(2);
    all[0]?.throttle.throttled(10_000);
    const chosen = Array.from({ length: 4 }, () => pool.chosen());
    assert.ok(chosen.every((each) => each === all[1]));
  });

  it('who is through has room again', () => {
    const { all, pool } = world(2);
    const first = pool.chosen();
    assert.equal(pool.chosen(), all[1]);
    pool.left(first);
    assert.equal(pool.chosen(), first);
  });
});
