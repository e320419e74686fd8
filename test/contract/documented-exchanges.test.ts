import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { conformanceTable, figuresOf, withTable } from '#support/exchanges/conformance-table.ts';
import { readExchanges } from '#support/exchanges/exchange.ts';
import { replayAll, type Outcome } from '#support/exchanges/replay.ts';

const readme = new URL('../../emulator/README.md', import.meta.url);

describe('documented exchanges', function () {
  this.timeout(300_000);
  const exchanges = readExchanges();

  if (exchanges === undefined) {
    it('are not beside this checkout', function () {
      this.skip();
    });
    return;
  }

  let outcomes: readonly Outcome[] = [];
  before(async () => {
    outcomes = await replayAll(exchanges);
  });

  it('are answered as documented: at least 95 % of those that apply', () => {
    const { equal, replayed } = figuresOf(outcomes);
    assert.ok(equal >= 0.95 * replayed, `${equal} of ${replayed}${listed(outcomes)}`);
  });

  it('of current pages and recordings are, at least 95 %', () => {
    const { equal, replayed } = figuresOf(outcomes, ['current', 'recorded']);
    assert.ok(equal >= 0.95 * replayed, `${equal} of ${replayed}${listed(outcomes)}`);
  });

  it('are left out for a reason of the list only, at most 15 %', () => {
    const { notApplicable, replayed } = figuresOf(outcomes);
    assert.ok(notApplicable <= 0.15 * (notApplicable + replayed), String(notApplicable));
  });

  it('stand in the README as they came out', () => {
    const text = readFileSync(readme, 'utf8');
    assert.equal(
      text,
      withTable(text, conformanceTable(outcomes)),
      'run scripts/write-conformance.ts',
    );
  });
});

function listed(outcomes: readonly Outcome[]): string {
  return outcomes
    .flatMap((outcome) =>
      outcome.kind === 'differing'
        ? [`\n${outcome.exchange.id}: ${outcome.differences.join('; ').slice(0, 300)}`]
        : [],
    )
    .join('');
}
