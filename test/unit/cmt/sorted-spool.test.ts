import assert from 'node:assert/strict';
import { createSortedSpool } from '#shared/cmt/sorted-spool.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { collect } from '#support/collect.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

describe('a sorted spool', () => {
  const at = useTemporaryFolder();

  it('sorts more than it keeps in memory, and keeps equal keys in their order', async () => {
    const spool = createSortedSpool({
      folder: at('.'),
      name: 'rows',
      files: nodeFiles,
      runChars: 1000,
    });
    const pad = '\r\n "é💚"\t\u2028'.repeat(20);
    const expected: string[] = [];
    for (let n = 0; n < 2000; n++) {
      const key = String((n * 7919) % 251).padStart(4, '0');
      expected.push(`${key} ${String(n).padStart(4, '0')}`);
      await spool.add(key, `${String(n).padStart(4, '0')}${pad}`);
    }
    assert.equal(spool.size, 2000);
    assert.ok((await nodeFiles.list(at('.'))).length > 1, 'nothing was spooled');
    for (let turn = 0; turn < 2; turn++) {
      const sorted = await collect(spool.sorted());
      assert.deepEqual(
        sorted.map(({ key, text }) => `${key} ${text.slice(0, 4)}`),
        expected.toSorted(),
      );
      assert.ok(sorted.every(({ text }) => text.slice(4) === pad));
    }
  });
});
