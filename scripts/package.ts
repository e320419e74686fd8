// Packs what was built into a .vsix:
// `package.ts [--edition dev|preview|release] [--list] [--from BUILT] [FOLDER]`, by default from dist/ into it.
// Prints its path, or with --list what is in it; beside it go its SHA-256 and the bill of materials.
// The same input gives the same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { editions, extensionOf, isEdition, taskOf, type Edition } from './editions.ts';
import { fixZip } from './fixed-zip.ts';

const { values, positionals } = parseArgs({
  options: {
    edition: { type: 'string', default: 'release' },
    list: { type: 'boolean', default: false },
    from: { type: 'string', default: 'dist' },
  },
  allowPositionals: true,
});
const { edition } = values;
if (!isEdition(edition))
  throw new Error(`There is no edition '${edition}': ${Object.keys(editions).join(', ')}.`);
const folder = resolve(positionals[0] ?? 'dist');
const built = join(resolve(values.from), 'extension');
process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const work = await mkdtemp(join(tmpdir(), 'package-'));
try {
  await mkdir(folder, { recursive: true });
  await cp(built, join(work, 'extension'), { recursive: true });
  const { publisher, id, version } = await stamp(join(work, 'extension'), edition);
  const packed = join(work, 'packed.vsix');
  execFileSync(
    process.execPath,
    [
      'node_modules/tfx-cli/_build/tfx-cli.js',
      'extension',
      'create',
      '--root',
      join(work, 'extension'),
      '--manifests',
      'vss-extension.json',
      '--output-path',
      packed,
      '--no-prompt',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const file = join(folder, `${publisher}.${id}-${version}.vsix`);
  const entries = await fixZip(packed, file);
  if (values.list)
    for (const { name, bytes } of entries) console.log(`${String(bytes).padStart(9)}  ${name}`);
  const hash = createHash('sha256').update(await readFile(file));
  await writeFile(`${file}.sha256`, `${hash.digest('hex')}  ${basename(file)}\n`);
  await cp(join(built, 'sbom.cdx.json'), `${file}.sbom.cdx.json`);
  console.log(file);
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Makes a staged extension one of an edition. */
async function stamp(
  root: string,
  as: Edition,
): Promise<{ publisher: string; id: string; version: string }> {
  const path = join(root, 'vss-extension.json');
  const manifest = extensionOf(
    as,
    JSON.parse(await readFile(path, 'utf8')) as Parameters<typeof extensionOf>[1] & {
      publisher: string;
      version: string;
    },
  );
  await writeFile(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  for (const task of await readdir(join(root, 'tasks'))) {
    const taskPath = join(root, 'tasks', task, 'task.json');
    const own = JSON.parse(await readFile(taskPath, 'utf8')) as Parameters<typeof taskOf>[1];
    await writeFile(taskPath, `${JSON.stringify(taskOf(as, own), undefined, 2)}\n`);
  }
  return manifest;
}
