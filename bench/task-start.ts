import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Measurement } from './measurement.ts';

// The quickest start is the one that other work on the machine disturbed least.
const rounds = 25;
const root = fileURLToPath(new URL('../dist/extension', import.meta.url));

/** The time until a built task says that its inputs are missing, against a process that does nothing. */
export const taskStart: Measurement = {
  name: 'task-start',
  title: 'Start of the built tasks, over an empty Node process',
  run: async () => {
    const bundles = taskBundles();
    if (bundles.length === 0) throw new Error('Run `npm run build` first: there are no tasks.');
    let empty = Infinity;
    const quickest = new Map(bundles.map(({ name }) => [name, Infinity]));
    // In turn, so that all of them have the same chances.
    for (let round = 0; round < rounds; round += 1) {
      empty = Math.min(empty, spawnMs(['-e', '0']));
      for (const { name, path } of bundles)
        quickest.set(name, Math.min(quickest.get(name) ?? Infinity, spawnMs([path])));
    }
    const figures = bundles.map(({ name }) => ({
      name,
      value: (quickest.get(name) ?? Number.NaN) - empty,
      unit: 'ms' as const,
      bar: { atMost: 100 },
    }));
    return Promise.resolve({
      conditions: `quickest of ${rounds} starts without inputs, all in turn; an empty process takes ${empty.toFixed(0)} ms`,
      figures,
    });
  },
};

function taskBundles(): readonly { readonly name: string; readonly path: string }[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('task.json'))
    .map((path) => {
      const folder = join(root, path, '..');
      return {
        name: folder.slice(root.length + 1).replace(/^tasks\//, ''),
        path: join(folder, 'index.js'),
      };
    })
    .filter(({ path }) => existsSync(path))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function spawnMs(parameters: readonly string[]): number {
  const started = performance.now();
  spawnSync(process.execPath, [...parameters], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] },
  });
  return performance.now() - started;
}
