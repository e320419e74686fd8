// Packs dist/extension into a .vsix with tfx, in dist/ or in the folder named, and prints its path.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { publisher, id, version } = JSON.parse(
  readFileSync('dist/extension/vss-extension.json', 'utf8'),
) as { publisher: string; id: string; version: string };
// tfx takes paths from its root.
const file = join(resolve(process.argv[2] ?? 'dist'), `${publisher}.${id}-${version}.vsix`);
execFileSync(
  process.execPath,
  [
    'node_modules/tfx-cli/_build/tfx-cli.js',
    'extension',
    'create',
    '--root',
    'dist/extension',
    '--manifests',
    'vss-extension.json',
    '--output-path',
    file,
    '--no-prompt',
  ],
  { stdio: ['ignore', 'ignore', 'inherit'] },
);
console.log(file);
