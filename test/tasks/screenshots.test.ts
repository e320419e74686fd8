import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestBrowser } from '#support/test-browser.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Width and height, which every PNG tells at the same place. */
function sizeOf(path: string): readonly [number, number] {
  const bytes = readFileSync(path);
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG', path);
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

describe('the pictures of the overview page', () => {
  const page = readFileSync(join(root, 'overview.md'), 'utf8');
  const shown = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path = '']) => path);

  it('are those of the manifest, each with a text, in the size that the marketplace shows', () => {
    const { screenshots } = JSON.parse(readFileSync(join(root, 'vss-extension.json'), 'utf8')) as {
      readonly screenshots: readonly { readonly path: string }[];
    };
    assert.ok(shown.length > 0);
    assert.deepEqual(
      screenshots.map(({ path }) => path),
      shown,
    );
    for (const path of shown) assert.deepEqual(sizeOf(join(root, path)), [1280, 720]);
  });

  it('are taken of what the built tasks leave', async function () {
    this.timeout(180_000);
    const browser = await startTestBrowser();
    if (browser === undefined) this.skip();
    await browser.close();
    const folder = await mkdtemp(join(tmpdir(), 'screenshots-'));
    try {
      const args = ['--import', 'tsx', 'scripts/take-screenshots.ts', folder];
      const child = spawn(process.execPath, args, {
        cwd: root,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let text = '';
      child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
      const status = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject).once('close', resolve);
      });
      assert.equal(status, 0, text);
      for (const path of shown) {
        const taken = join(folder, basename(path));
        assert.deepEqual(sizeOf(taken), [1280, 720]);
        // An empty page packs to a few thousand bytes.
        assert.ok(readFileSync(taken).length > 20_000, path);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
