import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { noCounts, type StageResult } from '#shared/model/result.ts';
import { keepResult } from '#shared/stages/apply/result-file.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const result: StageResult = {
  stage: 'import',
  outcome: 'succeeded',
  counts: { ...noCounts, in: 2, created: 2 },
  findings: [],
  outputs: {},
  requests: { read: 1, write: 1, throttled: 0 },
};

describe('the result of a run', () => {
  const at = useTemporaryFolder();

  it('is kept in its folder', async () => {
    assert.equal(await keepResult(result, at('run'), nodeFiles), result);
    const kept: unknown = JSON.parse(await readFile(join(at('run'), 'result.json'), 'utf8'));
    assert.deepEqual(kept, result);
  });

  it('is told all the same where the disk is full, with a warning', async () => {
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    const told = await keepResult(result, at('run'), {
      ...nodeFiles,
      write: () => Promise.reject(full),
    });
    assert.deepEqual(told.counts, result.counts);
    assert.equal(told.outcome, 'succeededWithIssues');
    assert.deepEqual(
      told.findings.map(({ code, detail }) => [code, detail]),
      [['URM1006', 'The disk is full']],
    );
  });

  it('hides no fault of the tool', async () => {
    const files = { ...nodeFiles, write: () => Promise.reject(new Error('a fault')) };
    await assert.rejects(keepResult(result, at('run'), files), /a fault/);
  });
});
