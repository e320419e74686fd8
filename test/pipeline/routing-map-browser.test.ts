import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion } from '#support/promotion.ts';
import { withFolder } from '#support/stage-runs.ts';
import { findBrowser } from '#support/test-browser.ts';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];

/** Texts that stick out of their box, in the page's own words. */
function textsOutside(drawing: string): string {
  return `[...document.querySelectorAll('#routing-map svg.${drawing} g')].flatMap((group) => {
    const right = group.querySelector('rect').getBoundingClientRect().right + 1;
    const texts = [...group.querySelectorAll('text')];
    return texts.filter((text) => text.getBoundingClientRect().right > right).map((text) => text.textContent);
  })`;
}

describe('the routing map in a browser', function () {
  this.timeout(60_000);
  const source = withEmulator({ seed: 'contoso' });
  const folder = withFolder();
  const promotion = aPromotion(source, source, folder);
  let browser: Browser | undefined;

  before(async function () {
    const executablePath = await findBrowser();
    if (executablePath === undefined) this.skip();
    try {
      const { chromium } = await import('playwright-core');
      browser = await chromium.launch({ executablePath, args: flags });
    } catch (error) {
      console.log(`      no browser can be started here: ${String(error).split('\n')[0] ?? ''}`);
      this.skip();
    }
    await promotion.export();
    await promotion.verify({ out: 'verification' });
  });
  after(async () => {
    await browser?.close();
  });

  async function open(width: number): Promise<Page> {
    const page = await (browser ?? assert.fail()).newPage({ viewport: { width, height: 900 } });
    await page.goto(pathToFileURL(join(folder.path, 'verification/report.html')).href);
    return page;
  }

  for (const [width, drawing] of [
    [1280, 'wide'],
    [400, 'narrow'],
  ] as const)
    it(`fits a window of ${width} pixels, with every text inside its box`, async () => {
      const page = await open(width);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - innerWidth',
      );
      assert.ok(overflow <= 0, `${overflow} pixels too wide`);
      const maps = page.locator(`#routing-map svg.${drawing}`);
      assert.ok((await maps.count()) >= 6);
      assert.ok(await maps.first().isVisible());
      const outside = await page.evaluate<string[]>(textsOutside(drawing));
      assert.deepEqual(outside, []);
      await page.close();
    });

  it('leads to a queue by keys alone', async () => {
    const page = await open(1280);
    await page.locator('#routing-map summary').first().focus();
    await page.keyboard.press('Tab');
    const target = await page.evaluate<string>("document.activeElement.getAttribute('href')");
    assert.match(target, /^#map-queue-/);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${target}[open]`);
    const focused = await page.evaluate<string>('document.activeElement.tagName');
    assert.equal(focused, 'SUMMARY');
    await page.close();
  });

  it('says without colour what is wrong', async () => {
    const page = await open(1280);
    const text = await page.locator('#routing-map').innerText();
    assert.match(text, /! The provisioning/);
    assert.match(text, /Marks: ! problem/);
    await page.close();
  });
});
