import { existsSync } from 'node:fs';

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
