import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { channels } from '#shared/routing/area.ts';
import { channelAccounts } from '#shared/routing/channel-accounts.ts';
import { areasFor } from '#shared/routing/catalogue.ts';
import type { StageResult } from '#shared/model/result.ts';
import { streamSources } from '#shared/routing/workstream-filter.ts';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, savedActions } from '#support/promotion.ts';
import { create } from '#support/queue-rows.ts';
import {
  activeConfigurations,
  rowsIn,
  rulesetsWithoutMappings,
  tablesWith,
} from '#support/routing-rows.ts';
import { told, withFolder } from '#support/stage-runs.ts';

describe('promotion of everything', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  let exported: StageResult | undefined;

  before(async () => {
    exported = await promotion.export();
    assert.notEqual(exported.outcome, 'failed');
  });

  it('has a step for each step of the catalogue', async () => {
    const steps = areasFor([]).flatMap((area) => area.steps.map(({ step }) => step));
    const written = await readdir(join(folder.path, 'package'));
    assert.deepEqual(written.filter((name) => name !== 'migration.json').sort(), [...steps].sort());
  });

  it('is read in tens of requests, however many channels there are', () => {
    assert.ok((exported?.requests.read ?? 0) <= 80, JSON.stringify(exported?.requests));
  });

  it('names the workstreams that no filter selects', () => {
    const skipped = exported?.findings.filter(({ code }) => code === 'URM1233') ?? [];
    assert.deepEqual(
      skipped.map(({ summary, detail }) => [summary, detail]),
      [
        ['2 workstreams in legacy mode do not move', 'Cases (until 2021), LINE (until 2021)'],
        ['1 workstream of channels that no procedure moves does not move', 'Twitter'],
      ],
    );
  });

  it('brings workstreams of every channel, with their capacity profiles, variables and rules', async () => {
    const imported = await promotion.import('run');
    assert.deepEqual(told(imported.findings.filter(({ severity }) => severity === 'error')), []);
    assert.equal(imported.counts.failed, 0);
    const here = await rowsIn(target, 'msdyn_liveworkstreams');
    const found = new Set(here.map((row) => String(row['msdyn_streamsource'])));
    for (const channel of channels) assert.ok(found.has(streamSources[channel]), channel);
    for (const [set, filter] of [
      [
        'msdyn_liveworkstreams',
        '?$filter=msdyn_mode eq 717210001 and msdyn_streamsource ne 192350001',
      ],
      ['msdyn_masterentityroutingconfigurations', ''],
      ['msdyn_ocliveworkstreamcontextvariables', ''],
      ['msdyn_liveworkstreamcapacityprofiles', ''],
      ['msdyn_ocsystemmessages', ''],
      ['msdyn_oclocalizationdatas', ''],
      ['msdyn_cannedmessages', ''],
    ] as const) {
      const there = await rowsIn(source, set, filter);
      assert.ok(there.length > 1, set);
      assert.equal((await rowsIn(target, set, filter)).length, there.length, set);
    }
    assert.deepEqual((await rulesetsWithoutMappings(target)).lacking, []);
    const active = await activeConfigurations(target);
    assert.ok([...active].every(([, count]) => count === 1));
  });

  it('points nowhere into the source, and holds none of its secrets', async () => {
    const { organizationId } = await source.state();
    assert.deepEqual(
      await tablesWith(target, [organizationId, source.url, 'contoso-dev', 'S3CR3T']),
      [],
    );
  });

  it('is verified, leaves nothing to plan, and says which accounts are still to be connected', async () => {
    const verified = await promotion.verify();
    assert.deepEqual(told(verified.findings.filter(({ severity }) => severity === 'error')), []);
    assert.equal(verified.counts.unchanged, verified.counts.in);
    const open = verified.findings.filter(({ code }) => code === 'URM1529');
    assert.equal(open.length, channelAccounts.length + 4, 'four more bot registrations');
    assert.equal((await promotion.plan('again')).outputs['hasChanges'], false);
    assert.deepEqual(await savedActions(join(folder.path, 'again/plan.json')), []);
  });
});

describe('everything of an environment without some channels', function () {
  this.timeout(60_000);
  const folder = withFolder();
  const seed = join(tmpdir(), `urm-few-channels-${process.pid}.json`);
  const absent = [
    'msdyn_ocvoicechannelsetting',
    'msdyn_ocvoice',
    'msdyn_oclinechannelconfig',
    'msdyn_ocapplebusinessaccount',
  ];
  before(async () => {
    const content = { extends: 'empty', without: { tables: absent }, tables: {} };
    await writeFile(seed, JSON.stringify(content));
  });
  after(() => rm(seed, { force: true }));
  const source = withEmulator({ seed });

  it('asks for none of their tables, and says once for each what is left out', async () => {
    const queues = [{ name: 'Billing', msdyn_queuetype: 192350000, queueviewtype: 0 }];
    for (const queue of queues)
      await create(source, 'queues', { ...queue, msdyn_isomnichannelqueue: true });
    const exported = await aPromotion(source, source, folder).export();
    assert.equal(exported.outcome, 'succeeded', told(exported.findings).join());
    const steps = await readdir(join(folder.path, 'package'));
    for (const step of ['08-voice-settings', '21-line-accounts', '25-apple-accounts'])
      assert.ok(!steps.includes(step), step);
    const told1201 = exported.findings.filter(({ code }) => code === 'URM1201');
    assert.deepEqual(
      told1201.map(({ severity, summary }) => [severity, / the channel (\S+) /.exec(summary)?.[1]]),
      [
        ['info', 'voice'],
        ['info', 'line'],
        ['info', 'apple'],
      ],
    );
  });
});
