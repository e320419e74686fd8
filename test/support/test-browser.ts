import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

/** A Chromium that tests may start: the one that is named, the machine's own, or the one from npm. */
export async function findBrowser(): Promise<string | undefined> {
  const named = process.env['URM_TEST_BROWSER'];
  if (named !== undefined) return named;
  const own = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
  if (own !== undefined) return own;
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    return await packed.executablePath();
  } catch {
    return undefined;
  }
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts that Chromium; says why where it cannot be started, as on machines that lack its libraries. */
export async function startTestBrowser(): Promise<Browser | undefined> {
  const executablePath = await findBrowser();
  if (executablePath === undefined) return undefined;
  try {
    const { chromium } = await import('playwright-core');
    return await chromium.launch({ executablePath, args: flags });
  } catch (error) {
    console.log(`      no browser can be started here: ${String(error).split('\n')[0] ?? ''}`);
    return undefined;
  }
}
