import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSchema } from '#shared/cmt/schema.ts';
import { openReader } from '#shared/dataverse/connect.ts';
import type { SourceTable } from '#shared/model/table.ts';
import { generateSchemaStage } from '#shared/stages/generate-schema.ts';
import { withEmulator } from '#support/emulator.ts';
import { plantQueues, planted } from '#support/queue-rows.ts';
import { runWith, withFolder } from '#support/stage-runs.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

describe('generate-schema', () => {
  const source = withEmulator({ seed: 'empty' });
  const other = withEmulator({ seed: 'contoso' });
  const folder = withFolder();

  before(() => plantQueues(source));

  it('writes a schema per step and sends reads only', async () => {
    const out = join(folder.path, 'all');
    const seen = (await source.requests()).length;
    const { result } = await runWith(generateSchemaStage, { source: source.url, out });
    assert.equal(result.outcome, 'succeeded', JSON.stringify(result.findings));
    assert.deepEqual(await readdir(out), [
      '01-skills',
      '02-capacity-profiles',
      '03-queues',
      '04-queues-selection',
      '05-intake-rules',
      '06-voice-workstreams',
      '07-live-chat-workstreams',
      '08-voice-settings',
      '09-live-chat-widgets',
      '11-record-workstreams',
      '12-sms-workstreams',
      '13-sms-numbers',
      '14-whatsapp-workstreams',
      '15-whatsapp-numbers',
      '16-custom-workstreams',
      '17-custom-channels',
      '18-facebook-workstreams',
      '19-facebook-pages',
      '20-line-workstreams',
      '21-line-accounts',
      '22-teams-workstreams',
      '23-teams-accounts',
      '24-apple-workstreams',
      '25-apple-accounts',
      '26-google-workstreams',
      '27-google-accounts',
      '28-wechat-workstreams',
      '29-wechat-accounts',
    ]);
    const requests = (await source.requests()).slice(seen);
    assert.ok(requests.every(({ method }) => method === 'GET'));
    assert.ok(requests.length <= 5, `${requests.length} requests`);
    assert.deepEqual(await readdir(folder.path), ['all']);
  });

  it('puts every required lookup after its target, by the environment itself', async () => {
    const tables = await schemaTables(join(folder.path, 'all'));
    const reader = openReader(
      { url: source.url, credential: { kind: 'token', token: 'test' } },
      testPorts(createTestHost({})),
    );
    const metadata = await reader.tables(
      tables.map(({ name }) => name),
      new AbortController().signal,
    );
    const all = new Set(tables.map(({ name }) => name));
    const before = new Set<string>();
    for (const { name } of tables) {
      for (const column of metadata.get(name)?.columns.values() ?? [])
        if (['application', 'system'].includes(column.required))
          for (const target of column.type === 'lookup' ? column.targets : [])
            if (target !== name && all.has(target))
              assert.ok(before.has(target), `${name}.${column.name} needs ${target}`);
      before.add(name);
    }
    assert.ok(
      tables.findIndex(({ name }) => name === 'msdyn_decisionruleset') <
        tables.findIndex(({ name }) => name === 'queue'),
    );
  });

  it('leaves contracts and languages that exist alone and compares keys everywhere', async () => {
    for (const table of await schemaTables(join(folder.path, 'all'))) {
      assert.deepEqual(table.compareBy, [table.idColumn], table.name);
      const isLeftAlone = ['msdyn_decisioncontract', 'msdyn_oclanguage'].includes(table.name);
      assert.equal(table.skipUpdate, isLeftAlone, table.name);
      assert.equal(table.disablePlugins, false);
    }
  });

  it('takes the type codes of the environment', async () => {
    const out = join(folder.path, 'contoso');
    await runWith(generateSchemaStage, { source: other.url, out });
    const codes = async (path: string): Promise<ReadonlyMap<string, number | undefined>> =>
      new Map((await schemaTables(path)).map(({ name, typeCode }) => [name, typeCode]));
    const here = await codes(join(folder.path, 'all'));
    const there = await codes(out);
    assert.equal(here.get('queue'), 2020);
    assert.equal(there.get('queue'), 2020);
    assert.notEqual(here.get('msdyn_decisionruleset'), there.get('msdyn_decisionruleset'));
  });

  it('asks for the overflow actions that overflow rulesets name, by id', async () => {
    const tables = await schemaTables(join(folder.path, 'all'));
    const filter = tables.find(({ name }) => name === 'msdyn_overflowactionconfig')?.filter ?? '';
    assert.ok(filter.includes(planted.transfer));
    assert.ok(!filter.includes(planted.strayAction));
  });

  it('limits the queues to the channels asked for', async () => {
    const out = join(folder.path, 'voice');
    await runWith(generateSchemaStage, { source: source.url, out, channels: 'voice' });
    const queue = (await schemaTables(out)).find(({ name }) => name === 'queue');
    assert.match(queue?.filter ?? '', /value="192350002"/);
    assert.doesNotMatch(queue?.filter ?? '', /"eq" value="192350000"/);
  });

  it('replaces earlier schemas whole, and nothing else', async () => {
    const out = join(folder.path, 'all');
    await mkdir(join(out, '09-old'));
    await writeFile(join(out, '09-old', 'data_schema.xml'), '<entities />');
    const again = await runWith(generateSchemaStage, { source: source.url, out });
    assert.equal(again.result.outcome, 'succeeded');
    assert.ok(!(await readdir(out)).includes('09-old'));
    await writeFile(join(out, 'notes.txt'), 'mine');
    const refused = await runWith(generateSchemaStage, { source: source.url, out });
    assert.equal(refused.usage, true);
    assert.match(refused.result.findings[0]?.summary ?? '', /notes\.txt/);
    assert.equal(await readFile(join(out, 'notes.txt'), 'utf8'), 'mine');
  });

  it('refuses a channel it does not know before anything is sent', async () => {
    const seen = (await source.requests()).length;
    const { result, usage } = await runWith(generateSchemaStage, {
      source: source.url,
      out: join(folder.path, 'x'),
      channels: 'voice,telegraph',
    });
    assert.equal(usage, true);
    assert.match(result.findings[0]?.summary ?? '', /'telegraph' is no channel/);
    assert.match(result.findings[0]?.remedy ?? '', /voice, live-chat, record/);
    assert.equal((await source.requests()).length, seen);
  });
});

/** Tables of all steps in order. */
async function schemaTables(path: string): Promise<readonly SourceTable[]> {
  const tables: SourceTable[] = [];
  for (const step of await readdir(path)) {
    const file = join(path, step, 'data_schema.xml');
    tables.push(...readSchema(await readFile(file, 'utf8'), file).tables);
  }
  return tables;
}
