import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { Files } from '#shared/host/files.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { StageResult } from '#shared/model/result.ts';
import { runConvert } from '../../../cli/commands/convert.ts';
import { runInspect } from '../../../cli/commands/inspect.ts';
import { aTable, neverAborted, writePackage } from '#support/cmt-package.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const queue = aTable('queue').with('name', 'text');
const rows = 300;

/** Files that ask for a stop when they are read or written for the n-th time, and count on. */
function stoppingFiles(n: number): {
  readonly files: Files;
  readonly signal: AbortSignal;
  readonly used: () => number;
} {
  const stop = new AbortController();
  let used = 0;
  const use = (): void => {
    used += 1;
    if (used === n) stop.abort(new Error('Stopped by SIGINT.'));
  };
  return {
    files: {
      ...nodeFiles,
      read: (...given) => {
        use();
        return nodeFiles.read(...given);
      },
      readWhole: (...given) => {
        use();
        return nodeFiles.readWhole(...given);
      },
      write: (...given) => {
        use();
        return nodeFiles.write(...given);
      },
    },
    signal: stop.signal,
    used: () => used,
  };
}

describe('a command that is told to stop in the midst of its files', () => {
  const at = useTemporaryFolder();

  beforeEach(async () => {
    const ids = Array.from({ length: rows }, (_, n) => String(n).padStart(8, '0'));
    const table = ids.map((id) => queue.row(`${id}-1111-2222-3333-444455556666`, { name: id }));
    await writePackage(at('a.zip'), 'zip', [{ table: queue.table, rows: table }]);
    const options = { path: at('a.zip'), out: at('folder') };
    const unpacked = await runConvert('unpack', options, { files: nodeFiles }, neverAborted);
    assert.equal(unpacked.counts.in, rows);
  });

  const stopped = ({ outcome, findings }: StageResult): void => {
    assert.equal(outcome, 'failed');
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['URM1002'],
    );
  };

  for (const [command, from] of [
    ['unpack', 'a.zip'],
    ['pack', 'folder'],
  ] as const)
    it(`ends ${command}, says so, and leaves nothing half-done`, async () => {
      const { files, signal, used } = stoppingFiles(50);
      const options = { path: at(from), out: at('out') };
      stopped(await runConvert(command, options, { files }, signal));
      assert.ok(used() < 60, `${used()} files`);
      assert.deepEqual((await readdir(at('.'))).sort(), ['a.zip', 'folder']);
    });

  it('ends inspect and says so', async () => {
    const { files, signal, used } = stoppingFiles(50);
    stopped(await runInspect({ path: at('folder') }, { files }, signal));
    assert.ok(used() < 60, `${used()} files`);
  });
});
