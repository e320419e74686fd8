import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, savedActions } from '#support/promotion.ts';
import { create } from '#support/queue-rows.ts';
import {
  activeConfigurations,
  rowBy,
  rowsIn,
  rulesetsWithoutMappings,
  tablesWith,
} from '#support/routing-rows.ts';
import { told, withFolder } from '#support/stage-runs.ts';

/** A queue that was made by hand in the target before. */
const goldInTarget = 'aaaaaaaa-0000-4000-8000-000000000001';

describe('promotion of the voice channel', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const map = 'map.yml';

  before(async () => {
    await create(target, 'queues', {
      queueid: goldInTarget,
      name: 'Gold calls (made by hand)',
      msdyn_queuetype: 192350002,
      queueviewtype: 0,
    });
    const gold = await rowBy(source, 'queues', 'name', 'Voice: Gold customers');
    await writeFile(
      join(folder.path, map),
      `format: 1\nrows:\n  - { table: queue, source: ${String(gold['queueid'])}, target: ${goldInTarget} }\n`,
    );
    const exported = await promotion.export({ channels: 'voice' });
    assert.notEqual(exported.outcome, 'failed');
    const imported = await promotion.import('run', { map });
    assert.deepEqual(told(imported.findings.filter(({ severity }) => severity === 'error')), []);
    assert.equal(imported.counts.failed, 0);
  });

  it('brings the lines with their settings, languages, voices and messages', async () => {
    for (const [set, query] of [
      ['msdyn_liveworkstreams', '?$filter=msdyn_streamsource eq 192440000'],
      ['msdyn_ocvoicechannelsettings', ''],
      ['msdyn_ocvoicechannellanguagesettings', ''],
      ['msdyn_ocvoices', ''],
      ['msdyn_ocprovisioningstates', ''],
      ['msdyn_ocsystemmessages', '?$filter=msdyn_streamsource eq 192440000'],
    ] as const) {
      const [there, here] = [await rowsIn(source, set, query), await rowsIn(target, set, query)];
      assert.ok(there.length > 0, set);
      assert.equal(here.length, there.length, set);
    }
  });

  it('leaves phone numbers, music and their providers where they are', async () => {
    for (const row of await rowsIn(target, 'msdyn_ocvoicechannelsettings'))
      assert.equal(row['_msdyn_phonenumberid_value'] ?? null, null);
    for (const row of await rowsIn(target, 'msdyn_ocvoicechannellanguagesettings'))
      assert.deepEqual(
        [row['_msdyn_holdmusicid_value'] ?? null, row['_msdyn_waitmusicid_value'] ?? null],
        [null, null],
      );
    for (const row of await rowsIn(target, 'msdyn_ocprovisioningstates'))
      assert.equal(row['_msdyn_communicationprovidersettingid_value'] ?? null, null);
    assert.deepEqual(await rowsIn(target, 'msdyn_ocphonenumbers'), []);
  });

  it('puts the ids of the target into rulesets, contracts among them', async () => {
    const ruleset = await rowBy(
      target,
      'msdyn_decisionrulesets',
      'msdyn_name',
      'Main line: route to queues',
    );
    const contract = await rowBy(
      target,
      'msdyn_decisioncontracts',
      'msdyn_uniquename',
      'msdyn_demandqueueidentificationoutput',
    );
    assert.equal(ruleset['_msdyn_outputcontractid_value'], contract['msdyn_decisioncontractid']);
    const text = String(ruleset['msdyn_rulesetdefinition']);
    assert.match(text, new RegExp(`\\{${goldInTarget.toUpperCase()}\\}`), 'braces and case stay');
    const gold = await rowBy(source, 'queues', 'name', 'Voice: Gold customers');
    assert.ok(!text.toLowerCase().includes(String(gold['queueid'])));
    const { naming, lacking } = await rulesetsWithoutMappings(target);
    assert.ok(naming > 3);
    assert.deepEqual(lacking, []);
  });

  it('gives the lines the queues and contracts they had, whatever the server put there first', async () => {
    const there = await rowBy(source, 'msdyn_liveworkstreams', 'msdyn_name', 'Main line');
    const here = await rowBy(target, 'msdyn_liveworkstreams', 'msdyn_name', 'Main line');
    for (const column of [
      '_msdyn_defaultqueue_value',
      '_msdyn_outboundqueueid_value',
      '_msdyn_routingcontractid_value',
    ])
      assert.equal(here[column], there[column], column);
    const active = await activeConfigurations(target);
    assert.deepEqual(
      [...active].map(([, count]) => count),
      [...active].map(() => 1),
    );
  });

  it('points nowhere into the source', async () => {
    const { organizationId } = await source.state();
    assert.deepEqual(await tablesWith(target, [organizationId, source.url, 'contoso-dev']), []);
  });

  it('is verified, and leaves nothing to plan', async () => {
    const verified = await promotion.verify({ map });
    assert.deepEqual(told(verified.findings.filter(({ severity }) => severity === 'error')), []);
    assert.equal(verified.counts.unchanged, verified.counts.in);
    assert.equal((await promotion.plan('again', { map })).outputs['hasChanges'], false);
    assert.deepEqual(await savedActions(join(folder.path, 'again/plan.json')), []);
  });
});
