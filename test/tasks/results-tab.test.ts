import assert from 'node:assert/strict';
import type { Browser, Frame, Page } from 'playwright-core';
import type { Action } from '#shared/model/plan.ts';
import { pageOf } from '#shared/report/html.ts';
import { attachmentName } from '#shared/stages/attachment.ts';
import { aCreate, aFinding, aMap, aPlanHead, aResult, anUpdate } from '#support/report-builders.ts';
import type { RoutingMap } from '#shared/report/routing-map.ts';
import { openResultsHost, type HostAttachment, type ResultsHost } from '#support/results-host.ts';
import { startTestBrowser } from '#support/test-browser.ts';

const hostile = [
  '<script>document.title="taken"</script>',
  '<img src=x onerror="document.title=1">',
  '##vso[task.setvariable variable=x]y',
  '\u202EgnilliB \u202C',
  'تذاكر الفوترة',
  '</script><script>document.title="taken"</script>',
];

function aReport(
  stage: string,
  actions: readonly Action[],
  pipelineStage = 'test',
  routing?: RoutingMap,
): HostAttachment {
  const page = pageOf({
    title: `Unified Routing: ${stage}`,
    result: aResult({ stage, findings: [aFinding({ summary: hostile[0] ?? '' })] }),
    plan: { head: aPlanHead({ manual: [aFinding({ severity: 'info' })] }), actions, omitted: 0 },
    ...(routing === undefined ? {} : { routing }),
  });
  const place = { stage, pipelineStage, job: 'j', attempt: '1', step: 's' };
  return { name: attachmentName(place), content: JSON.stringify(page) };
}

describe('the results tab of a run', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let host: ResultsHost | undefined;
  let page: Page | undefined;

  before(async function () {
    browser = await startTestBrowser();
    if (browser === undefined) this.skip();
    host = await openResultsHost();
  });
  after(async () => {
    await browser?.close();
    host?.close();
  });
  afterEach(async () => {
    await page?.close();
    page = undefined;
  });

  /** The tab's own frame, once it says something. */
  const open = async (
    attachments: readonly HostAttachment[],
    theme: 'light' | 'dark' = 'light',
  ): Promise<{ readonly tab: Frame; readonly hostPage: Page }> => {
    assert.ok(browser !== undefined && host !== undefined);
    host.attach(attachments);
    page = await browser.newPage();
    await page.goto(`${host.url}?theme=${theme}`);
    const handle = await page.waitForSelector('iframe');
    const tab = (await handle.contentFrame()) ?? assert.fail('the frame of the tab');
    return { tab, hostPage: page };
  };
  const report = async (tab: Frame): Promise<Frame> => {
    const handle = await tab.waitForSelector('iframe');
    const frame = (await handle.contentFrame()) ?? assert.fail('the frame of the report');
    await frame.waitForSelector('#report section');
    return frame;
  };

  it('shows every stage of the run, in the order in which stages follow each other', async () => {
    const { tab } = await open([
      aReport('verify', []),
      aReport('plan', [aCreate()]),
      aReport('plan', [aCreate()], 'production'),
      { name: 'of-somebody-else', content: '{}' },
    ]);
    await report(tab);
    assert.deepEqual(await tab.locator('nav button').allTextContents(), [
      'plan · production',
      'plan · test',
      'verify',
    ]);
    await tab.locator('nav button', { hasText: 'production' }).click();
    await tab.locator('iframe[title$="plan"]').waitFor();
    const shown = await report(tab);
    assert.match((await shown.locator('h1').textContent()) ?? '', /plan/);
    const text = (await shown.locator('body').innerText()).replaceAll(/\s+/g, ' ');
    for (const heading of ['Overview', 'Findings', 'To do by hand', 'Actions'])
      assert.ok(text.includes(heading), heading);
  });

  it('asks Azure DevOps as whoever looks, and nobody else', async () => {
    const elsewhere = aReport('import', []);
    const { tab } = await open([
      { ...elsewhere, href: 'https://evil.example/attachment' },
      aReport('plan', []),
    ]);
    await report(tab);
    assert.deepEqual(await tab.locator('nav button').allTextContents(), ['plan']);
    assert.deepEqual(
      host?.asked.map(({ path }) => path),
      [
        '/routing/_apis/build/builds/7/attachments/unified-routing-page?api-version=7.1-preview.2',
        '/attachment/1',
      ],
    );
    assert.ok(
      host?.asked.every(({ authorization }) => authorization === 'Bearer token-of-who-looks'),
    );
  });

  for (const count of [3, 150])
    it(`lists ${count} workstreams with hostile names as text`, async () => {
      const names = Array.from({ length: count }, (_, at) =>
        at < hostile.length ? (hostile[at] ?? '') : `Workstream ${at}`,
      );
      const { tab, hostPage } = await open([
        aReport('plan', [...names.map(aCreate), anUpdate(hostile[1] ?? '', hostile[5] ?? '')]),
      ]);
      const shown = await report(tab);
      assert.equal(await shown.locator('details:has(> summary > .create)').count(), count);
      const text = (await shown.locator('body').textContent()) ?? '';
      for (const name of names.slice(0, 3)) assert.ok(text.includes(name.trim()), name);
      assert.equal(await shown.locator('img').count(), 0);
      assert.equal(await shown.locator('#report script').count(), 0);
      for (const frame of hostPage.frames()) assert.doesNotMatch(await frame.title(), /taken|^1$/);
      await shown.locator('input[type=search]').fill('Workstream 1');
      if (count === 150)
        assert.match(
          (await shown.locator('[role=status]').last().textContent()) ?? '',
          /^\d+ of 151/,
        );
    });

  for (const count of [3, 150])
    it(`draws the map of ${count} workstreams with hostile names as text`, async () => {
      const name = (at: number): string => hostile[at] ?? `Line ${at}`;
      const { tab, hostPage } = await open([aReport('verify', [], 'test', aMap(count, name))]);
      const shown = await report(tab);
      await shown.locator('#routing-map').waitFor();
      const lines = shown.locator('#routing-map details:has(svg)');
      assert.equal(await lines.count(), count);
      const text = (await shown.locator('#routing-map').textContent()) ?? '';
      for (const each of [hostile[0], hostile[1], hostile[2]])
        assert.ok(text.includes((each ?? '').slice(0, 20)), each);
      assert.equal(await shown.locator('#routing-map img').count(), 0);
      // The map's own, which finds and unfolds.
      const scripts = await shown.locator('#routing-map script').allTextContents();
      assert.deepEqual(
        scripts.filter((script) => script.includes('taken')),
        [],
      );
      assert.equal(scripts.length, 1);
      for (const frame of hostPage.frames()) assert.doesNotMatch(await frame.title(), /taken|^1$/);
    });

  for (const [theme, isDark] of [
    ['light', false],
    ['dark', true],
  ] as const)
    it(`is ${theme} where Azure DevOps is`, async () => {
      const { tab } = await open([aReport('plan', [aCreate()])], theme);
      const shown = await report(tab);
      for (const frame of [tab, shown]) {
        const colour = String(
          await frame.evaluate('getComputedStyle(document.body).backgroundColor'),
        );
        const [red = 0] = (colour.match(/\d+/g) ?? []).map(Number);
        assert.equal(red < 128, isDark, colour);
      }
    });

  it('gives the report no rights: no origin, no token, no way out', async () => {
    const { tab } = await open([aReport('plan', [])]);
    const shown = await report(tab);
    assert.equal(await tab.locator('iframe').getAttribute('sandbox'), 'allow-scripts');
    assert.equal(await shown.evaluate('self.origin'), 'null');
    assert.equal(
      await shown.evaluate(
        'fetch(location.ancestorOrigins[0]).then(() => "sent", () => "refused")',
      ),
      'refused',
    );
  });

  it('says what it cannot show', async () => {
    const { tab } = await open([{ ...aReport('plan', []), content: '{"title":1}' }]);
    await tab.getByText(/no report of this version/).waitFor();
    await page?.close();
    const none = await open([]);
    await none.tab.getByText(/has left a report yet/).waitFor();
  });
});
