import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { InputError } from '#shared/errors/migration-error.ts';
import { readDeadline } from '#shared/stages/deadline.ts';
import { exitStatus, runStage, type StageEnd } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

describe('a deadline', () => {
  const at = useTemporaryFolder();
  const never: Stage<object> = {
    name: 'verify',
    readOptions: () => ({}),
    run: async (_options, _ports, signal) => {
      await setTimeout(60_000, undefined, { signal });
      throw new Error('It was not stopped.');
    },
  };
  const run = (
    inputs: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<StageEnd> => {
    const entry = stageEntry('verify');
    assert.ok(entry !== undefined);
    const ports = testPorts(createTestHost({ out: at('out'), ...inputs }));
    return runStage(entry, never, ports, signal ?? new AbortController().signal);
  };

  it('stops a stage, and says so in its report too', async () => {
    const end = await run({ deadline: '0.001' });
    assert.deepEqual(
      end.result.findings.map(({ code }) => code),
      ['URM1005'],
    );
    assert.equal(end.cancelled, false, 'nobody cancelled it');
    assert.equal(exitStatus(end, { detailed: false }), 1);
    assert.equal(end.result.outputs['reportPath'], `${at('out')}/report.html`);
  });

  it('gives way to somebody who cancels before', async () => {
    const cancel = new AbortController();
    cancel.abort(new Error('enough'));
    const end = await run({}, cancel.signal);
    assert.deepEqual(
      end.result.findings.map(({ code }) => code),
      ['URM1002'],
    );
    assert.equal(end.cancelled, true);
  });

  it('is four hours when nothing is said, and must be a number of minutes', async () => {
    const read = (text?: string): unknown => readDeadline({ input: () => text });
    assert.equal(read(), 240);
    assert.equal(read(' '), 240);
    assert.equal(read('15'), 15);
    for (const wrong of ['0', '-3', 'soon', '1e9', 'NaN', 'Infinity'])
      assert.ok(read(wrong) instanceof InputError, wrong);
    const end = await run({ deadline: 'soon' });
    assert.equal(exitStatus(end, { detailed: false }), 2);
    assert.match(end.result.findings[0]?.summary ?? '', /'deadline' must be a number of minutes/);
  });
});
