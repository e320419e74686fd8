import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, savedActions } from '#support/promotion.ts';
import {
  activeConfigurations,
  rowBy,
  rowsIn,
  rulesetsWithoutMappings,
  tablesWith,
} from '#support/routing-rows.ts';
import { told, withFolder } from '#support/stage-runs.ts';

describe('promotion of live chat', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);

  before(async () => {
    await source.send('PATCH', await variableOf('machine_model'), {
      body: { msdyn_displayname: 'Machine (as printed on it)' },
    });
    const exported = await promotion.export({ channels: 'live-chat' });
    assert.notEqual(exported.outcome, 'failed');
  });

  async function variableOf(name: string): Promise<string> {
    const row = await rowBy(source, 'msdyn_ocliveworkstreamcontextvariables', 'msdyn_name', name);
    return `msdyn_ocliveworkstreamcontextvariables(${String(row['msdyn_ocliveworkstreamcontextvariableid'])})`;
  }

  it('plans context variables that surveys make after what makes them', async () => {
    await promotion.plan('plan');
    const actions = await savedActions(join(folder.path, 'plan/plan.json'));
    const made = actions.filter((action) => action.kind === 'create' && action.serverMade);
    assert.deepEqual(made.map(({ name }) => name).sort(), [
      'machine_model',
      'order_number',
      'serial_number',
    ]);
    for (const action of made)
      for (const { id } of (action.kind === 'create' && action.serverMade?.rows) || []) {
        const maker = actions.find(({ kind, row }) => kind === 'create' && row.id === id);
        assert.equal(maker?.row.table, 'msdyn_questionsequence');
        assert.ok(maker.number < action.number);
      }
    const named = made.find(({ name }) => name === 'machine_model');
    const ruleset = actions.find(({ name }) => name === 'Web chat: route to queues');
    assert.ok((ruleset?.number ?? 0) > (named?.number ?? 0), 'the ruleset waits for its variable');
  });

  it('imports that plan', async () => {
    const { outputs } = await promotion.plan('plan');
    const imported = await promotion.import('run', {
      plan: 'plan/plan.json',
      planHash: String(outputs['planHash']),
    });
    assert.deepEqual(told(imported.findings.filter(({ severity }) => severity === 'error')), []);
    assert.equal(imported.counts.failed, 0);
    assert.equal(imported.counts.created + imported.counts.unchanged, imported.counts.in);
  });

  it('takes the variables that the surveys made, and writes what differs', async () => {
    const names = (await rowsIn(target, 'msdyn_ocliveworkstreamcontextvariables')).map((row) =>
      String(row['msdyn_name']),
    );
    assert.deepEqual(names.sort(), [
      'cart_value',
      'machine_model',
      'order_number',
      'product',
      'segment',
      'segment',
      'serial_number',
    ]);
    const here = await rowBy(
      target,
      'msdyn_ocliveworkstreamcontextvariables',
      'msdyn_name',
      'machine_model',
    );
    const there = await source.send('GET', await variableOf('machine_model'));
    const idColumn = 'msdyn_ocliveworkstreamcontextvariableid';
    assert.notEqual(here[idColumn], (there.body as Record<string, unknown>)[idColumn]);
    assert.equal(here['msdyn_displayname'], 'Machine (as printed on it)');
  });

  it('gives widgets an app id and a snippet of the target', async () => {
    const there = await rowsIn(source, 'msdyn_livechatconfigs');
    const here = await rowsIn(target, 'msdyn_livechatconfigs');
    assert.equal(here.length, there.length);
    const { organizationId } = await target.state();
    const known = new Set(there.map((row) => row['msdyn_widgetappid']));
    for (const row of here) {
      assert.ok(
        typeof row['msdyn_widgetappid'] === 'string' && !known.has(row['msdyn_widgetappid']),
      );
      assert.ok(String(row['msdyn_widgetsnippet']).includes(organizationId));
      assert.deepEqual(
        [row['msdyn_mailbox'] ?? null, row['msdyn_portalurl'] ?? null],
        [null, null],
      );
    }
  });

  it('closes the circle of widget and question sequence', async () => {
    const widget = await rowBy(target, 'msdyn_livechatconfigs', 'msdyn_name', 'Contoso web');
    const sequences = await rowsIn(target, 'msdyn_questionsequences');
    const ids = new Set(sequences.map((row) => row['msdyn_questionsequenceid']));
    assert.ok(ids.has(widget['_msdyn_prechatquestionnaireauthenticated_value']));
    assert.ok(ids.has(widget['_msdyn_prechatquestionnaireunauthenticated_value']));
    assert.ok(
      sequences.every((row) => row['_msdyn_chatengagementtochatsequenceid_value'] !== null),
    );
  });

  it('leaves widgets that were off switched off', async () => {
    const widget = await rowBy(target, 'msdyn_livechatconfigs', 'msdyn_name', 'Contoso dealers');
    assert.equal(widget['statecode'], 1);
  });

  it('links replies to tags and to the workstreams that moved', async () => {
    const answer = await target.send(
      'GET',
      "msdyn_cannedmessages?$filter=msdyn_title eq 'Greeting'&$expand=msdyn_msdyn_cannedmessage_liveworkstream($select=msdyn_name),msdyn_msdyn_cannedmessage_msdyn_octag($select=msdyn_name)",
    );
    const [reply] = (answer.body as { value: Record<string, { msdyn_name: string }[]>[] }).value;
    assert.deepEqual(
      reply?.['msdyn_msdyn_cannedmessage_liveworkstream']?.map((row) => row.msdyn_name),
      ['Web chat'],
    );
    assert.deepEqual(
      reply?.['msdyn_msdyn_cannedmessage_msdyn_octag']?.map((row) => row.msdyn_name),
      ['#greetings'],
    );
  });

  it('has dependency mappings, and one active routing configuration for each workstream', async () => {
    assert.deepEqual((await rulesetsWithoutMappings(target)).lacking, []);
    const active = await activeConfigurations(target);
    assert.deepEqual(
      [...active].map(([, count]) => count),
      [1, 1, 1],
    );
  });

  it('points nowhere into the source', async () => {
    const { organizationId } = await source.state();
    assert.deepEqual(await tablesWith(target, [organizationId, source.url, 'contoso-dev']), []);
  });

  it('is verified, leaves nothing to plan, and the same plan applied again writes nothing', async () => {
    const verified = await promotion.verify();
    assert.deepEqual(told(verified.findings.filter(({ severity }) => severity === 'error')), []);
    assert.equal(verified.counts.unchanged, verified.counts.in);
    assert.equal((await promotion.plan('again')).outputs['hasChanges'], false);
    const replayed = await promotion.import('replayed', { plan: 'plan/plan.json' });
    assert.equal(replayed.requests.write, 0);
    assert.equal(replayed.counts.unchanged, replayed.counts.in);
  });
});
