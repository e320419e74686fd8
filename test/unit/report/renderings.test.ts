import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { escapeXml, jsonForScript } from '#shared/report/escape.ts';
import { renderHtml } from '#shared/report/html.ts';
import { renderJunit } from '#shared/report/junit.ts';
import { renderMarkdown } from '#shared/report/markdown.ts';
import type { Report } from '#shared/report/report.ts';
import { renderTable, renderTerminal } from '#shared/report/terminal.ts';
import {
  aBlocked,
  aCreate,
  aFinding,
  anUpdate,
  aPlanHead,
  aResult,
} from '#support/report-builders.ts';

const hostile =
  '</script><img src=x onerror=alert(1)> | [a](javascript:b) `c` ##vso[x]\n# d \u2028';

const report: Report = {
  title: `Plan for ${hostile}`,
  result: aResult({ findings: [aFinding({ summary: hostile, where: hostile })] }),
  plan: {
    head: aPlanHead({ manual: [aFinding({ severity: 'info', summary: 'Record the greeting' })] }),
    actions: [aCreate(hostile), anUpdate('a', hostile), aBlocked()],
    omitted: 7,
  },
};

describe('the Markdown summary', () => {
  const text = renderMarkdown(report);

  it('has counts, a table of actions, findings and what is to be done by hand', () => {
    assert.match(text, /\| in \| created \| updated \| unchanged \|/);
    assert.match(
      text,
      /\| table \| create \| update \| blocked \|\n\| --- \|[^\n]+\n\| queue \| 1 \| 1 \| 1 \|/,
    );
    assert.match(text, /\*\*error URM1001\*\*/);
    assert.match(text, /## To do by hand\n\n.*Record the greeting/);
    assert.match(text, /and 7 more, in plan\.json/);
  });

  it('lets nothing from outside become markup', () => {
    assert.doesNotMatch(text, /<(script|img)/);
    assert.doesNotMatch(text, /(?<!\\)\]\(/);
    assert.doesNotMatch(text, /^# d/m);
  });

  it('stays below the size that a run page shows', () => {
    const actions = Array.from({ length: 2000 }, () => anUpdate('x'.repeat(119), 'y'.repeat(119)));
    const long = renderMarkdown({ ...report, plan: { head: aPlanHead(), actions, omitted: 0 } });
    assert.ok(long.length < 260_000);
    assert.match(long, /the rest is in the report/);
  });

  it('says when there is nothing to do', () => {
    const empty = { head: aPlanHead(), actions: [], omitted: 0 };
    assert.match(renderMarkdown({ title: 'x', result: aResult(), plan: empty }), /No changes\./);
  });
});

describe('the JUnit file', () => {
  const checks = [
    { group: 'queues', name: 'Billing' },
    { group: 'queues', name: hostile, finding: aFinding({ summary: hostile }) },
    { group: 'skills', name: 'Gold', skipped: 'no table' },
    { group: 'skills', name: 'Silver', finding: aFinding({ severity: 'warning' }) },
  ];

  it('is well-formed, with one case per check', () => {
    const seen: Record<string, number> = {};
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', ({ name }) => {
      seen[name] = (seen[name] ?? 0) + 1;
    });
    parser.write(renderJunit({ title: hostile, result: aResult(), checks })).close();
    assert.deepEqual(seen, {
      testsuites: 1,
      testsuite: 2,
      testcase: 4,
      failure: 1,
      skipped: 1,
      'system-out': 1,
    });
  });

  it('counts failures and skipped checks', () => {
    assert.match(
      renderJunit({ title: 'x', result: aResult(), checks }),
      /<testsuites name="x" tests="4" failures="1" errors="0" skipped="1">/,
    );
  });

  it('is never empty', () => {
    assert.match(renderJunit({ title: 'x', result: aResult() }), /tests="1" failures="0"/);
  });

  it('escapes any text so that a parser gives it back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let got = '';
        const parser = new SaxesParser();
        parser.on('error', (error) => {
          throw error;
        });
        parser.on('text', (part) => {
          got += part;
        });
        parser.write(`<a>${escapeXml(text)}</a>`).close();
        const expected = text
          .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
          .replaceAll(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, '\uFFFD');
        assert.equal(got, expected);
      }),
    );
  });
});

describe('the HTML report', () => {
  const html = renderHtml(report);

  it('is one file that loads nothing', () => {
    assert.match(html, /^<!doctype html>\n<html lang="en">/);
    assert.doesNotMatch(html, /<(link|iframe|object)\b|src=["']|https?:\/\/(?!contoso)/);
    assert.match(html, /default-src 'none'/);
  });

  it('holds the data so that it cannot end its script element', () => {
    const data =
      /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(html)?.[1] ?? '';
    assert.doesNotMatch(data, /[<\u2028\u2029]/);
    const parsed = JSON.parse(data);
    assert.equal(parsed.actions.length, 3);
    assert.equal(parsed.findings[0].summary, hostile);
    assert.equal(parsed.manual[0].summary, 'Record the greeting');
    assert.equal(html.match(/<\/script>/g)?.length, 2);
  });

  it('builds the page from text only', () => {
    assert.doesNotMatch(html, /innerHTML|insertAdjacentHTML|document\.write/);
  });

  it('says the outcome without script', () => {
    assert.match(html, /<p class="outcome succeeded" role="status">Succeeded<\/p>/);
  });

  it('inlines any value so that it reads back equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = jsonForScript(value);
        assert.doesNotMatch(text, /[<\u2028\u2029]/);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe('the terminal rendering', () => {
  it('has no colours unless asked', () => {
    const text = (colours: boolean) => renderTerminal(report, { colours }).join('\n');
    assert.equal(text(false).includes('\u001B'), false);
    assert.equal(text(true).includes('\u001B[32m'), true);
  });

  it('keeps text from outside on its line', () => {
    const lines = renderTerminal(report, { colours: false });
    assert.ok(lines.every((line) => !/[\n\u2028]/.test(line)));
  });

  it('ends with outcome, counts and requests', () => {
    assert.equal(
      renderTerminal(report, { colours: false }).at(-1),
      'Succeeded: 3 in, 1 created, 1 updated, 1 unchanged; 12 read and 0 write requests',
    );
  });

  it('aligns the columns of a table', () => {
    assert.deepEqual(
      renderTable([
        ['table', 'rows'],
        ['queue', '5'],
        ['characteristic', '12'],
      ]),
      ['table           rows', 'queue              5', 'characteristic    12'],
    );
  });
});
