import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageResult } from '#shared/model/result.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { withEmulator } from '#support/emulator.ts';
import { differences, stateOf } from '#support/environment-state.ts';
import { complaints, schemaOf } from '#support/json-schemas.ts';
import { aPromotion, requestsSoFar, savedActions, writesOf } from '#support/promotion.ts';
import { create, id, plantQueues, planted } from '#support/queue-rows.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';

const spanish = id(60);

/** Errors and warnings of a result. */
function problems({ findings }: StageResult): readonly string[] {
  return told(findings.filter(({ severity }) => severity !== 'info'));
}

describe('roll-back', () => {
  const source = withEmulator({ seed: 'empty' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const at = (name: string): string => join(folder.path, name);
  const rollBack = async (
    run: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<StageResult> =>
    (await runWith(rollBackStage, { target: target.url, run: at(run), ...more })).result;

  before(async function () {
    this.timeout(60_000);
    await plantQueues(source);
    await create(source, 'characteristics', {
      characteristicid: spanish,
      name: 'Spanish',
      characteristictype: 1,
    });
    await promotion.export();
  });

  let untouched: ReadonlyMap<string, string>;

  beforeEach(async () => {
    await target.reset();
    await target.faults('');
    for (const name of await readdir(folder.path))
      if (name !== 'package') await rm(at(name), { recursive: true });
    await create(target, 'characteristics', {
      characteristicid: spanish,
      name: 'Espanol',
      characteristictype: 1,
    });
    await create(target, 'queues', {
      queueid: planted.messagingQueue,
      name: 'Chat, made by hand',
      msdyn_queuetype: 192350000,
      msdyn_isomnichannelqueue: true,
      msdyn_isdefaultqueue: false,
      msdyn_priority: 7,
      queueviewtype: 0,
    });
    untouched = stateOf(target.environment);
  });

  it('leaves the target as it was before the import', async function () {
    this.timeout(60_000);
    const imported = await promotion.import('run');
    assert.deepEqual(told(imported.findings), []);
    const result = await rollBack('run');
    assert.deepEqual(problems(result), []);
    assert.equal(result.outcome, 'succeeded');
    assert.equal(result.counts.deleted, imported.counts.created);
    assert.equal(result.counts.updated, imported.counts.updated);
    assert.deepEqual(differences(untouched, stateOf(target.environment)), []);
    const again = await rollBack('run');
    assert.deepEqual(
      again.findings.map(({ code }) => code),
      ['URM1702'],
    );
    assert.equal(again.outcome, 'succeeded');
  });

  it('keeps a run folder of its own, in the formats of every run', async function () {
    this.timeout(60_000);
    await promotion.import('run');
    await rollBack('run', { out: at('back') });
    const plan: unknown = JSON.parse(await readFile(at('back/plan.json'), 'utf8'));
    assert.deepEqual(complaints(await schemaOf('plan'), plan), []);
    const result: unknown = JSON.parse(await readFile(at('back/result.json'), 'utf8'));
    assert.deepEqual(complaints(await schemaOf('result'), result), []);
    assert.ok((await readdir(at('back'))).includes('report.html'));
    const actions = await savedActions(at('back/plan.json'));
    assert.ok(actions.some(({ kind }) => kind === 'delete'));
  });

  it('can be rolled back itself', async function () {
    this.timeout(60_000);
    await promotion.import('run');
    const imported = stateOf(target.environment);
    await rollBack('run', { out: at('back') });
    const forth = await rollBack('back', { out: at('forth') });
    assert.deepEqual(problems(forth), []);
    const stamps = /"importsequencenumber":\d+,?/g;
    const unmarked = (state: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
      new Map([...state].map(([key, text]) => [key, text.replaceAll(stamps, '')]));
    assert.deepEqual(differences(unmarked(imported), unmarked(stateOf(target.environment))), []);
  });

  it('shows and writes nothing when only the plan is asked for', async function () {
    this.timeout(60_000);
    await promotion.import('run');
    const since = await requestsSoFar(target);
    const result = await rollBack('run', { planOnly: 'true', out: at('back') });
    assert.equal(result.outputs['hasDeletes'], true);
    assert.ok(result.counts.deleted > 0);
    assert.deepEqual(await writesOf(target, since), []);
  });

  it('refuses rows that somebody changed since, and rolls them back when told', async function () {
    this.timeout(60_000);
    await promotion.import('run');
    await target.send('PATCH', `characteristics(${spanish})`, { body: { name: 'Castellano' } });
    await target.send('PATCH', `queues(${planted.recordQueue})`, {
      body: { description: 'Ours now' },
    });
    const result = await rollBack('run');
    assert.equal(result.outcome, 'failed');
    const refused = result.findings.filter(({ code }) => code === 'URM1703');
    assert.deepEqual(
      new Set(refused.map(({ where }) => where.split(' ')[0])),
      new Set(['characteristic', 'queue']),
    );
    assert.equal(refused.length, 2);
    const row = await target.send('GET', `characteristics(${spanish})`);
    assert.equal(row.body['name'], 'Castellano');
    const queue = await target.send('GET', `queues(${planted.recordQueue})`);
    assert.equal(queue.body['description'], 'Ours now');
    assert.ok(
      result.findings.some(({ code }) => code === 'URM1706'),
      'what the queue needs stays too',
    );
    const { created, updated, unchanged, skipped, failed } = result.counts;
    assert.equal(created + updated + unchanged + skipped + failed, result.counts.in);
    const forced = await rollBack('run', { overwriteChanged: 'true' });
    assert.deepEqual(problems(forced), []);
    assert.deepEqual(differences(untouched, stateOf(target.environment)), []);
  });

  it('never deletes a row that the run did not create', async function () {
    this.timeout(60_000);
    await promotion.import('run');
    await target.send('DELETE', `queues(${planted.recordQueue})`);
    await create(target, 'queues', {
      queueid: planted.recordQueue,
      name: 'By hand',
      msdyn_queuetype: 192350001,
      msdyn_isomnichannelqueue: true,
      queueviewtype: 0,
    });
    const result = await rollBack('run');
    assert.ok(result.findings.some(({ code }) => code === 'URM1704'));
    const { status } = await target.send('GET', `queues(${planted.recordQueue})`);
    assert.equal(status, 200);
  });

  it('needs no journal where the machine that had it is lost', async function () {
    this.timeout(60_000);
    await promotion.import('run');
    await rm(at('run/journal.jsonl'));
    const result = await rollBack('run');
    assert.deepEqual(problems(result), []);
    assert.deepEqual(differences(untouched, stateOf(target.environment)), []);
  });

  it('refuses another environment and a folder that is no run', async function () {
    this.timeout(60_000);
    await promotion.import('run');
    const other = await runWith(rollBackStage, { target: source.url, run: at('run') });
    assert.deepEqual(told(other.result.findings), [`error URM1701 ${at('run')}`]);
    const none = await runWith(rollBackStage, { target: target.url, run: at('package') });
    assert.equal(none.usage, true);
  });

  it('undoes an import that went wrong half-way', async function () {
    this.timeout(60_000);
    await target.faults('error:method=POST,table=queue');
    const half = await promotion.import('run');
    assert.equal(half.outcome, 'failed');
    await target.faults('');
    const result = await rollBack('run');
    assert.deepEqual(problems(result), []);
    assert.deepEqual(differences(untouched, stateOf(target.environment)), []);
  });
});

describe('roll-back of live routing', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);

  it('is told which lines a plan affects, and gives them back in one change set each', async () => {
    await promotion.export({ channels: 'voice', out: 'first' });
    await promotion.import('run-first', { package: 'first' });
    const before = stateOf(target.environment);
    for (const [name, from, to] of [
      ['Main line: route to queues', 'Gold customers', 'Golden customers'],
      ['Main line: skills', 'French callers', 'Callers in French'],
    ] as const) {
      const { body } = await source.send(
        'GET',
        `msdyn_decisionrulesets?$filter=msdyn_name eq '${name}'`,
      );
      const [row] = body.value;
      const text = String(row.msdyn_rulesetdefinition);
      await source.send('PATCH', `msdyn_decisionrulesets(${String(row.msdyn_decisionrulesetid)})`, {
        body: { msdyn_rulesetdefinition: text.replace(from, to) },
      });
    }
    await promotion.export({ channels: 'voice' });
    const planned = await promotion.plan('plan');
    const affected = planned.findings.filter(({ code }) => code === 'URM1350');
    assert.deepEqual(
      affected.map(({ where }) => where.replace(/ [0-9a-f-]{36} /, ' ')),
      ['msdyn_liveworkstream Main line'],
    );
    const imported = await promotion.import('run', { plan: 'plan/plan.json' });
    assert.deepEqual(problems(imported), []);
    assert.notDeepEqual(differences(before, stateOf(target.environment)), []);
    const since = await requestsSoFar(target);
    const { result } = await runWith(rollBackStage, {
      target: target.url,
      run: join(folder.path, 'run'),
    });
    assert.deepEqual(problems(result), []);
    assert.equal(result.counts.updated, 2);
    assert.deepEqual(differences(before, stateOf(target.environment)), []);
    const sent = (await target.requests(since)).filter(({ parts }) =>
      parts?.some(({ method }) => method === 'PATCH'),
    );
    assert.equal(sent.length, 1, 'a line is never half switched');
  });
});
