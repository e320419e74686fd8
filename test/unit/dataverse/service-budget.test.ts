import assert from 'node:assert/strict';
import { ServiceBudget } from '#shared/dataverse/service-budget.ts';
import { createInstantClock } from '#support/instant-clock.ts';

const window = 300_000;

describe('the budget of the service', () => {
  it('lets requests leave at once until the window is nearly spent, then as the first ones leave it', () => {
    const clock = createInstantClock();
    const budget = new ServiceBudget(clock);
    let sent = 0;
    for (; budget.waitMs() === 0; sent += 1) {
      budget.began();
      clock.advance(10);
      budget.ended(10);
    }
    assert.ok(sent > 5900 && sent < 6000, `${sent} requests`);
    assert.equal(budget.waitMs(), window - (sent - 1) * 10);
    clock.advance(budget.waitMs());
    assert.equal(budget.waitMs(), 0);
  });

  it('never lets more into a window than the service allows, however long requests take', () => {
    const clock = createInstantClock();
    const budget = new ServiceBudget(clock);
    const ended: { readonly at: number; readonly ms: number }[] = [];
    for (let at = 0; at < 3000; at += 1) {
      const ms = 500 + ((at * 7919) % 9000);
      for (let wait = budget.waitMs(); wait > 0; wait = budget.waitMs()) clock.advance(wait);
      const used = ended
        .filter((request) => request.at > clock.now() - window)
        .reduce((sum, request) => sum + request.ms, 0);
      assert.ok(used < 1_200_000, `${used} ms of execution`);
      budget.began();
      // Five side by side: time moves by a fifth of what each takes.
      clock.advance(ms / 5);
      budget.ended(ms);
      ended.push({ at: clock.now(), ms });
    }
  });

  it('goes on where several servers share the work, as their answers tell', () => {
    const clock = createInstantClock();
    const budget = new ServiceBudget(clock);
    const spend = (): void => {
      budget.began();
      budget.ended(1_200_000);
    };
    spend();
    assert.notEqual(budget.waitMs(), 0);
    budget.told('600.00', '5,000');
    assert.notEqual(budget.waitMs(), 0, 'what cannot be read says nothing');
    budget.told('1,087.42', '5000');
    assert.equal(budget.waitMs(), 0);
    budget.told('12.00', '5000');
    assert.notEqual(budget.waitMs(), 0, 'one of the servers is nearly spent');
  });
});
