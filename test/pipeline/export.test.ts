import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackageManifest } from '#shared/cmt/package.ts';
import { cell, isLookup } from '#shared/model/row.ts';
import { exportStage } from '#shared/stages/export.ts';
import { generateSchemaStage } from '#shared/stages/generate-schema.ts';
import { withheldColumns } from '#shared/routing/withheld-columns.ts';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import { contractIds, create, id, plantQueues, planted } from '#support/queue-rows.ts';
import { rowsOf, runWith, told, withFolder } from '#support/stage-runs.ts';

const published = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../shared/reference/sample-schemas',
);

describe('export', () => {
  const source = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const at = (name: string): string => join(folder.path, name);

  before(async () => {
    await plantQueues(source);
    await create(source, 'characteristics', {
      characteristicid: id(60),
      name: 'Spanish',
      characteristictype: 1,
    });
  });

  const run = (inputs: Readonly<Record<string, string>>): ReturnType<typeof runWith> =>
    runWith(exportStage, { source: source.url, ...inputs });

  /** Ids by step and table. */
  async function ids(path: string): Promise<Readonly<Record<string, readonly string[]>>> {
    const rows = await rowsOf(path);
    return Object.fromEntries([...rows].map(([key, each]) => [key, each.map((row) => row.id)]));
  }

  async function manifest(path: string): Promise<PackageManifest> {
    return JSON.parse(await readFile(join(path, 'migration.json'), 'utf8')) as PackageManifest;
  }

  it('exports exactly the rows of the catalogue, contracts and overflow actions among them', async () => {
    const seen = (await source.requests()).length;
    const { result } = await run({ out: at('all') });
    assert.deepEqual(told(result.findings.filter(({ code }) => code !== 'URM1232')), []);
    assert.equal(result.outcome, 'succeeded');
    const contracts = await contractIds(source);
    const found = await ids(at('all'));
    assert.deepEqual(found['01-skills characteristic'], [id(60)]);
    assert.deepEqual(found['03-queues queue'], [
      planted.recordQueue,
      planted.messagingQueue,
      planted.voiceQueue,
    ]);
    assert.deepEqual(
      new Set(found['03-queues msdyn_decisioncontract']),
      new Set([
        planted.ownContract,
        contracts.get('msdyn_assignmentoutput'),
        contracts.get('msdyn_selectionruleoutput'),
        contracts.get('msdyn_queueoverflowrulesetinput'),
        contracts.get('msdyn_queueoverflowrulesetoutput'),
      ]),
    );
    assert.deepEqual(found['03-queues msdyn_decisionruleset'], [
      planted.recordRuleset,
      planted.overflowRuleset,
      planted.voiceRuleset,
    ]);
    assert.deepEqual(found['03-queues msdyn_overflowactionconfig'], [planted.transfer]);
    assert.deepEqual(found['03-queues msdyn_operatinghour'], [planted.hour]);
    assert.deepEqual(found['03-queues msdyn_assignmentconfigurationstep'], [
      planted.assignmentStep,
      planted.voiceStep,
    ]);
    assert.deepEqual(found['04-queues-selection msdyn_decisionruleset'], [
      planted.selectionRuleset,
    ]);
    assert.deepEqual(found['04-queues-selection msdyn_assignmentconfigurationstep'], [
      planted.selectionStep,
    ]);
    const requests = (await source.requests()).slice(seen);
    assert.ok(
      requests.every(({ method, parts }) => method === 'GET' || parts?.every(isGet) === true),
    );
  });

  it('counts what it read and says where it came from', async () => {
    const { result } = await run({ out: at('counted'), channels: 'record' });
    const rows = [...(await rowsOf(at('counted'))).values()].flat();
    assert.equal(result.counts.in, new Set(rows.map(({ id }) => id)).size);
    assert.equal(result.counts.unchanged, result.counts.in);
    const { source: from, steps, withheld, removed } = await manifest(at('counted'));
    assert.equal(from.url, source.url);
    assert.equal(from.organizationId, (await source.state()).organizationId);
    // Nothing was filled in what stays behind.
    assert.deepEqual(
      withheld.filter(({ rows }) => rows > 0),
      [],
    );
    assert.deepEqual(removed, []);
    assert.deepEqual(
      steps.map(({ step, area, sha256 }) => [step, area, sha256?.length]),
      [
        ['01-skills', 'skills', 64],
        ['02-capacity-profiles', 'capacity-profiles', 64],
        ['03-queues', 'queues', 64],
        ['04-queues-selection', 'queues', 64],
        ['05-intake-rules', 'intake-rules', 64],
        ['11-record-workstreams', 'record-workstreams', 64],
      ],
    );
    const counted = steps.flatMap(({ tables }) => tables.map((table) => table.rows));
    assert.equal(
      counted.reduce((sum, each) => sum + each, 0),
      rows.length,
    );
  });

  it('writes lookups with the target table, and values as they are', async () => {
    const queues = (await rowsOf(at('all'))).get('03-queues queue') ?? [];
    const queue = queues.find((row) => row.id === planted.recordQueue);
    assert.ok(queue !== undefined);
    const hour = cell(queue, 'msdyn_operatinghourid');
    assert.ok(isLookup(hour));
    assert.deepEqual([hour.table, hour.id], ['msdyn_operatinghour', planted.hour]);
    const ruleset = cell(queue, 'msdyn_prequeueoverflowrulesetid');
    assert.ok(isLookup(ruleset));
    assert.equal(ruleset.id, planted.overflowRuleset);
    assert.equal(cell(queue, 'msdyn_queuetype'), 192350001);
    assert.equal(cell(queue, 'msdyn_isomnichannelqueue'), true);
  });

  it('gives the same bytes every time', async () => {
    await run({ out: at('twice') });
    for (const name of await readdir(at('all')))
      assert.ok(
        (await readFile(join(at('all'), name))).equals(await readFile(join(at('twice'), name))),
        name,
      );
  });

  it('gives the same content as a folder, by the folder of generate-schema, and in zips', async () => {
    await run({ out: at('folder'), format: 'folder' });
    await runWith(generateSchemaStage, { source: source.url, out: at('schema') });
    await run({ out: at('by-schema'), schema: at('schema') });
    assert.deepEqual(await ids(at('folder')), await ids(at('all')));
    assert.deepEqual(await ids(at('by-schema')), await ids(at('all')));
    assert.ok(existsSync(join(at('folder'), '03-queues', 'queue')));
    assert.equal((await manifest(at('folder'))).steps[0]?.sha256, undefined);
  });

  it('limits queues and their rules to the channels, and names what stays behind', async () => {
    const { result } = await run({ out: at('records'), channels: 'record' });
    const found = await ids(at('records'));
    assert.deepEqual(found['03-queues queue'], [planted.recordQueue]);
    assert.deepEqual(found['03-queues msdyn_decisionruleset'], [
      planted.recordRuleset,
      planted.overflowRuleset,
    ]);
    assert.deepEqual((await manifest(at('records'))).channels, ['record']);
    const left = result.findings.filter(({ code }) => code === 'URM1226');
    assert.ok(
      left.some(({ summary }) => summary.includes(planted.messagingQueue)),
      JSON.stringify(left),
    );
    assert.equal(result.outcome, 'succeeded');
  });

  it('takes named queues with the queues that their rules and overflow lead to', async () => {
    const config = at('unified-routing.yml');
    await writeFile(config, 'format: 1\nqueues: [Record billing]\n');
    const { result } = await run({ out: at('named'), config });
    assert.deepEqual(told(result.findings.filter(({ code }) => code !== 'URM1232')), []);
    const found = await ids(at('named'));
    assert.deepEqual(found['03-queues queue'], [planted.recordQueue, planted.messagingQueue]);
    assert.deepEqual((await manifest(at('named'))).scope, { queues: ['Record billing'] });
  });

  it('takes what a named workstream needs', async () => {
    await create(source, 'msdyn_liveworkstreams', {
      msdyn_liveworkstreamid: id(70),
      msdyn_name: 'Billing voice',
      msdyn_streamsource: 192440000,
      msdyn_mode: 717210001,
    });
    // Server logic sets a queue of its own on create: the right one is set afterwards.
    const { status } = await source.send('PATCH', `msdyn_liveworkstreams(${id(70)})`, {
      body: { 'msdyn_defaultqueue@odata.bind': `/queues(${planted.voiceQueue})` },
    });
    assert.equal(status, 204);
    const { result } = await run({ out: at('line'), workstreams: 'billing VOICE' });
    assert.deepEqual(told(result.findings.filter(({ code }) => code !== 'URM1232')), []);
    const found = await ids(at('line'));
    assert.deepEqual(found['03-queues queue'], [planted.voiceQueue]);
    assert.deepEqual(found['03-queues msdyn_decisionruleset'], [planted.voiceRuleset]);
  });

  it('says when a name that limits the scope is not there, and writes nothing', async () => {
    const { result } = await run({ out: at('typo'), workstreams: 'Biling voice' });
    assert.equal(result.outcome, 'failed');
    assert.match(result.findings[0]?.summary ?? '', /no workstream 'Biling voice'/);
    assert.ok(!existsSync(at('typo')));
  });

  it('says in one sentence what is wrong with a configuration file', async () => {
    for (const [text, expected] of [
      ['format: 2', /does not begin with format: 1/],
      ['format: 1\nchanels: [voice]', /unknown setting 'chanels'/],
      ['format: 1\nchannels: voice', /'channels' in .* is not a list/],
      ['format: 1\nchannels: [fax]', /'fax' in .* is no channel/],
      ['format: [1', /It is no YAML/],
    ] as const) {
      const config = at('wrong.yml');
      await writeFile(config, text);
      const { result, usage } = await run({ out: at('x'), config });
      assert.equal(usage, true, text);
      assert.match(result.findings[0]?.summary ?? '', expected);
    }
  });

  for (const [file, expected] of [
    ['skill-based-routing', { characteristic: [id(60)] }],
    ['capacity-profiles', {}],
    [
      'unified-routing-record-queues-step-1',
      {
        queue: [planted.recordQueue],
        msdyn_decisionruleset: [planted.recordRuleset],
        msdyn_assignmentconfiguration: [planted.configuration],
        msdyn_assignmentconfigurationstep: [planted.assignmentStep],
      },
    ],
    [
      'unified-routing-record-queues-step-2',
      {
        msdyn_decisionruleset: [planted.selectionRuleset],
        msdyn_assignmentconfigurationstep: [planted.selectionStep],
      },
    ],
  ] as const)
    it(`uses the published schema for ${file} unchanged, giving one zip`, async function () {
      const schema = join(published, `Sample-schema-for-${file}.xml`);
      if (!existsSync(schema)) this.skip();
      const out = at(`${file}.zip`);
      const { result } = await run({ out, schema });
      assert.deepEqual(
        result.findings.filter(({ severity }) => severity === 'error'),
        [],
      );
      const found = await ids(out);
      for (const [key, each] of Object.entries(found)) {
        const table = key.slice(key.lastIndexOf(' ') + 1);
        if (table === 'msdyn_decisioncontract') continue;
        assert.deepEqual(each, (expected as Readonly<Record<string, unknown>>)[table], key);
      }
      assert.equal(
        Object.keys(found).filter((key) => !key.endsWith('contract')).length,
        Object.keys(expected).length,
      );
    });

  it('withholds secrets without asking for them, and says which column of how many rows', async () => {
    const secret = 'sup3r-s3cret-k3y';
    await create(source, 'msdyn_oc_geolocationproviders', {
      msdyn_name: 'Bing',
      msdyn_providername: 192350000,
      msdyn_providerapikey: secret,
    });
    const schema = await schemaFile('secret', geolocation());
    const { result } = await run({ out: at('secret.zip'), schema, format: 'folder' });
    const [finding, ...more] = result.findings;
    assert.deepEqual(more, []);
    assert.equal(finding?.code, 'URM1220');
    assert.match(
      finding.summary,
      /msdyn_oc_geolocationprovider\.msdyn_providerapikey of 1 row was withheld/,
    );
    assert.equal(result.outcome, 'succeededWithIssues');
    const texts = await allText(at('secret.zip'));
    assert.match(texts, /name="msdyn_providerapikey"/);
    assert.ok(!texts.includes(secret));
    const asked = (await source.requests()).map(({ path, query }) => path + (query ?? ''));
    assert.ok(
      asked.every((each) => !/attribute%20name%3D%22msdyn_providerapikey%22/.test(each)),
      'the value is not asked for',
    );
  });

  it('tells each table, column, type and filter that the source cannot answer, and writes nothing', async () => {
    const schema = await schemaFile(
      'wrong',
      `<entities>
        <entity name="contoso_region" displayname="Region" primaryidfield="contoso_regionid" disableplugins="false"><fields>
          <field displayname="Region" name="contoso_regionid" type="guid" primaryKey="true" /></fields></entity>
        <entity name="queue" displayname="Queue" primaryidfield="queueid" primarynamefield="name" disableplugins="false"><fields>
          <field displayname="Queue" name="queueid" type="guid" primaryKey="true" />
          <field displayname="Color" name="contoso_color" type="string" />
          <field displayname="Name" name="name" type="number" /></fields>
          <filter>&lt;fetch&gt;&lt;entity name="team"/&gt;&lt;/fetch&gt;</filter></entity>
      </entities>`,
    );
    const { result } = await run({ out: at('wrong.zip'), schema });
    assert.equal(result.outcome, 'failed');
    assert.deepEqual(
      result.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code),
      ['URM1201', 'URM1202', 'URM1203', 'URM1224'],
    );
    assert.deepEqual(
      (await readdir(folder.path)).filter((name) => name.startsWith('wrong.zip')),
      [],
    );
  });

  it('names the table whose filter the service refuses, and leaves nothing half-written', async () => {
    const schema = await schemaFile(
      'refused',
      queueSchema(
        '&lt;filter&gt;&lt;condition attribute="nonsense" operator="eq" value="1" /&gt;&lt;/filter&gt;',
      ),
    );
    const { result } = await run({ out: at('refused.zip'), schema });
    assert.equal(result.outcome, 'failed');
    assert.equal(result.findings[0]?.code, 'URM1224', JSON.stringify(result.findings));
    assert.match(result.findings[0].summary, /The filter of queue was refused: .*nonsense/);
    assert.deepEqual(
      (await readdir(folder.path)).filter((name) => name.startsWith('refused.zip')),
      [],
    );
  });

  it('leaves nothing half-written when the service fails in the middle', async () => {
    await source.faults('error:path=*msdyn_assignmentconfigurations*,status=403,code=0x80040220');
    try {
      const { result } = await run({ out: at('broken') });
      assert.equal(result.outcome, 'failed');
      assert.deepEqual(
        (await readdir(folder.path)).filter((name) => name.startsWith('broken')),
        [],
      );
    } finally {
      await source.faults('');
    }
  });

  it('refuses channels beside a schema, which is used exactly as it is', async () => {
    const { result, usage } = await run({ out: at('x'), schema: at('schema'), channels: 'voice' });
    assert.equal(usage, true);
    assert.match(result.findings[0]?.summary ?? '', /'channels' limits nothing/);
  });

  it('says in one sentence that the schema is missing, or no schema', async () => {
    const missing = await run({ out: at('x'), schema: at('nothing-here') });
    assert.equal(missing.usage, true);
    assert.match(missing.result.findings[0]?.summary ?? '', /There is nothing at/);
    await mkdir(at('empty-folder'));
    const empty = await run({ out: at('x'), schema: at('empty-folder') });
    assert.equal(empty.result.findings[0]?.code, 'URM1227');
    const cut = await run({
      out: at('x'),
      schema: await schemaFile('cut', '<entities><entity na'),
    });
    assert.equal(cut.result.outcome, 'failed');
    assert.match(cut.result.findings[0]?.where ?? '', /line 1/);
  });

  async function schemaFile(name: string, text: string): Promise<string> {
    const path = at(`${name}.xml`);
    await writeFile(path, text);
    return path;
  }
});

describe('export by the published schemas of all channels', () => {
  const source = withEmulator({ seed: 'contoso' });
  const folder = withFolder();

  it('uses each of them unchanged, and lets no secret out', async function () {
    if (!existsSync(published)) this.skip();
    const secrets = await secretsOf(source);
    assert.ok(secrets.length >= 5, 'the seed fills secret columns');
    for (const name of (await readdir(published)).filter((each) => each.endsWith('.xml'))) {
      const schema = join(published, name);
      const out = join(folder.path, name);
      const { result } = await runWith(exportStage, {
        source: source.url,
        out,
        schema,
        format: 'folder',
      });
      assert.notEqual(result.outcome, 'failed', `${name}: ${JSON.stringify(result.findings)}`);
      assert.ok(result.counts.in > 0, name);
      const texts = (await allText(out)) + JSON.stringify(result);
      for (const secret of secrets) assert.ok(!texts.includes(secret), name);
    }
  });
});

/** Values that the environment holds in secret columns. */
async function secretsOf(emulator: TestEmulator): Promise<readonly string[]> {
  const secrets: string[] = [];
  for (const [table, columns] of Object.entries(withheldColumns))
    for (const [column, reason] of Object.entries(columns)) {
      if (reason !== 'secret') continue;
      const set = table === 'msdyn_authenticationsettings' ? `${table}es` : `${table}s`;
      const { status, body } = await emulator.send('GET', `${set}?$select=${column}`);
      if (status !== 200) continue;
      for (const row of body.value as Readonly<Record<string, unknown>>[]) {
        const value = row[column];
        if (typeof value === 'string' && value !== '') secrets.push(value);
      }
    }
  return secrets;
}

function isGet({ method }: { readonly method: string }): boolean {
  return method === 'GET';
}

function queueSchema(filter: string): string {
  return `<entities><entity name="queue" displayname="Queue" primaryidfield="queueid" primarynamefield="name" disableplugins="false"><fields>
    <field displayname="Queue" name="queueid" type="guid" primaryKey="true" /></fields><filter>${filter}</filter></entity></entities>`;
}

function geolocation(): string {
  return `<entities><entity name="msdyn_oc_geolocationprovider" displayname="Geolocation Provider" primaryidfield="msdyn_oc_geolocationproviderid" primarynamefield="msdyn_name" disableplugins="false"><fields>
    <field displayname="Provider" name="msdyn_oc_geolocationproviderid" type="guid" primaryKey="true" />
    <field displayname="Name" name="msdyn_name" type="string" />
    <field displayname="API key" name="msdyn_providerapikey" type="string" /></fields></entity></entities>`;
}

/** Everything in all files below a folder. */
async function allText(path: string): Promise<string> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
  );
  return texts.join('\n');
}
