// Packs dist/extension into a .vsix with tfx: in dist/, or in the folder named.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const tfx = fileURLToPath(new URL('../node_modules/tfx-cli/_build/tfx-cli.js', import.meta.url));
// tfx takes paths from its root.
const output = resolve(process.argv[2] ?? 'dist');
execFileSync(
  process.execPath,
  [
    tfx,
    'extension',
    'create',
    '--root',
    'dist/extension',
    '--manifests',
    'vss-extension.json',
    '--output-path',
    output,
    '--no-prompt',
  ],
  { stdio: 'inherit' },
);
