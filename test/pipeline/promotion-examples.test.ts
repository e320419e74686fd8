import assert from 'node:assert/strict';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StageResult } from '#shared/model/result.ts';
import { openEmulator, withEmulator, type TestEmulator } from '#support/emulator.ts';
import { differences, stateOf } from '#support/environment-state.ts';
import { runPipeline, type TaskDone } from '#support/pipeline-run.ts';
import { savedActions, writesOf } from '#support/promotion.ts';
import { told, withFolder } from '#support/stage-runs.ts';

const example = fileURLToPath(new URL('../../examples/promote-dev-test-prod.yml', import.meta.url));

function errors({ findings }: StageResult): readonly string[] {
  return told(findings.filter(({ severity }) => severity === 'error'));
}

describe('the example of a promotion from dev over test to prod', function () {
  this.timeout(180_000);
  const dev = withEmulator({ seed: 'contoso' });
  const test = withEmulator({ seed: 'empty' });
  const prod = withEmulator({ seed: 'empty' });
  const folder = withFolder();

  const promote = async (
    name: string,
    target: { readonly test: TestEmulator; readonly prod: TestEmulator },
    approve: (environment: string, artifacts: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<readonly TaskDone[]> =>
    runPipeline(example, {
      connections: {
        'contoso-dev': dev.url,
        'contoso-test': target.test.url,
        'contoso-prod': target.prod.url,
      },
      folder: join(folder.path, name),
      approve,
    });

  it('applies in each environment the plan that was approved for it', async () => {
    const approved = new Map<string, readonly string[]>();
    const done = await promote('first', { test, prod }, async (environment, artifacts) => {
      const short = environment.replace('contoso-', '');
      const actions = await savedActions(join(artifacts, `plan-for-${short}-1/plan.json`));
      approved.set(
        short,
        actions.map((action) => JSON.stringify(action)),
      );
      const emulator = short === 'test' ? test : prod;
      assert.deepEqual(await writesOf(emulator, 0), [], 'nothing was written before the approval');
    });
    for (const { result } of done)
      assert.deepEqual(errors(result), [], JSON.stringify(result.findings.slice(0, 2)));
    assert.deepEqual(
      done.map(({ stage, task }) => `${stage} ${task.replace(/^UnifiedRouting|@1$/g, '')}`),
      [
        'export Export',
        'plan_test Plan',
        'apply_test Import',
        'apply_test Verify',
        'plan_prod Plan',
        'apply_prod Import',
        'apply_prod Verify',
      ],
    );
    for (const short of ['test', 'prod']) {
      const applied = await savedActions(
        join(folder.path, `first/artifacts/run-in-${short}-1/plan.json`),
      );
      assert.deepEqual(
        applied.map((action) => JSON.stringify(action)),
        approved.get(short),
      );
      const planned = done.find(({ stage }) => stage === `plan_${short}`)?.result.counts;
      const imported = done.find(({ stage }) => stage === `apply_${short}`)?.result.counts;
      assert.equal(imported?.created, planned?.created);
      assert.equal(imported?.linked, planned?.linked);
    }
  });

  it('asks for no approval when there is nothing to do', async () => {
    const asked: string[] = [];
    const done = await promote('second', { test, prod }, (environment) => {
      asked.push(environment);
      return Promise.resolve();
    });
    assert.deepEqual(asked, []);
    assert.deepEqual(
      done.map(({ stage }) => stage),
      ['export', 'plan_test', 'plan_prod'],
    );
    for (const { result } of done) assert.equal(result.requests.write, 0);
  });

  it('writes nothing in production when a planned row changed after the approval, and stops', async () => {
    const { body } = await dev.send('GET', "queues?$filter=name eq 'Chat: Sales'");
    const queue = `queues(${String(body.value[0].queueid)})`;
    await dev.send('PATCH', queue, { body: { msdyn_priority: 8 } });
    let before: ReadonlyMap<string, string> = new Map();
    const done = await promote('third', { test, prod }, async (environment) => {
      if (environment !== 'contoso-prod') return;
      await prod.send('PATCH', queue, { body: { msdyn_priority: 9 } });
      before = stateOf(prod.environment);
    });
    const last = done.find(({ stage, task }) => stage === 'apply_prod' && task.includes('Import'));
    assert.ok(last !== undefined);
    assert.deepEqual(
      last.result.findings.filter(({ code }) => code === 'URM1404').map(({ where }) => where),
      [`queue ${String(body.value[0].queueid)} Chat: Sales`],
    );
    assert.equal(last.result.requests.write, 0);
    assert.deepEqual(differences(before, stateOf(prod.environment)), []);
    assert.ok(
      done.some(({ task }) => task.includes('RollBack')),
      'the failed stage rolls back',
    );
  });

  it('rolls back what an import that failed had done', async () => {
    const empty = await openEmulator({ seed: 'empty' });
    try {
      const before = stateOf(empty.environment);
      const done = await promote('fourth', { test: empty, prod }, async (environment) => {
        if (environment === 'contoso-test') await empty.faults('error:method=POST,table=queue');
      });
      assert.ok(done.some(({ result }) => result.counts.created > 0));
      const back = done.at(-1);
      assert.match(back?.task ?? '', /RollBack/);
      assert.ok((back?.result.counts.deleted ?? 0) > 0);
      assert.deepEqual(errors(back?.result ?? assert.fail()), []);
      assert.deepEqual(differences(before, stateOf(empty.environment)), []);
    } finally {
      await empty.close();
    }
  });
});
