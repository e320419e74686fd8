import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, requestsSoFar, savedActions, writesOf } from '#support/promotion.ts';
import { create, id } from '#support/queue-rows.ts';
import { rowsOf, told, withFolder } from '#support/stage-runs.ts';

describe('a target that was made by hand', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'contoso-by-hand' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const at = (name: string): string => join(folder.path, name);

  before(async () => {
    for (const [emulator, ids] of [
      [source, [id(81), id(82)]],
      [target, [id(91), id(92)]],
    ] as const)
      for (const queueid of ids)
        await create(emulator, 'queues', {
          queueid,
          name: 'Twins',
          msdyn_queuetype: 192350000,
          msdyn_isomnichannelqueue: true,
          queueviewtype: 0,
        });
    await promotion.export();
  });

  it('shows every would-be duplicate without a map', async () => {
    const since = await requestsSoFar(target);
    const result = await promotion.plan('plan', { writeMap: at('proposed.yml') });
    assert.deepEqual(await writesOf(target, since), []);
    const twice = result.findings.filter(({ code }) => code === 'URM1340');
    const created = (await savedActions(at('plan/plan.json'))).filter(
      ({ kind }) => kind === 'create',
    );
    assert.ok(created.length > 150);
    for (const { row, name } of created)
      assert.ok(
        twice.some(({ where }) => where.startsWith(`${row.table} ${row.id}`)),
        `${row.table} ${name} would be there twice, and nobody says so`,
      );
    assert.equal(result.outcome, 'succeededWithIssues');
  });

  it('proposes a map with a stub for what only people can tell', async () => {
    const text = await readFile(at('proposed.yml'), 'utf8');
    const stubs = text.split('\n').filter((line) => line.includes('target: "?"'));
    assert.deepEqual(
      stubs.map((line) => /table: (\w+).*name: "([^"]*)"/.exec(line)?.slice(1)),
      [
        ['queue', 'Twins'],
        ['queue', 'Twins'],
      ],
      'two queues of one name and type; the two called Dealers differ in type',
    );
    assert.match(text, /# one of [0-9a-f-]{36}, [0-9a-f-]{36}\n/);
    await writeFile(at('undecided.yml'), text);
    const result = await promotion.plan('undecided', { map: 'undecided.yml' });
    assert.equal(result.findings.filter(({ code }) => code === 'URM1328').length, 2);
  });

  it('creates no duplicate with the reviewed map, and ids in rulesets are right', async () => {
    const text = await readFile(at('proposed.yml'), 'utf8');
    const [, one = '', other = ''] = /# one of ([0-9a-f-]{36}), ([0-9a-f-]{36})/.exec(text) ?? [];
    const decided = text
      .replace('target: "?"', `target: ${one}`)
      .replace('target: "?"', `target: ${other}`);
    await writeFile(at('map.yml'), decided);
    const before = (await target.state()).tables;
    const result = await promotion.import('run', { map: 'map.yml' });
    assert.deepEqual(told(result.findings.filter(({ severity }) => severity === 'error')), []);
    assert.deepEqual([result.counts.created, result.counts.linked], [0, 0]);
    const after = (await target.state()).tables;
    for (const table of ['queue', 'msdyn_liveworkstream', 'msdyn_decisionruleset'])
      assert.equal(after[table], before[table], table);
    assert.deepEqual(
      told(
        (await promotion.verify({ map: 'map.yml' })).findings.filter(
          ({ code }) => code === 'URM1502',
        ),
      ),
      [],
    );
    const mapped = [
      ...decided.matchAll(
        /table: (?:queue|msdyn_liveworkstream|msdyn_decisioncontract),? source: ([0-9a-f-]{36})/g,
      ),
    ].map(([, key = '']) => key);
    assert.ok(mapped.length > 15);
    const { text: rulesets } = await target.send(
      'GET',
      'msdyn_decisionrulesets?$select=msdyn_rulesetdefinition',
    );
    for (const key of mapped) assert.ok(!rulesets.toLowerCase().includes(key), key);
  });
});

describe('a map file', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const at = (name: string): string => join(folder.path, name);
  const map = async (...rows: readonly string[]): Promise<void> =>
    writeFile(
      at('map.yml'),
      ['format: 1', 'rows:', ...rows.map((row) => `  - ${row}`), ''].join('\n'),
    );

  before(async () => {
    await promotion.export();
  });

  beforeEach(async () => {
    await target.reset();
  });

  it('lets a chat widget land on a workstream that somebody made', async () => {
    const rows = [...(await rowsOf(at('package'))).values()].flat();
    const workstream = rows.find(
      ({ shape, cells }) =>
        shape.table.name === 'msdyn_liveworkstream' && cells.includes('Web chat'),
    );
    assert.ok(workstream !== undefined);
    const mine = id(500);
    await create(target, 'msdyn_liveworkstreams', {
      msdyn_liveworkstreamid: mine,
      msdyn_name: 'Chat on the web',
      msdyn_streamsource: 192360000,
      msdyn_mode: 717210000,
    });
    await map(`{ table: msdyn_liveworkstream, source: ${workstream.id}, target: ${mine} }`);
    const result = await promotion.import('widget', { map: 'map.yml' });
    assert.deepEqual(told(result.findings.filter(({ severity }) => severity === 'error')), []);
    const { body } = await target.send(
      'GET',
      `msdyn_livechatconfigs?$filter=_msdyn_liveworkstreamid_value eq ${mine}`,
    );
    assert.ok(body.value.length > 0);
    const gone = await target.send('GET', `msdyn_liveworkstreams(${workstream.id})`);
    assert.equal(gone.status, 404);
  });

  it('takes names of rows, and says which it cannot find or tell apart', async () => {
    await create(target, 'queues', { name: 'Twice', queueviewtype: 0 });
    await create(target, 'queues', { name: 'Twice', queueviewtype: 0 });
    await map(
      `{ table: queue, source: ${id(1)}, target: Twice }`,
      `{ table: systemuser, source: ${id(2)}, target: nobody@contoso.example }`,
    );
    const result = await promotion.plan('named', { map: 'map.yml' });
    const [finding] = result.findings;
    assert.equal(finding?.code, 'URM1001');
    assert.match(finding.summary, /2 rows of queue named Twice: [0-9a-f-]{36}, [0-9a-f-]{36}/);
    assert.match(finding.summary, /no user nobody@contoso\.example/);
  });

  it('finds business units by their path', async () => {
    const { body } = await target.send('GET', 'businessunits?$select=name');
    const root: string = body.value[0].name;
    await create(target, 'businessunits', {
      businessunitid: id(600),
      name: 'Service',
      'parentbusinessunitid@odata.bind': `/businessunits(${body.value[0].businessunitid})`,
    });
    await map(`{ table: businessunit, source: ${id(3)}, target: ${root}/Service }`);
    const result = await promotion.plan('unit', { map: 'map.yml' });
    assert.deepEqual(told(result.findings.filter(({ severity }) => severity === 'error')), []);
    await map(`{ table: businessunit, source: ${id(3)}, target: ${root}/Sales }`);
    const wrong = await promotion.plan('unit', { map: 'map.yml' });
    assert.match(wrong.findings[0]?.summary ?? '', /no business unit .*\/Sales/);
  });
});
