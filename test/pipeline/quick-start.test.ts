import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe("a newcomer's path", function () {
  this.timeout(60_000);
  let folder = '';
  let emulators: readonly TestEmulator[] = [];

  before(async function () {
    if (process.platform === 'win32') this.skip(); // The page is for a POSIX shell.
    folder = await mkdtemp(join(tmpdir(), 'quick-start-'));
    emulators = [await openEmulator({ seed: 'contoso' }), await openEmulator({ seed: 'empty' })];
  });
  after(async () => {
    for (const emulator of emulators) await emulator.close();
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  it('leads to a planned promotion of an edit in five commands, as the page says', async () => {
    const page = await readFile(join(root, 'docs/guides/quick-start.md'), 'utf8');
    const commands = (/```sh\n([^]*?)```/.exec(page)?.[1] ?? '').trim().split('\n');
    assert.equal(commands.length, 5);
    // The build is there, and the emulators listen on ports that are free here.
    const [source, target] = emulators.map(({ url }) => url);
    const rest = commands
      .slice(2)
      .join('\n')
      .replaceAll('http://127.0.0.1:5601', source ?? '')
      .replaceAll('http://127.0.0.1:5602', target ?? '');
    const tools = join(folder, 'tools');
    await mkdir(tools);
    const urm = `exec "${process.execPath}" "${join(root, 'dist/cli/urm.js')}" "$@"`;
    await writeFile(join(tools, 'urm'), `#!/bin/sh\n${urm}\n`);
    await chmod(join(tools, 'urm'), 0o755);
    const { status, text } = await sh(`set -e\n${rest}`, folder, tools);
    assert.equal(status, 0, text);
    assert.match(text, /^\+ create queue .*Voice: all callers/m);
  });
});

async function sh(
  script: string,
  cwd: string,
  tools: string,
): Promise<{ status: number | null; text: string }> {
  const env = { PATH: `${tools}:${process.env['PATH'] ?? ''}` };
  const child = spawn('sh', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { status, text };
}
