import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openOutput } from '#shared/cmt/output-place.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const folder = { kind: 'folder', marks: ['migration.json'] } as const;

async function put(path: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, name), text);
  }
}

describe('the place of an output whose replacement was killed half-way', () => {
  const at = useTemporaryFolder();

  it('gets the earlier output back when the new one had not come', async () => {
    await put(at('out.old'), { 'migration.json': 'old', '.gitignore': 'mine' });
    const output = await openOutput(at('out'), folder, nodeFiles);
    await output.discard();
    assert.deepEqual((await readdir(at('out'))).sort(), ['.gitignore', 'migration.json']);
  });

  it('loses nothing that people keep beside a package', async () => {
    await put(at('out'), { 'migration.json': 'new' });
    await put(at('out.old'), { 'migration.json': 'old', 'README.md': 'mine' });
    const output = await openOutput(at('out'), folder, nodeFiles);
    await put(output.staging, { 'migration.json': 'newest' });
    await output.commit();
    assert.equal(await readFile(join(at('out'), 'README.md'), 'utf8'), 'mine');
    assert.equal(await readFile(join(at('out'), 'migration.json'), 'utf8'), 'newest');
  });

  it('leaves a folder alone that only has such a name', async () => {
    await put(at('out.old'), { 'holiday.jpg': 'sun' });
    await (await openOutput(at('out'), folder, nodeFiles)).discard();
    assert.deepEqual(await readdir(at('out.old')), ['holiday.jpg']);
  });

  it('is a file as well', async () => {
    await writeFile(at('out.zip.old'), 'old');
    await (await openOutput(at('out.zip'), { kind: 'file' }, nodeFiles)).discard();
    assert.equal(await readFile(at('out.zip'), 'utf8'), 'old');
  });
});
