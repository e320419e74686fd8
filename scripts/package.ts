// Packs dist/extension into dist/*.vsix with tfx.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const tfx = fileURLToPath(new URL('../node_modules/tfx-cli/_build/tfx-cli.js', import.meta.url));
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
    '../',
    '--no-prompt',
  ],
  { stdio: 'inherit' },
);
