import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { generatedFiles } from '../../../scripts/generated-files.ts';

const root = new URL('../../../', import.meta.url);

describe('the generated files', () => {
  it('are what npm run docs writes', async () => {
    for (const [path, text] of await generatedFiles(root))
      assert.equal(
        readFileSync(new URL(path, root), 'utf8').replaceAll('\r\n', '\n'),
        text,
        `${path} is stale: run npm run docs`,
      );
  });
});
