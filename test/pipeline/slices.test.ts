import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { StageResult } from '#shared/model/result.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { withEmulator } from '#support/emulator.ts';
import { differences, stateOf } from '#support/environment-state.ts';
import { aPromotion, requestsSoFar, savedActions, writesOf } from '#support/promotion.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';

const slices = 3;
const parts = ['first', ...Array.from({ length: slices }, (_, at) => String(at + 1)), 'last'];

describe('a contact centre that is imported in slices', function () {
  this.timeout(180_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  let whole: StageResult;
  let wholeState: ReadonlyMap<string, string>;
  let untouched: ReadonlyMap<string, string>;
  const results: StageResult[] = [];

  const slice = (part: string, more: Readonly<Record<string, string>> = {}): Promise<StageResult> =>
    promotion.import(`run-${part}`, {
      plan: 'plan/plan.json',
      slice: `${part}/${slices}`,
      ...more,
    });
  const errors = ({ findings }: StageResult): readonly string[] =>
    told(findings.filter(({ severity }) => severity === 'error'));

  before(async () => {
    await promotion.export();
    untouched = stateOf(target.environment);
    await promotion.plan('plan');
    whole = await promotion.import('whole', { plan: 'plan/plan.json' });
    wholeState = stateOf(target.environment);
    await target.reset();
    await promotion.plan('plan');
  });

  it('refuses a slice before the rows are there that all of them need', async () => {
    const since = await requestsSoFar(target);
    const result = await slice('1');
    assert.deepEqual(
      result.findings.map(({ code }) => code),
      ['URM1356'],
    );
    assert.deepEqual(await writesOf(target, since), []);
  });

  it('refuses a slice of no saved plan', async () => {
    const result = await promotion.import('unplanned', { slice: '1/3' });
    assert.match(result.findings[0]?.summary ?? '', /'slice' needs a saved plan/);
  });

  it('writes together what the whole writes, each action once', async () => {
    for (const part of parts) results.push(await slice(part));
    for (const result of results) assert.deepEqual(errors(result), errors(whole));
    const actions = await Promise.all(
      parts.map((part) => savedActions(join(folder.path, `run-${part}/plan.json`))),
    );
    const unnumbered = (all: Awaited<ReturnType<typeof savedActions>>): readonly string[] =>
      all.map((action) => JSON.stringify({ ...action, number: 0 })).sort();
    assert.deepEqual(
      unnumbered(actions.flat()),
      unnumbered(await savedActions(join(folder.path, 'plan/plan.json'))),
    );
    assert.ok(actions.filter((own) => own.length > 0).length >= 3, 'several slices had work');
  });

  it('leaves the target as the whole does', () => {
    assert.deepEqual(differences(wholeState, stateOf(target.environment)), []);
  });

  it('counts together what the whole counts', () => {
    const sum = (name: 'created' | 'linked' | 'unchanged' | 'failed' | 'deleted'): number =>
      results.reduce((total, { counts }) => total + counts[name], 0);
    for (const name of ['created', 'linked', 'unchanged', 'failed', 'deleted'] as const)
      assert.equal(sum(name), whole.counts[name], name);
  });

  it('has nothing left to do for a slice that is imported again', async () => {
    const since = await requestsSoFar(target);
    const result = await promotion.import('again', { plan: 'plan/plan.json', slice: '1/3' });
    assert.deepEqual(errors(result), []);
    assert.deepEqual(await writesOf(target, since), []);
  });

  it('is resumed in its own run folder, and in no other', async () => {
    const resumed = await slice('2', { resume: 'true' });
    assert.deepEqual(errors(resumed), []);
    const other = await promotion.import('run-2', {
      plan: 'plan/plan.json',
      slice: '1/3',
      resume: 'true',
    });
    assert.deepEqual(
      other.findings.map(({ code }) => code),
      ['URM1303'],
    );
  });

  it('is rolled back slice by slice, the last one first', async () => {
    for (const part of [...parts].reverse()) {
      const run = join(folder.path, `run-${part}`);
      await runWith(rollBackStage, { target: target.url, run });
    }
    assert.deepEqual(differences(untouched, stateOf(target.environment)), []);
  });
});
