import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import { aPromotion, requestsSoFar, savedActions } from '#support/promotion.ts';
import { rowBy, type Json } from '#support/routing-rows.ts';
import { told, withFolder } from '#support/stage-runs.ts';

describe('changes of live routing', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  let switching: readonly string[] = [];

  const ruleset = (emulator: TestEmulator, name: string): Promise<Json> =>
    rowBy(emulator, 'msdyn_decisionrulesets', 'msdyn_name', name);

  async function rename(name: string, from: string, to: string): Promise<string> {
    const row = await ruleset(source, name);
    const id = String(row['msdyn_decisionrulesetid']);
    const text = String(row['msdyn_rulesetdefinition']);
    assert.ok(text.includes(from));
    await source.send('PATCH', `msdyn_decisionrulesets(${id})`, {
      body: { msdyn_rulesetdefinition: text.replace(from, to), msdyn_description: 'Changed' },
    });
    return id;
  }

  before(async () => {
    await promotion.export({ channels: 'voice', out: 'first' });
    await promotion.import('run-first', { package: 'first' });
    const line = await rowBy(source, 'msdyn_liveworkstreams', 'msdyn_name', 'Main line');
    const queue = await rowBy(source, 'queues', 'name', 'Voice: Gold customers');
    const lineId = String(line['msdyn_liveworkstreamid']);
    await source.send('PATCH', `msdyn_liveworkstreams(${lineId})`, {
      body: { 'msdyn_defaultqueue@odata.bind': `/queues(${String(queue['queueid'])})` },
    });
    switching = [
      lineId,
      await rename('Main line: skills', 'French callers', 'Callers in French'),
      await rename('Main line: route to queues', 'Gold customers', 'Golden customers'),
    ];
    await rename('Repair line: route to queues', 'Workshop', 'The workshop');
    await promotion.export({ channels: 'voice' });
  });

  it('are planned last, with the lines they switch', async () => {
    await promotion.plan('plan');
    const actions = await savedActions(join(folder.path, 'plan/plan.json'));
    const live = actions.filter((action) => action.kind === 'update' && action.switches);
    assert.equal(live.length, 4);
    assert.ok(live.every(({ phase, level }) => phase === 'states' && level === 1));
    assert.equal(actions.at(-1)?.number, live.at(-1)?.number);
    const lines = new Set(
      live
        .flatMap((action) => (action.kind === 'update' && action.switches) || [])
        .map(({ id }) => id),
    );
    const repair = await rowBy(target, 'msdyn_liveworkstreams', 'msdyn_name', 'Repair line');
    assert.deepEqual(lines, new Set([switching[0], repair['msdyn_liveworkstreamid']]));
  });

  it('are all undone where one of a line is refused, and other lines go on', async () => {
    const before = await ruleset(target, 'Main line: route to queues');
    await target.faults(
      `error:method=PATCH,path=*msdyn_liveworkstreams(${switching[0] ?? ''})*,status=400,code=0x80040265`,
    );
    try {
      const result = await promotion.import('refused');
      assert.equal(result.outcome, 'failed');
      const failed = result.findings.filter(({ severity }) => severity === 'error');
      assert.ok(failed.length >= 2, JSON.stringify(told(failed)));
      assert.ok(failed.every(({ where }) => where.includes('Main line')));
    } finally {
      await target.faults('');
    }
    const after = await ruleset(target, 'Main line: route to queues');
    assert.equal(after['msdyn_rulesetdefinition'], before['msdyn_rulesetdefinition']);
    const other = await ruleset(target, 'Repair line: route to queues');
    assert.match(String(other['msdyn_rulesetdefinition']), /The workshop/);
  });

  it('go as one change set for each line', async () => {
    const since = await requestsSoFar(target);
    const result = await promotion.import('switched');
    assert.deepEqual(told(result.findings.filter(({ severity }) => severity === 'error')), []);
    const batches = (await target.requests(since)).filter(({ parts }) =>
      parts?.some(({ method }) => method === 'PATCH'),
    );
    assert.equal(batches.length, 1, 'the other line was switched before');
    const written = batches[0]?.parts?.map(({ path }) => /\(([^)]+)\)/.exec(path)?.[1]) ?? [];
    assert.equal(written.length, switching.length);
    assert.deepEqual(new Set(written), new Set(switching));
    assert.equal((await promotion.plan('again')).outputs['hasChanges'], false);
  });
});
