import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { StageResult } from '#shared/model/result.ts';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import { aPromotion, requestsSoFar, savedActions, writesOf } from '#support/promotion.ts';
import {
  contractIds,
  create,
  definitionOf,
  id,
  plantQueues,
  planted,
} from '#support/queue-rows.ts';
import { told, withFolder } from '#support/stage-runs.ts';

const billing = id(70);

/** One row of an environment, with lookups as `_column_value`. */
async function row(
  emulator: TestEmulator,
  set: string,
  key: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { body } = await emulator.send('GET', `${set}(${key})`);
  return body as Readonly<Record<string, unknown>>;
}

describe('promotion of queues', () => {
  const source = withEmulator({ seed: 'empty' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  let beforeImport = 0;

  before(async function () {
    this.timeout(60_000);
    await plantQueues(source);
    await create(source, 'characteristics', {
      characteristicid: id(60),
      name: 'Spanish',
      characteristictype: 1,
    });
    // The target has one of the queues already, with another priority and description.
    await create(target, 'queues', {
      queueid: planted.messagingQueue,
      name: 'Chat billing',
      msdyn_queuetype: 192350000,
      msdyn_isomnichannelqueue: true,
      msdyn_isdefaultqueue: false,
      msdyn_priority: 7,
      queueviewtype: 0,
      description: 'Made by hand',
    });
    const exported = await promotion.export();
    assert.equal(exported.outcome, 'succeeded');
  });

  it('plans new and existing queues together, with reads only', async () => {
    const since = await requestsSoFar(target);
    const result = await promotion.plan('plan');
    assert.deepEqual(
      told(result.findings).map((line) => line.replace(planted.messagingQueue, 'ID')),
      ['info URM1350 queue ID Chat billing'],
      'its conversations are affected',
    );
    assert.deepEqual(await writesOf(target, since), []);
    const { created, updated, unchanged, failed } = result.counts;
    assert.deepEqual([updated, failed], [1, 0]);
    assert.equal(unchanged, 4, 'the four contracts that both environments have');
    assert.equal(created, result.counts.in - 5);
    const actions = await savedActions(join(folder.path, 'plan/plan.json'));
    const update = actions.find(({ kind }) => kind === 'update');
    assert.ok(update?.kind === 'update');
    assert.deepEqual(
      update.changes.map(({ column, before, after }) => [column, before, after]),
      [['msdyn_priority', 7, 1]],
    );
    assert.equal(
      actions.filter((action) => action.row.id === planted.ownContract)[0]?.kind,
      'create',
    );
  });

  it('applies exactly that plan', async function () {
    this.timeout(60_000);
    beforeImport = await requestsSoFar(target);
    const planned = await promotion.plan('plan');
    const result = await promotion.import('run', {
      plan: 'plan/plan.json',
      planHash: String(planned.outputs['planHash']),
    });
    assert.deepEqual(told(result.findings), []);
    assert.equal(result.outcome, 'succeeded');
    assert.deepEqual(
      { ...result.counts, settled: 0 },
      planned.counts,
      'what was planned is what happened',
    );
  });

  it('neither creates nor updates contracts of the system', async () => {
    const contracts = await contractIds(target);
    const system = [...contracts].filter(([name]) => name !== 'contoso_caseinput');
    assert.ok(system.length >= 4);
    const written = (await writesOf(target, beforeImport)).map(({ path }) => path);
    for (const [, key] of system)
      assert.ok(!written.some((path) => path.includes(key)), `${key} was written`);
    const created = written.filter((path) => /msdyn_decisioncontracts(\?|$|\/)/.test(path));
    assert.ok(created.length <= 1);
    assert.notEqual(
      contracts.get('msdyn_assignmentoutput'),
      (await contractIds(source)).get('msdyn_assignmentoutput'),
    );
  });

  it('gives rulesets the contracts of the target', async () => {
    const contracts = await contractIds(target);
    const ruleset = await row(target, 'msdyn_decisionrulesets', planted.recordRuleset);
    assert.equal(ruleset['_msdyn_outputcontractid_value'], contracts.get('msdyn_assignmentoutput'));
    assert.equal(ruleset['_msdyn_inputcontractid_value'], planted.ownContract);
    const overflow = await row(target, 'msdyn_decisionrulesets', planted.overflowRuleset);
    assert.equal(
      overflow['_msdyn_outputcontractid_value'],
      contracts.get('msdyn_queueoverflowrulesetoutput'),
    );
  });

  it('keeps the type of every queue and never sends it to one that is there', async () => {
    for (const [key, type] of [
      [planted.recordQueue, 192350001],
      [planted.messagingQueue, 192350000],
      [planted.voiceQueue, 192350002],
    ] as const)
      assert.equal((await row(target, 'queues', key))['msdyn_queuetype'], type);
    assert.equal((await row(target, 'queues', planted.messagingQueue))['msdyn_priority'], 1);
    assert.equal(
      (await row(target, 'queues', planted.messagingQueue))['description'],
      'Made by hand',
      'a column the package does not say stays',
    );
  });

  it('marks the rows it creates with the number of its run', async () => {
    const queue = await row(target, 'queues', planted.recordQueue);
    assert.ok(Number(queue['importsequencenumber']) > 0);
    const existing = await row(target, 'queues', planted.messagingQueue);
    assert.equal(existing['importsequencenumber'] ?? null, null);
  });

  it('is verified, and a second plan is empty and reads little', async () => {
    const verified = await promotion.verify();
    assert.deepEqual(errors(verified), []);
    assert.equal(verified.counts.unchanged, verified.counts.in);
    const again = await promotion.plan('again');
    assert.equal(again.outputs['hasChanges'], false);
    assert.deepEqual(await savedActions(join(folder.path, 'again/plan.json')), []);
    const since = await requestsSoFar(target);
    const second = await promotion.import('second');
    assert.deepEqual(await writesOf(target, since), []);
    assert.equal(second.counts.unchanged, second.counts.in);
  });

  it('names the target rows inside rulesets and overflow actions when ids differ', async function () {
    this.timeout(60_000);
    const { default: yaml } = await import('yaml');
    const { writeFile } = await import('node:fs/promises');
    await create(target, 'queues', {
      queueid: billing,
      name: 'Chat billing, made anew',
      msdyn_queuetype: 192350000,
      msdyn_isomnichannelqueue: true,
      msdyn_isdefaultqueue: false,
      msdyn_priority: 1,
      queueviewtype: 0,
    });
    await writeFile(
      join(folder.path, 'map.yml'),
      yaml.stringify({
        format: 1,
        rows: [{ table: 'queue', source: planted.messagingQueue, target: billing }],
      }),
    );
    const planned = await promotion.plan('mapped', { map: 'map.yml' });
    assert.ok(planned.findings.every(({ code }) => code === 'URM1350'));
    const actions = await savedActions(join(folder.path, 'mapped/plan.json'));
    const rewrites = actions.flatMap((action) =>
      action.kind === 'update' ? action.changes.flatMap((change) => change.rewrites ?? []) : [],
    );
    assert.ok(rewrites.length >= 2);
    assert.ok(rewrites.every(({ from, to }) => from === planted.messagingQueue && to === billing));
    const result = await promotion.import('mapped-run', { map: 'map.yml' });
    assert.deepEqual(told(result.findings), []);
    const ruleset = await row(target, 'msdyn_decisionrulesets', planted.recordRuleset);
    assert.equal(
      ruleset['msdyn_rulesetdefinition'],
      definitionOf('assign_to.queue', `{${billing.toUpperCase()}}`),
    );
    const action = await row(target, 'msdyn_overflowactionconfigs', planted.transfer);
    assert.equal(action['msdyn_overflowactiondata'], billing);
    assert.deepEqual(errors(await promotion.verify({ map: 'map.yml' })), []);
    const unmapped = await promotion.verify();
    assert.ok(unmapped.findings.some(({ code }) => code === 'URM1502'));
  });
});

describe('promotion of contoso', () => {
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);

  it('moves skills, capacity profiles and queues, and leaves an empty plan', async function () {
    this.timeout(60_000);
    const exported = await promotion.export();
    assert.notEqual(exported.outcome, 'failed');
    const since = await requestsSoFar(target);
    const result = await promotion.import('run');
    assert.deepEqual(errors(result), []);
    assert.equal(result.counts.created, result.counts.in - result.counts.unchanged);
    assert.equal(result.counts.failed, 0);
    const verified = await promotion.verify();
    assert.deepEqual(errors(verified), []);
    const again = await promotion.plan('again');
    assert.deepEqual(told(again.findings), []);
    assert.equal(again.outputs['hasChanges'], false);
    const written = await writesOf(target, since);
    assert.ok(written.length >= result.counts.created, 'every row is one write');
  });

  it('leaves no id of a system contract of the source in the target', async () => {
    const foreign = [...(await contractIds(source))]
      .filter(([name]) => name.startsWith('msdyn_'))
      .map(([, key]) => key);
    const own = new Set((await contractIds(target)).values());
    assert.ok(foreign.length > 0 && foreign.every((key) => !own.has(key)));
    for (const set of ['queues', 'msdyn_decisionrulesets', 'msdyn_overflowactionconfigs']) {
      const { text } = await target.send('GET', set);
      for (const key of foreign) assert.ok(!text.toLowerCase().includes(key), `${set}: ${key}`);
    }
  });
});

function errors({ findings }: StageResult): readonly string[] {
  return told(findings.filter(({ severity }) => severity === 'error'));
}
