import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { withEmulator } from '#support/emulator.ts';
import { findBrowser } from '#support/test-browser.ts';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];

describe('the page of an emulated environment in a browser', function () {
  this.timeout(60_000);
  const emulator = withEmulator({ seed: 'empty' });
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
  });
  after(async () => {
    await browser?.close();
  });

  it('tells what the environment is, how many rows its tables hold, and what was asked last', async () => {
    await emulator.send('POST', 'contacts', { body: { lastname: '<b>Bold</b>' } });
    await emulator.send('GET', "contacts?$filter=lastname eq '<script>alert(1)</script>'");
    await emulator.faults('slow:path=/nowhere,seconds=1');
    const page = await browser?.newPage();
    assert.ok(page !== undefined);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('dialog', (dialog) => errors.push(dialog.message()));
    await page.goto(emulator.url);
    assert.equal(await page.locator('h1').textContent(), 'empty');
    const rowOf = (text: string) => page.locator('tr', { hasText: text });
    assert.equal(await rowOf('contact').first().locator('td').nth(1).textContent(), '1');
    assert.match((await rowOf('Faults').textContent()) ?? '', /slow:path/);
    assert.match((await rowOf('Web API').textContent()) ?? '', /\/api\/data\/v9\.2\//);
    const last = page.locator('table').last().locator('tbody tr').first();
    assert.match((await last.textContent()) ?? '', /GET\/api\/data\/v9\.2\/contacts200/);
    assert.deepEqual(errors, []);
    const overflows = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    assert.equal(overflows, false);
    await page.setViewportSize({ width: 360, height: 640 });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
  });
});
