import assert from 'node:assert/strict';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion } from '#support/promotion.ts';
import { activeConfigurations, rulesetsWithoutMappings } from '#support/routing-rows.ts';
import { told, withFolder } from '#support/stage-runs.ts';

describe('promotion into an environment whose server logic does its worst', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty', serverLogic: 'nasty' });
  const promotion = aPromotion(source, target, withFolder());

  it('settles what was overwritten, in one import', async () => {
    await promotion.export();
    const result = await promotion.import('run');
    const errors = result.findings.filter(({ severity }) => severity === 'error');
    assert.deepEqual(told(errors), []);
    assert.equal(result.counts.failed, 0);
    assert.ok(result.counts.settled > 6, `${result.counts.settled} settled`);
  });

  it('saves rulesets once more whose dependency mappings were not made', async () => {
    const { naming, lacking } = await rulesetsWithoutMappings(target);
    assert.ok(naming > 10);
    assert.deepEqual(lacking, []);
  });

  it('leaves one active routing configuration to each workstream', async () => {
    const active = await activeConfigurations(target);
    assert.ok(active.size >= 6);
    assert.deepEqual(
      [...active].filter(([, count]) => count !== 1),
      [],
    );
  });

  it('ends verified, with nothing left to plan', async () => {
    const verified = await promotion.verify();
    assert.deepEqual(told(verified.findings.filter(({ severity }) => severity === 'error')), []);
    assert.equal(verified.counts.unchanged, verified.counts.in);
    assert.equal((await promotion.plan('again')).outputs['hasChanges'], false);
  });
});
