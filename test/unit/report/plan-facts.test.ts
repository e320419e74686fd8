import assert from 'node:assert/strict';
import { noCounts } from '#shared/model/result.ts';
import { planFacts } from '#shared/report/plan-facts.ts';
import { renderHtml } from '#shared/report/html.ts';
import { renderMarkdown } from '#shared/report/markdown.ts';
import { renderTerminal } from '#shared/report/terminal.ts';
import { aCreate, aFinding, aPlanHead, aResult } from '#support/report-builders.ts';

const head = aPlanHead({
  counts: { ...noCounts, in: 9, created: 3, updated: 2, failed: 1, unchanged: 3, deleted: 4 },
  estimate: { reads: 12, writes: 9, seconds: 300 },
  manual: [aFinding({ severity: 'info', summary: 'Link the bot' })],
});

describe('what is told of a plan before its differences', () => {
  it('is how much, how long, and what is left to do', () => {
    assert.deepEqual(planFacts(head), [
      '3 to create, 2 to update, 4 to delete, 1 blocked, 3 unchanged',
      'about 5 minutes: 12 reads and 9 rows to write',
      '1 step to do by hand afterwards',
    ]);
  });

  it('warns of a plan that is incomplete or must not be applied', () => {
    const facts = planFacts(aPlanHead({ complete: false, applyable: false }));
    assert.equal(facts[0], 'nothing to compare');
    assert.match(facts.join(' '), /could not be compared.*must not be applied/);
  });

  it('comes first in the terminal, on the run page and in the report alike', () => {
    const report = {
      title: 'Plan',
      result: aResult(),
      plan: { head, actions: [aCreate()], omitted: 0 },
    };
    const terminal = renderTerminal(report, { colours: false });
    assert.match(terminal[0] ?? '', /^Plan: 3 to create/);
    assert.ok(terminal.findIndex((line) => line.startsWith('+ create')) > 2);
    assert.ok(terminal.some((line) => line.includes('Link the bot')));
    for (const text of [renderMarkdown(report), renderHtml(report)]) {
      assert.ok(text.includes('3 to create'));
      assert.ok(text.includes('about 5 minutes'));
      assert.ok(text.includes('Link the bot'));
    }
  });
});
