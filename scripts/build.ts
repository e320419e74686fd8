// Bundles the tasks and the command line, ready to run from anywhere and for tfx to pack:
// `build.ts [--sizes] [FOLDER]`, by default under dist/.
import { chmod, cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { stageTable } from '#shared/stages/stage-table.ts';
import { namesOnDemand } from './names-on-demand.ts';
import { billOfMaterials, noticesText, shippedPackages } from './shipped-packages.ts';
import { slimBundles } from './slim-bundles.ts';

const { values, positionals } = parseArgs({
  options: { sizes: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const output = positionals[0] === undefined ? 'dist' : resolve(positionals[0]);
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const extension = `${output}/extension`;
const cli = `${output}/cli`;
const npm = `${output}/npm`;
await Promise.all([extension, cli, npm].map((path) => rm(path, { recursive: true, force: true })));
const { name, version, description, license, engines, repository } = JSON.parse(
  await readFile('package.json', 'utf8'),
) as Readonly<Record<string, unknown>> & { name: string; version: string };

const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // Tables of letters stay letters instead of escapes of six characters each.
  charset: 'utf8',
  metafile: true,
  plugins: [slimBundles],
};

const parserFile = 'parser.js';

/** The parser of the code scan is a third of its task and rarely needed: a file of its own. */
const parserApart: Plugin = {
  name: 'parser-apart',
  setup: (build) => {
    build.onResolve({ filter: /^@babel\/parser$/ }, () => ({
      path: `./${parserFile}`,
      external: true,
    }));
  },
};

/** Nobody is there to type a code while a task runs. */
const attended = new Set(['PublicClientApplication']);

const [cliInputs, viewInputs, ...taskInputs] = await Promise.all([
  buildCli(),
  buildView(),
  ...stageTable.map((entry) => buildTask(entry.task)),
]);
await stageExtension([viewInputs, ...taskInputs].flat());
await stageNpmPackage(cliInputs);
if (values.sizes) await report();

/** One file per task: agents start thousands of them, and 2,000 small files would be slow to unpack. */
async function buildTask(task: string): Promise<readonly string[]> {
  const to = `${extension}/tasks/${task}`;
  await mkdir(to, { recursive: true });
  for (const file of ['task.json', 'icon.png', 'README.md'])
    await cp(`tasks/${task}/${file}`, `${to}/${file}`);
  await cp(`tasks/${task}/Strings`, `${to}/Strings`, { recursive: true });
  // Without this the repository's own "type": "module" would make Node read the bundle as ESM in place.
  await writeFile(`${to}/package.json`, '{ "type": "commonjs" }\n');
  const inputs = await inputsOf({
    ...shared,
    entryPoints: [`tasks/${task}/index.ts`],
    outfile: `${to}/index.js`,
    format: 'cjs',
    plugins: [namesOnDemand(attended), slimBundles, parserApart],
  });
  return task === 'ChannelProviderMigrate' ? [...inputs, ...(await buildParser(to))] : inputs;
}

/** Nobody outside of it sees the parser's methods: their names, a tenth of it, are made short. */
async function buildParser(to: string): Promise<readonly string[]> {
  return inputsOf({
    ...shared,
    stdin: { contents: "export { parse } from '@babel/parser';", resolveDir: '.' },
    outfile: `${to}/${parserFile}`,
    format: 'cjs',
    mangleProps:
      /^(?:ts|flow|jsx|estree|parse|try|maybe|should|finish|raise|register|lookahead|reset|skip|expect)[A-Z]/,
    reserveProps: /^parse(?:Expression|Int|Float)$/,
  });
}

/** The tab on the results of a run. */
async function buildView(): Promise<readonly string[]> {
  const to = `${extension}/views/results`;
  await mkdir(to, { recursive: true });
  await cp('views/results/index.html', `${to}/index.html`);
  return inputsOf({
    ...shared,
    platform: 'browser',
    target: 'es2022',
    entryPoints: ['views/results/main.ts'],
    outfile: `${to}/main.js`,
    format: 'iife',
  });
}

/** Builds, and tells which files went in. */
async function inputsOf(options: BuildOptions): Promise<readonly string[]> {
  const { metafile } = await build({ ...options, metafile: true });
  return Object.keys(metafile.inputs);
}

/** Several files, so that a command loads only what it needs. */
async function buildCli(): Promise<readonly string[]> {
  const inputs = await inputsOf({
    ...shared,
    entryPoints: ['cli/urm.ts'],
    outdir: cli,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // The driver of the browser check finds its own files by their place, and is optional.
    external: ['playwright-core'],
    plugins: [namesOnDemand(new Set()), slimBundles],
    banner: {
      // Bundled CommonJS packages ask for Node's own modules by require.
      js: "import { createRequire as urmRequire } from 'node:module';const require = urmRequire(import.meta.url);",
    },
  });
  const entry = await readFile(`${cli}/urm.js`, 'utf8');
  await writeFile(`${cli}/urm.js`, `#!/usr/bin/env node\n${entry}`);
  await chmod(`${cli}/urm.js`, 0o755);
  await writeFile(`${cli}/package.json`, '{ "type": "module" }\n');
  return inputs;
}

/** The folder that tfx packs, in its final shape. */
async function stageExtension(inputs: readonly string[]): Promise<void> {
  const manifest = JSON.parse(await readFile('vss-extension.json', 'utf8')) as {
    contributions: readonly { type: string; properties: object }[];
  };
  // The tab shows itself on runs with one of the tasks.
  const supportsTasks = stageTable.map(({ taskId }) => taskId);
  const contributions = manifest.contributions.map((contribution) =>
    contribution.type === 'ms.vss-build-web.build-results-tab'
      ? { ...contribution, properties: { ...contribution.properties, supportsTasks } }
      : contribution,
  );
  await writeFile(
    `${extension}/vss-extension.json`,
    `${JSON.stringify({ ...manifest, version, contributions }, undefined, 2)}\n`,
  );
  for (const path of ['images', 'overview.md', 'LICENSE.txt'])
    await cp(path, `${extension}/${path}`, { recursive: true });
  await writeMaterials(extension, inputs);
}

/** What npm publishes: command line and emulator, which need no other package. */
async function stageNpmPackage(inputs: readonly string[]): Promise<void> {
  await mkdir(npm, { recursive: true });
  await cp(cli, `${npm}/cli`, { recursive: true });
  for (const path of ['README.md', 'CHANGELOG.md', 'LICENSE.txt']) await cp(path, `${npm}/${path}`);
  const manifest = {
    name,
    version,
    description,
    license,
    repository,
    engines,
    type: 'module',
    bin: { urm: 'cli/urm.js' },
  };
  await writeFile(`${npm}/package.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
  await writeMaterials(npm, inputs);
}

/** Says whose code is in it. */
async function writeMaterials(folder: string, inputs: readonly string[]): Promise<void> {
  const packages = await shippedPackages(inputs);
  await writeFile(`${folder}/THIRD-PARTY-NOTICES.txt`, noticesText(packages));
  await writeFile(`${folder}/sbom.cdx.json`, billOfMaterials({ name, version }, packages));
}

async function report(): Promise<void> {
  const files = [
    ...stageTable.map((entry) => `${extension}/tasks/${entry.task}/index.js`),
    `${cli}/urm.js`,
  ];
  for (const file of files)
    console.log(`${Math.round((await stat(file)).size / 1024)} kB  ${file}`);
}
