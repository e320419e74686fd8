import assert from 'node:assert/strict';
import { renderHtml } from '#shared/report/html.ts';
import {
  aBlocked,
  aCreate,
  aFinding,
  anUpdate,
  aPlanHead,
  aResult,
} from '#support/report-builders.ts';
import { openReport } from '#support/tiny-dom.ts';

const hostile = '<img src=x onerror=alert(1)>';

describe('the page of a report', () => {
  const main = openReport(
    renderHtml({
      title: 'Plan',
      result: aResult({ findings: [aFinding({ summary: hostile })] }),
      plan: {
        head: aPlanHead({ manual: [aFinding({ severity: 'info', summary: 'Record it' })] }),
        actions: [aCreate(hostile), anUpdate('a', 'b'), aBlocked()],
        omitted: 4,
      },
      checks: [
        { group: 'queues', name: 'Billing' },
        { group: 'queues', name: 'Sales', finding: aFinding() },
      ],
    }),
  );

  it('has a section with a heading for each part', () => {
    assert.deepEqual(
      main.all('h2').map((heading) => heading.textContent),
      ['Overview', 'Findings', 'To do by hand', 'Checks', 'Actions'],
    );
  });

  it('says of every table what it is, and of every head cell which way it points', () => {
    const tables = main.all('table');
    assert.ok(tables.length >= 4);
    for (const table of tables) assert.equal(table.all('caption').length, 1);
    for (const cell of main.all('th')) assert.match(cell.scope, /^(col|row)$/);
  });

  it('shows text from outside as text', () => {
    assert.ok(main.textContent.includes(hostile));
    assert.equal(main.all('img').length, 0);
  });

  it('labels what can be typed and chosen', () => {
    const labels = main.all('label').map((label) => label.childNodes.map((node) => node.tagName));
    assert.deepEqual(labels, [['input'], ['select']]);
  });

  it('finds actions by kind and by name', () => {
    const [select] = main.all('select');
    const [input] = main.all('input');
    const status = () =>
      main.all('p').find((part) => part.attributes.get('role') === 'status')?.textContent;
    assert.ok(select !== undefined && input !== undefined);
    assert.equal(status(), '3 of 3 actions (4 more in plan.json)');
    select.value = 'update';
    select.listeners.get('change')?.();
    assert.equal(status(), '1 of 3 actions (4 more in plan.json)');
    select.value = 'all';
    input.value = 'ONERROR';
    input.listeners.get('input')?.();
    assert.equal(status(), '1 of 3 actions (4 more in plan.json)');
  });

  it('shows the columns of an action when it is opened', () => {
    const update = main
      .all('details')
      .find((item) => item.all('summary')[0]?.textContent.includes('create'));
    assert.ok(update !== undefined);
    update.open = true;
    update.listeners.get('toggle')?.();
    assert.deepEqual(
      update.all('th').map((cell) => cell.textContent),
      ['column', 'before', 'after', 'name'],
    );
  });
});
