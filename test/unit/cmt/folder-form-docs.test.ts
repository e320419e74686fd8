import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { filesUnder } from '#shared/cmt/step-source.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { aTable, writePackage } from '#support/cmt-package.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

describe('the example of the folder form', () => {
  const at = useTemporaryFolder();
  const table = aTable('msdyn_decisionruleset')
    .with('name', 'text')
    .with('msdyn_rulesetdefinition', 'memo');
  const write = (folder: string, when: string): Promise<void> => {
    const rules = [
      { name: 'Gold', when, route: 'Gold Voice' },
      { name: 'Silver', when: 'segment is silver', route: 'Silver Voice' },
      { name: 'Everyone else', when: 'always', route: 'Default Voice', note: 'x'.repeat(400) },
    ];
    const row = table.row('5a1d7c20-1111-2222-3333-444455556666', {
      name: 'Gold customers',
      msdyn_rulesetdefinition: JSON.stringify({ rules }),
    });
    return writePackage(at(folder), 'folder', [{ table: table.table, rows: [row] }]);
  };

  it('is what a changed rule comes to: one file, one line', async () => {
    await write('before', 'segment is gold');
    await write('after', 'segment is gold or platinum');
    const names = await filesUnder(at('before'), '', nodeFiles);
    assert.deepEqual(await filesUnder(at('after'), '', nodeFiles), names);
    const diff: string[] = [];
    for (const name of names) {
      const before = (await readFile(at(`before/${name}`), 'utf8')).split('\n');
      const after = (await readFile(at(`after/${name}`), 'utf8')).split('\n');
      if (before.join('\n') === after.join('\n')) continue;
      diff.push(`--- ${name}`, `+++ ${name}`);
      before.forEach((line, n) => {
        if (line !== after[n]) diff.push(`-${line}`, `+${after[n] ?? ''}`);
      });
    }
    const page = await readFile(
      new URL('../../../docs/formats/folder-form.md', import.meta.url),
      'utf8',
    );
    const example = /```diff\n([^`]*)\n```/.exec(page)?.[1]?.split('\n') ?? [];
    assert.deepEqual(
      diff.map((line) => line.replace(/^([-+]) +/, '$1 ')),
      example.map((line) => line.replace(/^([-+]) +/, '$1 ')),
    );
  });
});
