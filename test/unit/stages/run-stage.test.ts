import assert from 'node:assert/strict';
import { InputError, InternalError } from '#shared/errors/migration-error.ts';
import { noCounts, type StageResult } from '#shared/model/result.ts';
import { exitStatus, runStage, type StageEnd } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';
import { aFinding } from '#support/report-builders.ts';

const result: StageResult = {
  stage: 'plan',
  outcome: 'succeeded',
  counts: noCounts,
  findings: [],
  outputs: {},
  requests: { read: 1, write: 0, throttled: 0 },
};

function aStage(
  run: () => Promise<StageResult>,
  errors: readonly InputError[] = [],
): Stage<object> {
  return { name: 'plan', readOptions: () => (errors.length === 0 ? {} : errors), run };
}

async function endOf(
  stage: Stage<object>,
  signal = new AbortController().signal,
): Promise<StageEnd> {
  const entry = stageEntry('generate-schema') ?? assert.fail('there is such a stage');
  return runStage(entry, stage, testPorts(createTestHost({})), signal);
}

describe('running a stage', () => {
  it('gives its result', async () => {
    const end = await endOf(aStage(() => Promise.resolve(result)));
    assert.deepEqual(end, {
      result,
      usage: false,
      cancelled: false,
      report: { title: 'Unified Routing: Generate schema', result },
    });
  });

  it('reports all wrong inputs together and does not start', async () => {
    const end = await endOf(
      aStage(
        () => assert.fail('must not run'),
        [new InputError('package', 'a', 'b'), new InputError('out', 'c', 'd')],
      ),
    );
    assert.equal(end.usage, true);
    assert.deepEqual(
      end.result.findings.map(({ code, where }) => [code, where]),
      [
        ['URM1001', 'package'],
        ['URM1001', 'out'],
      ],
    );
  });

  it('turns an error of ours into a finding, code and remedy kept', async () => {
    const end = await endOf(aStage(() => Promise.reject(new InputError('map', 'a', 'b'))));
    assert.equal(end.result.outcome, 'failed');
    assert.equal(end.result.findings[0]?.remedy, 'b');
  });

  it('calls anything else a fault of the tool', async () => {
    const end = await endOf(aStage(() => Promise.reject(new TypeError('x is undefined'))));
    assert.equal(end.result.findings[0]?.code, new InternalError('', '').code);
    assert.match(end.result.findings[0]?.summary ?? '', /TypeError: x is undefined/);
  });

  it('says that it was cancelled when the signal was aborted', async () => {
    const cancel = new AbortController();
    const end = await endOf(
      aStage(() => {
        cancel.abort(new Error('stop'));
        return Promise.reject(new Error('socket closed'));
      }),
      cancel.signal,
    );
    assert.equal(end.cancelled, true);
    assert.equal(end.result.findings[0]?.code, 'URM1002');
  });
});

describe('the exit status', () => {
  const end = (more: Partial<StageResult>, usage = false): StageEnd => ({
    result: { ...result, ...more },
    usage,
    cancelled: false,
  });

  for (const [sentence, of, detailed, status] of [
    ['is 0 when all is well', end({}), true, 0],
    ['is 0 with warnings', end({ outcome: 'succeededWithIssues' }), false, 0],
    ['is 1 when the stage failed', end({ outcome: 'failed' }), false, 1],
    ['is 1 with an error among the findings', end({ findings: [aFinding()] }), true, 1],
    ['is 2 when an input was wrong', end({ outcome: 'failed' }, true), false, 2],
    ['is 0 with changes', end({ outputs: { hasChanges: true } }), false, 0],
    [
      'is 3 with changes when details are asked for',
      end({ outputs: { hasChanges: true } }),
      true,
      3,
    ],
  ] as const)
    it(sentence, () => {
      assert.equal(exitStatus(of, { detailed }), status);
    });
});
