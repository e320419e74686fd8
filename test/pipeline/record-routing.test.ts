import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, savedActions } from '#support/promotion.ts';
import { create } from '#support/queue-rows.ts';
import { rowBy, rowsIn, rulesetsWithoutMappings } from '#support/routing-rows.ts';
import { told, withFolder } from '#support/stage-runs.ts';

const recordTypes = 'msdyn_masterentityroutingconfigurations';

/** Made by hand in the target, before anything is promoted. */
const incidentInTarget = 'bbbbbbbb-0000-4000-8000-000000000001';

describe('promotion of record routing', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const aboutRecordTypes = /^URM135[345]$/;

  async function toldOfRecordTypes(out: string): Promise<readonly string[]> {
    const { findings } = await promotion.plan(out);
    return findings
      .filter(({ code }) => aboutRecordTypes.test(code))
      .map(({ severity, code, where }) => `${severity} ${code} ${where.split(' ').at(-2) ?? ''}`)
      .sort();
  }

  before(async () => {
    await create(target, recordTypes, {
      msdyn_masterentityroutingconfigurationid: incidentInTarget,
      msdyn_name: 'Cases (made by hand)',
      msdyn_entitylogicalname: 'incident',
    });
    const exported = await promotion.export({ channels: 'record' });
    assert.notEqual(exported.outcome, 'failed');
  });

  it('tells record types that are missing from one that is there with another id', async () => {
    assert.deepEqual(await toldOfRecordTypes('plan'), [
      'info URM1353 lead',
      'info URM1353 task',
      'warning URM1355 incident',
    ]);
  });

  it('writes intake rules after the workstreams that they name', async () => {
    const actions = await savedActions(join(folder.path, 'plan/plan.json'));
    for (const [rules, workstreams] of [
      ['Case intake', ['Cases']],
      ['Task intake', ['Tasks of the workshop']],
    ] as const) {
      const definition = actions.find(
        (action) =>
          action.name === rules &&
          'changes' in action &&
          action.changes.some(({ column }) => column === 'msdyn_rulesetdefinition'),
      );
      for (const name of workstreams) {
        const made = actions.find((action) => action.kind === 'create' && action.name === name);
        assert.ok(made !== undefined && definition !== undefined, rules);
        assert.ok(made.number < definition.number, rules);
      }
    }
  });

  it('brings record types, intake rules and workstreams, and deletes nothing', async () => {
    const imported = await promotion.import('run', { plan: 'plan/plan.json' });
    assert.deepEqual(told(imported.findings.filter(({ severity }) => severity === 'error')), []);
    assert.deepEqual([imported.counts.failed, imported.counts.deleted], [0, 0]);
    const there = await rowsIn(target, recordTypes);
    assert.deepEqual(there.map((row) => String(row['msdyn_entitylogicalname'])).sort(), [
      'incident',
      'lead',
      'task',
    ]);
    assert.deepEqual((await rulesetsWithoutMappings(target)).lacking, []);
  });

  it('leads the record type of the target to the rules of the package, and its workstreams to it', async () => {
    const type = await rowBy(target, recordTypes, 'msdyn_entitylogicalname', 'incident');
    assert.equal(type['msdyn_masterentityroutingconfigurationid'], incidentInTarget);
    const rules = await rowBy(target, 'msdyn_decisionrulesets', 'msdyn_name', 'Case intake');
    assert.equal(type['_msdyn_rulesetid_value'], rules['msdyn_decisionrulesetid']);
    const cases = await rowBy(target, 'msdyn_liveworkstreams', 'msdyn_name', 'Cases');
    assert.equal(cases['_msdyn_masterentityroutingconfigurationid_value'], incidentInTarget);
    const output = await rowBy(
      target,
      'msdyn_decisioncontracts',
      'msdyn_uniquename',
      'msdyn_baseoutputcontractmasterentityroutingconfiguration',
    );
    assert.equal(rules['_msdyn_outputcontractid_value'], output['msdyn_decisioncontractid']);
  });

  it('leaves workstreams of the old experience out, and says so', async () => {
    const names = (await rowsIn(target, 'msdyn_liveworkstreams')).map((row) => row['msdyn_name']);
    assert.ok(!names.includes('Cases (until 2021)'));
    const { findings } = await promotion.export({ channels: 'record' });
    const skipped = findings.find(({ code }) => code === 'URM1233');
    assert.match(skipped?.summary ?? '', /^1 workstream in legacy mode does not move$/);
    assert.equal(skipped?.detail, 'Cases (until 2021)');
  });

  it('is verified, and leaves nothing to plan', async () => {
    const verified = await promotion.verify();
    assert.deepEqual(told(verified.findings.filter(({ severity }) => severity === 'error')), []);
    assert.equal(verified.counts.unchanged, verified.counts.in);
    assert.deepEqual(await toldOfRecordTypes('again'), []);
    assert.deepEqual(await savedActions(join(folder.path, 'again/plan.json')), []);
  });

  it('switches changed intake rules of a record type that is there last of all', async () => {
    const rules = await rowBy(source, 'msdyn_decisionrulesets', 'msdyn_name', 'Task intake');
    const text = String(rules['msdyn_rulesetdefinition']);
    await source.send(
      'PATCH',
      `msdyn_decisionrulesets(${String(rules['msdyn_decisionrulesetid'])})`,
      {
        body: { msdyn_rulesetdefinition: text.replace('Spare parts', 'Parts') },
      },
    );
    await promotion.export({ channels: 'record' });
    assert.deepEqual(await toldOfRecordTypes('changed'), ['info URM1354 task']);
    const actions = await savedActions(join(folder.path, 'changed/plan.json'));
    assert.deepEqual(
      actions.map(({ kind, phase, name }) => [kind, phase, name]),
      [['update', 'states', 'Task intake']],
    );
    assert.equal((await promotion.import('changed-run')).counts.updated, 1);
    assert.deepEqual(await toldOfRecordTypes('at-last'), []);
  });
});
