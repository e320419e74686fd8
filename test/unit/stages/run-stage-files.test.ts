import assert from 'node:assert/strict';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { noCounts } from '#shared/model/result.ts';
import { exitStatus, runStage, type StageEnd } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

const full = Object.assign(new Error("ENOSPC: no space left on device, write '/run/x'"), {
  code: 'ENOSPC',
});

describe('a stage on a disk that fails', () => {
  const at = useTemporaryFolder();

  const run = async (work: Stage<object>['run']): Promise<StageEnd> => {
    const entry = stageEntry('verify');
    assert.ok(entry !== undefined);
    const stage: Stage<object> = { name: 'verify', readOptions: () => ({}), run: work };
    const files = { ...nodeFiles, write: () => Promise.reject(full) };
    const ports = { ...testPorts(createTestHost({ out: at('out') })), files };
    return runStage(entry, stage, ports, new AbortController().signal);
  };

  it('says so, and not that the tool has a fault', async () => {
    const end = await run(() => Promise.reject(full));
    assert.deepEqual(
      end.result.findings.map(({ code, where, summary }) => [code, where, summary]),
      [['URM1004', '/run/x', 'The disk is full']],
    );
    assert.equal(exitStatus(end, { detailed: false }), 1);
  });

  it('tells that reports are missing, which undoes nothing', async () => {
    const end = await run(() =>
      Promise.resolve({
        stage: 'verify',
        outcome: 'succeeded',
        counts: noCounts,
        findings: [],
        outputs: {},
        requests: { read: 0, write: 0, throttled: 0 },
      }),
    );
    assert.equal(end.result.outcome, 'succeededWithIssues');
    assert.deepEqual(
      end.result.findings.map(({ code, detail }) => [code, detail]),
      [['URM1006', 'The disk is full']],
    );
    assert.equal(exitStatus(end, { detailed: false }), 0);
  });
});
