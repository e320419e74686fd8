import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StageResult } from '#shared/model/result.ts';
import { openEmulator, withEmulator, type TestEmulator } from '#support/emulator.ts';
import { differences, stateOf } from '#support/environment-state.ts';
import { expandPipeline } from '#support/pipelines/expand-templates.ts';
import {
  runPipeline,
  type PipelineEnd,
  type PipelineWorld,
} from '#support/pipelines/run-pipeline.ts';
import { requestsSoFar, savedActions, writesOf } from '#support/promotion.ts';
import { secretEndpoint } from '#support/secret-endpoint.ts';
import { withFolder } from '#support/stage-runs.ts';

const example = fileURLToPath(new URL('../../examples/promote-dev-test-prod.yml', import.meta.url));

/** What was done, as `stage task`, without steps that a condition left out. */
function doneIn({ steps }: PipelineEnd): readonly string[] {
  return steps
    .filter(({ what, result }) => what.startsWith('UnifiedRouting') && result !== 'Skipped')
    .map(({ place, what }) => `${place.split('.')[0]} ${what.replace(/^UnifiedRouting|@1$/g, '')}`);
}

function resultOf(artifacts: string, name: string): StageResult {
  return JSON.parse(readFileSync(join(artifacts, name, 'result.json'), 'utf8')) as StageResult;
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
    beforeDeployment: NonNullable<PipelineWorld['beforeDeployment']> = () => Promise.resolve(),
  ): Promise<PipelineEnd> =>
    runPipeline(expandPipeline(example), {
      connections: {
        'contoso-dev': await secretEndpoint(dev),
        'contoso-test': await secretEndpoint(target.test),
        'contoso-prod': await secretEndpoint(target.prod),
      },
      folder: join(folder.path, name),
      beforeDeployment,
    });

  it('applies in each environment the plan that was approved for it', async () => {
    const approved = new Map<string, readonly string[]>();
    const actionsIn = async (path: string): Promise<readonly string[]> =>
      (await savedActions(path)).map((action) => JSON.stringify(action));
    const end = await promote('first', { test, prod }, async (environment, artifacts) => {
      const short = environment.replace('contoso-', '');
      approved.set(short, await actionsIn(join(artifacts, `plan-for-${short}-1/plan.json`)));
      const emulator = short === 'test' ? test : prod;
      assert.deepEqual(await writesOf(emulator, 0), [], 'nothing was written before the approval');
    });
    assert.ok(end.succeeded, end.steps.find(({ result }) => result === 'Failed')?.text);
    assert.deepEqual(doneIn(end), [
      'export Export',
      'plan_test Plan',
      'apply_test Import',
      'apply_test Verify',
      'plan_prod Plan',
      'apply_prod Import',
      'apply_prod Verify',
    ]);
    for (const short of ['test', 'prod']) {
      const run = `run-in-${short}-1`;
      assert.deepEqual(await actionsIn(join(end.artifacts, run, 'plan.json')), approved.get(short));
      const planned = JSON.parse(
        readFileSync(join(end.artifacts, `plan-for-${short}-1/plan.json`), 'utf8'),
      ) as Pick<StageResult, 'counts'>;
      const { counts } = resultOf(end.artifacts, run);
      assert.ok(counts.created > 0);
      assert.equal(counts.created, planned.counts.created);
      assert.equal(counts.linked, planned.counts.linked);
    }
  });

  it('asks for no approval when there is nothing to do', async () => {
    const asked: string[] = [];
    const since = [await requestsSoFar(test), await requestsSoFar(prod)] as const;
    const end = await promote('second', { test, prod }, (environment) => {
      asked.push(environment);
      return Promise.resolve();
    });
    assert.deepEqual(asked, []);
    assert.deepEqual(doneIn(end), ['export Export', 'plan_test Plan', 'plan_prod Plan']);
    assert.deepEqual(await writesOf(test, since[0]), []);
    assert.deepEqual(await writesOf(prod, since[1]), []);
  });

  it('writes nothing in production when a planned row changed after the approval, and stops', async () => {
    const { body } = await dev.send('GET', "queues?$filter=name eq 'Chat: Sales'");
    const queue = `queues(${String(body.value[0].queueid)})`;
    await dev.send('PATCH', queue, { body: { msdyn_priority: 8 } });
    let before: ReadonlyMap<string, string> = new Map();
    const end = await promote('third', { test, prod }, async (environment) => {
      if (environment !== 'contoso-prod') return;
      await prod.send('PATCH', queue, { body: { msdyn_priority: 9 } });
      before = stateOf(prod.environment);
    });
    assert.equal(end.stages['apply_prod'], 'failed');
    const { findings, requests } = resultOf(end.artifacts, 'run-in-prod-1');
    assert.deepEqual(
      findings.filter(({ code }) => code === 'URM1404').map(({ where }) => where),
      [`queue ${String(body.value[0].queueid)} Chat: Sales`],
    );
    assert.equal(requests.write, 0);
    assert.deepEqual(differences(before, stateOf(prod.environment)), []);
    assert.ok(doneIn(end).includes('apply_prod RollBack'), 'the failed stage rolls back');
  });

  it('rolls back what an import that failed had done', async () => {
    const empty = await openEmulator({ seed: 'empty' });
    try {
      const before = stateOf(empty.environment);
      const end = await promote('fourth', { test: empty, prod }, async (environment) => {
        if (environment === 'contoso-test') await empty.faults('error:method=POST,table=queue');
      });
      assert.ok(resultOf(end.artifacts, 'run-in-test-1').counts.created > 0);
      assert.deepEqual(doneIn(end).slice(-2), ['apply_test Import', 'apply_test RollBack']);
      const back = end.steps.findLast(({ result }) => result !== 'Skipped');
      assert.match(back?.result ?? '', /^Succeeded/, back?.text);
      assert.match(back?.text ?? '', /\d+ deleted/);
      assert.deepEqual(differences(before, stateOf(empty.environment)), []);
    } finally {
      await empty.close();
    }
  });
});
