// Bundles the tasks and the command line under dist/, ready to run from anywhere and for tfx to pack.
import { chmod, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { stageTable } from '#shared/stages/stage-table.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const extension = 'dist/extension';
const cli = 'dist/cli';
await Promise.all([extension, cli].map((path) => rm(path, { recursive: true, force: true })));
const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  // Error names are part of what people read.
  keepNames: true,
  legalComments: 'linked',
  logLevel: 'warning',
};

await Promise.all([...stageTable.map((entry) => buildTask(entry.task)), buildCli()]);
await stageExtension();
if (process.argv.includes('--sizes')) await report();

/** One file per task: agents start thousands of them, and 2,000 small files would be slow to unpack. */
async function buildTask(task: string): Promise<void> {
  const to = `${extension}/tasks/${task}`;
  await mkdir(to, { recursive: true });
  for (const file of ['task.json', 'icon.png', 'README.md'])
    await cp(`tasks/${task}/${file}`, `${to}/${file}`);
  // Without this the repository's own "type": "module" would make Node read the bundle as ESM in place.
  await writeFile(`${to}/package.json`, '{ "type": "commonjs" }\n');
  await build({
    ...shared,
    entryPoints: [`tasks/${task}/index.ts`],
    outfile: `${to}/index.js`,
    format: 'cjs',
  });
}

/** Several files, so that a command loads only what it needs. */
async function buildCli(): Promise<void> {
  await build({
    ...shared,
    entryPoints: ['cli/urm.ts'],
    outdir: cli,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    banner: {
      // Bundled CommonJS packages ask for Node's own modules by require.
      js: "import { createRequire as urmRequire } from 'node:module';const require = urmRequire(import.meta.url);",
    },
  });
  const entry = await readFile(`${cli}/urm.js`, 'utf8');
  await writeFile(`${cli}/urm.js`, `#!/usr/bin/env node\n${entry}`);
  await chmod(`${cli}/urm.js`, 0o755);
  await writeFile(`${cli}/package.json`, '{ "type": "module" }\n');
}

/** The folder that tfx packs, in its final shape. */
async function stageExtension(): Promise<void> {
  const manifest = JSON.parse(await readFile('vss-extension.json', 'utf8')) as object;
  await writeFile(
    `${extension}/vss-extension.json`,
    `${JSON.stringify({ ...manifest, version }, undefined, 2)}\n`,
  );
  for (const path of ['images', 'overview.md', 'LICENSE.txt'])
    await cp(path, `${extension}/${path}`, { recursive: true });
}

async function report(): Promise<void> {
  const files = [
    ...stageTable.map((entry) => `${extension}/tasks/${entry.task}/index.js`),
    `${cli}/urm.js`,
  ];
  for (const file of files)
    console.log(`${Math.round((await stat(file)).size / 1024)} kB  ${file}`);
}
