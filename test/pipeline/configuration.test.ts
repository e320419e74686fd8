import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { nameOf } from '#shared/model/row.ts';
import type { StageResult } from '#shared/model/result.ts';
import { importStage } from '#shared/stages/import.ts';
import { planStage } from '#shared/stages/plan.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { runStage } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { withEmulator } from '#support/emulator.ts';
import { guideCases } from '#support/guide-cases.ts';
import { complaints, schemaOf } from '#support/json-schemas.ts';
import { aPromotion, savedActions } from '#support/promotion.ts';
import { create, id } from '#support/queue-rows.ts';
import { rowsOf, runWith, told, withFolder } from '#support/stage-runs.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

function errors({ findings }: StageResult): readonly string[] {
  return told(findings.filter(({ severity }) => severity === 'error'));
}

function of(result: StageResult, code: string): readonly string[] {
  return result.findings.filter((each) => each.code === code).map(({ summary }) => summary);
}

describe('the configuration file', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const at = (name: string): string => join(folder.path, name);
  const variables = new Map([['SALES_TEXT', 'Sales, in test']]);
  let cases: ReadonlyMap<string, string>;

  /** Runs a stage with a case of the guide, and with variables of a pipeline. */
  const withCase = async <Options>(
    stage: Stage<Options>,
    name: string,
    out: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<StageResult> => {
    const text = (cases.get(name) ?? assert.fail(`the guide has no case ${name}`)).replaceAll(
      '${url}',
      target.url,
    );
    await writeFile(at('unified-routing.yml'), text);
    const entry = stageEntry(stage.name);
    assert.ok(entry !== undefined);
    const inputs = {
      target: target.url,
      package: at('package'),
      config: at('unified-routing.yml'),
      out: at(out),
      ...more,
    };
    const host = { ...createTestHost(inputs), variable: (name_: string) => variables.get(name_) };
    return (await runStage(entry, stage, testPorts(host), new AbortController().signal)).result;
  };

  const queue = async (name: string): Promise<Readonly<Record<string, unknown>>> => {
    const { body } = await target.send('GET', `queues?$filter=name eq '${name}'`);
    return body.value[0] as Readonly<Record<string, unknown>>;
  };
  const describeQueue = async (name: string, description: string): Promise<void> => {
    const { queueid } = await queue(name);
    await target.send('PATCH', `queues(${String(queueid)})`, { body: { description } });
  };

  before(async () => {
    cases = await guideCases('configuration');
    const exported = await promotion.export();
    assert.notEqual(exported.outcome, 'failed');
    const first = await promotion.import('first');
    assert.deepEqual(errors(first), []);
  });

  beforeEach(async () => {
    for (const name of await readdir(folder.path))
      if (!['package', 'first'].includes(name)) await rm(at(name), { recursive: true });
  });

  it('is described by its schema', async () => {
    const validate = await schemaOf('unified-routing');
    for (const [name, text] of cases) assert.deepEqual(complaints(validate, parse(text)), [], name);
    assert.notDeepEqual(complaints(validate, { format: 1, ignroe: [] }), []);
  });

  it('lays values of the environment over the package', async () => {
    const result = await withCase(importStage, 'values', 'values');
    assert.deepEqual(errors(result), []);
    assert.equal((await queue('Chat: Support'))['description'], 'Support of the test centre');
    assert.equal((await queue('Chat: Sales'))['description'], 'Sales, in test');
    const again = await withCase(planStage, 'values', 'again');
    assert.equal(again.outputs['hasChanges'], false);
    assert.equal(of(again, 'URM1344').length, 2);
  });

  it('refuses a variable without a value, and writes nothing', async () => {
    variables.delete('SALES_TEXT');
    try {
      const result = await withCase(importStage, 'values', 'values');
      assert.equal(result.outcome, 'failed');
      assert.match(of(result, 'URM1341')[0] ?? '', /SALES_TEXT has no value/);
      assert.equal(result.requests.write, 0);
    } finally {
      variables.set('SALES_TEXT', 'Sales, in test');
    }
  });

  it('keeps columns of the target, and says where', async () => {
    await describeQueue('Chat: Support', 'Ours');
    const without = await promotion.plan('without');
    assert.equal(without.outputs['hasChanges'], true);
    const result = await withCase(planStage, 'keep', 'keep');
    assert.equal(result.outputs['hasChanges'], false);
    assert.match(of(result, 'URM1344')[0] ?? '', /keeps its own value in \d rows/);
  });

  it('leaves differences that somebody accepted, until the day is past', async () => {
    await promotion.import('whole');
    await describeQueue('Chat: Support', 'A test');
    const result = await withCase(planStage, 'ignore', 'ignore');
    assert.equal(result.outputs['hasChanges'], false);
    assert.match(of(result, 'URM1342')[0] ?? '', /The service desk is testing a text/);
    const ended = (cases.get('ignore') ?? '').replace('2099', '2020');
    await writeFile(at('ended.yml'), ended);
    const later = await promotion.plan('later', { config: at('ended.yml') });
    assert.equal(later.outputs['hasChanges'], true);
    assert.equal(of(later, 'URM1343').length, 1);
    await promotion.import('clean');
  });

  it('takes the map of the environment', async () => {
    const { queueid } = await queue('Chat: Sales');
    await writeFile(
      at('map.yml'),
      `format: 1\nrows: [{ table: queues, source: ${String(queueid)}, target: "?" }]\n`,
    );
    const result = await withCase(planStage, 'map', 'map');
    assert.ok(errors(result).some((line) => line.startsWith('error URM1328 queue')));
  });

  it('matches by the keys it is told', async () => {
    const other = await promotion.plan('all', { target: source.url, allowSameEnvironment: 'true' });
    assert.equal(other.outputs['hasChanges'], false);
    await target.reset();
    await create(target, 'queues', {
      queueid: id(700),
      name: 'Chat: Sales',
      msdyn_queuetype: 192350000,
      msdyn_isomnichannelqueue: true,
      queueviewtype: 0,
    });
    const result = await withCase(planStage, 'match', 'match');
    const actions = await savedActions(at('match/plan.json'));
    assert.ok(
      actions.every(({ kind, name }) => kind !== 'create' || name !== 'Chat: Sales'),
      'no second queue',
    );
    assert.deepEqual(errors(result), []);
    await target.reset();
    assert.deepEqual(errors(await promotion.import('afresh')), []);
  });

  it('leaves to solutions what they carry', async () => {
    const { body } = await target.send(
      'GET',
      "msdyn_liveworkstreams?$filter=msdyn_name eq 'Web chat'",
    );
    const workstream = String(body.value[0].msdyn_liveworkstreamid);
    await target.send('PATCH', `msdyn_liveworkstreams(${workstream})`, {
      body: { msdyn_name: 'Renamed' },
    });
    const result = await withCase(planStage, 'solution', 'solution');
    assert.deepEqual(
      [result.counts.created, result.counts.updated, result.counts.skipped],
      [0, 0, 1],
    );
    assert.match(of(result, 'URM1348')[0] ?? '', /left to the solution/);
    await target.reset();
    const missing = await withCase(planStage, 'solution', 'missing');
    assert.ok(
      errors(missing).some((line) => line.startsWith('error URM1348 msdyn_liveworkstream')),
    );
    assert.ok(missing.counts.created > 0, 'what no solution carries moves');
    assert.deepEqual(errors(await promotion.import('once-more')), []);
  });

  it('deletes what left the source, where a run created it, and gives it back', async () => {
    await cp(at('package'), at('smaller'), { recursive: true });
    const [step = ''] = (await readdir(at('smaller'))).filter((name) => name.endsWith('skills'));
    const skills = at(`smaller/${step}/characteristic`);
    const [file = ''] = (await readdir(skills)).filter((name) => name.startsWith('fax'));
    const row: unknown = JSON.parse(await readFile(join(skills, file), 'utf8'));
    await rm(join(skills, file));
    const smaller = { package: at('smaller'), previous: at('package') };
    const planned = await withCase(planStage, 'delete-ours', 'delete', smaller);
    assert.deepEqual(errors(planned), []);
    assert.deepEqual([planned.counts.deleted, planned.outputs['hasDeletes']], [1, true]);
    const result = await withCase(importStage, 'delete-ours', 'deleted', smaller);
    assert.deepEqual(errors(result), []);
    assert.equal(result.counts.deleted, 1);
    const find = (): Promise<{ readonly body: { value: unknown[] } }> =>
      target.send('GET', "characteristics?$filter=name eq 'Fax handling'");
    assert.equal((await find()).body.value.length, 0);
    const back = await runWith(rollBackStage, { target: target.url, run: at('deleted') });
    assert.deepEqual(errors(back.result), []);
    assert.equal(back.result.counts.created, 1);
    assert.equal((await find()).body.value.length, 1);
    assert.ok(row !== undefined);
    const never = await promotion.plan('never', { ...smaller, package: 'smaller' });
    assert.equal(never.counts.deleted, 0, 'nothing is deleted unless it is asked for');
  });

  it('deletes by rules only what the package does not have, and no more than allowed', async () => {
    const kept = await withCase(planStage, 'delete-rules', 'kept');
    assert.equal(kept.counts.deleted, 0, 'the package has the row');
    for (const number of [1, 2])
      await create(target, 'characteristics', {
        characteristicid: id(800 + number),
        name: number === 1 ? 'Fax handling' : 'FAX handling',
        characteristictype: 1,
      });
    const many = await withCase(planStage, 'delete-rules', 'many');
    assert.match(of(many, 'URM1346')[0] ?? '', /2 rows would be deleted, and 1 are allowed/);
    const refused = await withCase(importStage, 'delete-rules', 'refused');
    assert.equal(refused.requests.write, 0);
    const inactive = await withCase(importStage, 'deactivate', 'inactive');
    assert.deepEqual(errors(inactive), []);
    const { created, updated, unchanged, skipped, failed } = inactive.counts;
    assert.equal(updated, 2);
    assert.equal(created + updated + unchanged + skipped + failed, inactive.counts.in);
    const { body } = await target.send('GET', `characteristics(${id(801)})`);
    assert.equal(body['statecode'], 1);
  });

  it('moves what it names, with everything that needs', async () => {
    await writeFile(
      at('scope.yml'),
      cases.get('scope') ?? assert.fail('the guide has no such case'),
    );
    const exported = await promotion.export({ out: 'scoped', config: at('scope.yml') });
    assert.deepEqual(errors(exported), []);
    const names = new Set<string>();
    for (const [key, rows] of await rowsOf(at('scoped')))
      if (/ msdyn_(liveworkstream|masterentityroutingconfiguration)$/.test(key))
        for (const row of rows) names.add(nameOf(row));
    assert.deepEqual([...names].sort(), ['Cases', 'WhatsApp', 'incident routing']);
  });

  it('refuses slips of the pen with their place', async () => {
    const slips = [
      ['environments: { test: { values: [] } }', /environments\.test\.url needs a text/],
      ['delete: { mode: all }', /delete\.mode is none of never, ours, rules/],
      ['delete: { rules: [{ table: queue, where: {} }] }', /no condition/],
      ['environments: { test: { url: x, kepe: [] } }', /unknown member 'kepe'/],
    ] as const;
    for (const [text, expected] of slips) {
      await writeFile(at('slip.yml'), `format: 1\n${text}\n`);
      const result = await promotion.plan('slip', { config: at('slip.yml') });
      assert.deepEqual(told(result.findings), ['error URM1001 config']);
      assert.match(result.findings[0]?.summary ?? '', expected);
    }
  });

  it('asks for the privileges of the identity that will import', async () => {
    const writer = await promotion.plan('writer', {
      importerApplicationId: '2c9d1f04-7be1-4a3e-9d58-61c0b0f5a7e2',
    });
    assert.deepEqual(errors(writer), []);
    await target.reset();
    const reader = await promotion.plan('reader', {
      importerApplicationId: '81d4c6aa-52f3-4f0c-8f65-3b9e2ad47c10',
    });
    assert.ok(of(reader, 'URM1349').some((text) => text.includes('prvCreateQueue')));
    const nobody = await promotion.plan('nobody', { importerApplicationId: id(9) });
    assert.match(of(nobody, 'URM1349')[0] ?? '', /no enabled application user/);
  });
});
