import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe("a newcomer's path", function () {
  this.timeout(120_000);
  let folder = '';

  before(async function () {
    if (process.platform === 'win32') this.skip(); // The page is for a POSIX shell.
    folder = await mkdtemp(join(tmpdir(), 'quick-start-'));
  });
  after(async () => {
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  it('leads to a planned promotion of an edit in five commands, as the page says', async () => {
    const page = await readFile(join(root, 'README.md'), 'utf8');
    const block = /## An edit of your own, in five commands\n[^]*?```sh\n([^]*?)```/.exec(
      page,
    )?.[1];
    const commands = (block ?? '').trim().split('\n');
    assert.equal(commands.length, 5);
    // The build is there; ports are those that are free here.
    const rest = commands
      .slice(1)
      .join('\n')
      .replaceAll('5601', String(await freePort()))
      .replaceAll('5602', String(await freePort()));
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

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs a script, and ends what it leaves running. */
async function sh(
  script: string,
  cwd: string,
  tools: string,
): Promise<{ status: number | null; text: string }> {
  const env = { PATH: `${tools}:${process.env['PATH'] ?? ''}` };
  const child = spawn('sh', ['-c', script], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  const status = await new Promise<number | null>((resolve, reject) => {
    // What it leaves running holds its output open: its own end is what counts.
    child.once('error', reject).once('exit', resolve);
  });
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  return { status, text };
}
