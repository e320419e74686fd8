import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '#shared/errors/migration-error.ts';
import { openEmulator, withEmulator } from '#support/emulator.ts';

describe('the admin interface', () => {
  const emulator = withEmulator();

  it('goes back to the seed on reset, as the same organization', async () => {
    const before = await emulator.state();
    await emulator.send('POST', 'queues', { body: { name: 'Gone soon' } });
    await emulator.reset();
    assert.deepEqual(await emulator.state(), before);
    assert.deepEqual(await emulator.requests(), []);
  });

  it('lists requests from a number on', async () => {
    await emulator.send('GET', 'WhoAmI');
    const url = `${emulator.url}/emulator/requests`;
    const { next } = (await (await fetch(url)).json()) as { next: number };
    await emulator.send('GET', 'RetrieveVersion');
    const later = await emulator.requests(next);
    assert.deepEqual(
      later.map(({ n, method, path, status }) => [n, method, path, status]),
      [[next, 'GET', '/api/data/v9.2/RetrieveVersion', 200]],
    );
  });

  it('has a page for people, which shows text as text', async () => {
    await emulator.send('GET', 'accounts(<b>)');
    await emulator.faults('503:path=<i>');
    const page = await fetch(`${emulator.url}/`);
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    const html = await page.text();
    const { organizationId, tables } = await emulator.state();
    assert.ok(html.includes(organizationId));
    assert.ok(html.includes(`<td>queue</td><td>${tables['queue']}</td>`));
    assert.ok(html.includes('503:path=&lt;i&gt;'));
    assert.doesNotMatch(html, /<b>|<i>/);
    await emulator.faults('');
  });

  it('says which operations it does not have', async () => {
    const answer = await fetch(`${emulator.url}/emulator/explode`, { method: 'POST' });
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /'POST \/emulator\/explode'/);
  });
});

describe('tables from a schema', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'emulator-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('are there to write to, and there again after a reset', async () => {
    const schema = join(folder, 'data_schema.xml');
    await writeFile(
      schema,
      `<entities><entity name="cr1_gadget" displayname="Gadget" etc="10999" primaryidfield="cr1_gadgetid" primarynamefield="cr1_name" disableplugins="false"><fields><field displayname="Gadget" name="cr1_gadgetid" type="guid" primaryKey="true" /><field displayname="Name" name="cr1_name" type="string" customfield="true" /><field displayname="Owner of it" name="cr1_accountid" type="entityreference" lookupType="account" customfield="true" /></fields></entity></entities>`,
    );
    const emulator = await openEmulator({ tablesFrom: schema });
    try {
      const entity = emulator.environment.metadata.entity('cr1_gadget');
      assert.ok(entity);
      const create = (): ReturnType<typeof emulator.send> =>
        emulator.send('POST', entity.entitySetName, { body: { cr1_name: 'New' } });
      const created = await create();
      assert.equal(created.status, 204, created.text);
      await emulator.reset();
      assert.equal((await create()).status, 204);
    } finally {
      await emulator.close();
    }
  });

  it('are refused where there are none', async () => {
    await assert.rejects(openEmulator({ tablesFrom: join(folder, 'none') }), InputError);
  });
});

describe('the data file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'emulator-'));
    file = join(folder, 'state.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps rows, versions, links, files and the organization across restarts', async () => {
    const first = await openEmulator({ dataFile: file });
    const created = await first.send('POST', 'accounts?$select=name', {
      body: { name: 'Kept', Account_Tasks: [{ subject: 'too' }] },
      headers: { Prefer: 'return=representation' },
    });
    const gone = await first.send('POST', 'accounts', { body: { name: 'Gone' } });
    const url = gone.headers.get('odata-entityid') ?? '';
    await first.send('DELETE', url.slice(url.indexOf('accounts(')));
    const before = await first.state();
    await first.close();
    const second = await openEmulator({ dataFile: file });
    try {
      assert.deepEqual(await second.state(), before);
      const path = `accounts(${created.body.accountid})?$select=name`;
      const row = await second.send('GET', path);
      assert.equal(row.body['@odata.etag'], created.body['@odata.etag']);
      const update = await second.send('PATCH', path, { body: { name: 'Changed' } });
      assert.equal(update.status, 204);
      const after = await second.send('GET', path);
      assert.ok(after.body['@odata.etag'] > row.body['@odata.etag']);
    } finally {
      await second.close();
    }
  });

  it('goes on with the seed it began with', async () => {
    const path = "EntityDefinitions(LogicalName='msdyn_liveworkstream')?$select=ObjectTypeCode";
    const first = await openEmulator({ dataFile: file, seed: 'contoso' });
    const [state, code] = [await first.state(), (await first.send('GET', path)).body];
    await first.close();
    const second = await openEmulator({ dataFile: file });
    try {
      assert.deepEqual(await second.state(), state);
      const again = await second.send('GET', path);
      assert.equal(again.body.ObjectTypeCode, code.ObjectTypeCode);
      await second.reset();
      assert.deepEqual(await second.state(), state);
    } finally {
      await second.close();
    }
  });

  it('begins anew after a reset', async () => {
    const first = await openEmulator({ dataFile: file });
    const before = await first.state();
    await first.send('POST', 'accounts', { body: { name: 'Gone' } });
    await first.reset();
    await first.close();
    const second = await openEmulator({ dataFile: file });
    assert.deepEqual(await second.state(), before);
    await second.close();
  });

  it('drops a line that was cut off, and refuses a file damaged in the middle', async () => {
    const first = await openEmulator({ dataFile: file });
    await first.send('POST', 'accounts', { body: { name: 'Kept' } });
    await first.close();
    const whole = await readFile(file, 'utf8');
    await appendFile(file, 'deadbeef {"rows":[["account","');
    const second = await openEmulator({ dataFile: file });
    assert.equal((await second.state()).tables['account'], 1);
    await second.close();
    assert.equal(await readFile(file, 'utf8'), whole);
    const lines = whole.split('\n');
    lines[3] = `${lines[3]?.slice(0, -4)}xxxx`;
    await writeFile(file, lines.join('\n'));
    await assert.rejects(openEmulator({ dataFile: file }), InputError);
  });

  it("never touches someone else's file", async () => {
    await writeFile(file, 'my notes\n');
    await assert.rejects(openEmulator({ dataFile: file }), InputError);
    assert.equal(await readFile(file, 'utf8'), 'my notes\n');
  });

  it('has every acknowledged write after the process was killed', async function () {
    this.timeout(60_000);
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { child, url } = await startChild(file);
      const writing = write(url, acknowledged);
      setTimeout(() => child.kill('SIGKILL'), 150 + 100 * round);
      await Promise.all([once(child, 'exit'), writing]);
    }
    assert.ok(acknowledged.length > 10);
    const emulator = await openEmulator({ dataFile: file });
    try {
      for (const id of acknowledged) {
        assert.equal((await emulator.send('GET', `accounts(${id})?$select=name`)).status, 200);
      }
    } finally {
      await emulator.close();
    }
  });
});

async function startChild(file: string): Promise<{ child: ChildProcess; url: string }> {
  const server = new URL('../../emulator/server.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(server)}).then(async ({ startEmulator }) => {
    const running = await startEmulator({ port: 0, dataFile: ${JSON.stringify(file)} });
    console.log(running.url);
  });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [chunk] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the child ended with ${String(code)} before it listened`);
    }),
  ])) as [Buffer];
  return { child, url: chunk.toString().trim() };
}

/** Creates rows until the connection breaks. */
async function write(url: string, acknowledged: string[]): Promise<void> {
  for (;;) {
    try {
      const answer = await fetch(`${url}/api/data/v9.2/accounts`, {
        method: 'POST',
        headers: { Authorization: 'Bearer x', 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: `row ${acknowledged.length}` }),
      });
      const id = /\(([0-9a-f-]{36})\)$/.exec(answer.headers.get('odata-entityid') ?? '')?.[1];
      assert.equal(answer.status, 204);
      acknowledged.push(id ?? '');
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}
