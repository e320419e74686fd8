import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader, openWriter } from '#shared/dataverse/connect.ts';
import { runSchedule } from '#shared/dataverse/run-schedule.ts';
import type { DataverseWriter, Write, WriteOutcome } from '#shared/dataverse/client.ts';
import type { ScheduledOutcome } from '#shared/dataverse/schedule.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import { activityPartyShape } from '#shared/model/activity-party.ts';
import { cell, type FileValue, type Row, type Value } from '#shared/model/row.ts';
import type { EnvironmentTable } from '#shared/model/table.ts';
import { collect } from '#support/collect.ts';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';
import { aColumn, aTable } from '#support/environment-tables.ts';
import { createInstantClock } from '#support/instant-clock.ts';
import { withScriptedServer } from '#support/scripted-server.ts';

const { signal } = new AbortController();
const chunk = 4 * 1024 * 1024;

const schema = `<entities>
  <entity name="new_document" displayname="Document" primaryidfield="new_documentid" primarynamefield="new_name">
    <fields>
      <field displayname="Id" name="new_documentid" type="guid" primaryKey="true" />
      <field displayname="Name" name="new_name" type="string" />
      <field displayname="Paper" name="new_paper" type="filedata" />
      <field displayname="Picture" name="new_picture" type="imagedata" />
    </fields>
  </entity>
</entities>`;

type CellWrite = Extract<Write, { readonly cells: ReadonlyMap<string, Value> }>;

/** A file of so many bytes that says everywhere where it is. */
function aFile(fileName: string, bytes: number): { value: FileValue; content: Buffer } {
  const content = Buffer.alloc(bytes, `${fileName} `);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { value: { fileName, sha256, bytes }, content };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

describe('values with requests of their own', () => {
  let emulator: TestEmulator;
  let folder: string;
  let client: DataverseWriter;
  let tables: ReadonlyMap<string, EnvironmentTable>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'urm-files-'));
    const tablesFrom = join(folder, 'data_schema.xml');
    await writeFile(tablesFrom, schema);
    emulator = await openEmulator({ tablesFrom });
    client = openWriter(
      { url: emulator.url, credential: { kind: 'token', token: 'test' } },
      {
        clock: createInstantClock(),
        ids: randomIds,
        host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
      },
    );
    tables = await client.tables(['new_document', 'email', 'account', 'contact'], signal);
  });
  after(async () => {
    await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => emulator.faults(''));

  const table = (name: string): EnvironmentTable => {
    const found = tables.get(name);
    assert.ok(found, name);
    return found;
  };
  const create = (
    name: string,
    cells: Readonly<Record<string, Value>>,
    more: Partial<Pick<CellWrite, 'content' | 'bypassLogic'>> = {},
  ): Extract<Write, { readonly kind: 'create' }> => ({
    kind: 'create',
    table: table(name),
    id: randomIds.next(),
    cells: new Map(Object.entries(cells)),
    ...more,
  });
  const done = async (write: Write): Promise<void> => {
    const [outcome] = await client.write([write], randomIds.next(), signal);
    assert.deepEqual(outcome?.is, 'done', JSON.stringify(outcome));
  };
  const read = async (write: { table: EnvironmentTable; id: string }, columns: string[]) => {
    const where = { by: 'ids', ids: [write.id] } as const;
    const [row] = await collect(client.rows({ table: write.table, columns, where }, signal));
    assert.ok(row);
    return row;
  };

  describe('files', () => {
    it('go up with their row and come back with name, length and hash', async () => {
      const { value, content } = aFile('größe & 100%.txt', 1000);
      const write = create(
        'new_document',
        { new_name: 'One', new_paper: value },
        { content: () => once(content) },
      );
      await done(write);
      assert.deepEqual(cell(await read(write, ['new_name', 'new_paper']), 'new_paper'), value);
    });

    it('go up and down in chunks when they are large, never as a whole in memory', async () => {
      const { value, content } = aFile('large.bin', 2 * chunk + 5);
      const write = create(
        'new_document',
        { new_name: 'Two', new_paper: value },
        {
          content: async function* () {
            for (let at = 0; at < content.length; at += 700_001)
              yield await Promise.resolve(content.subarray(at, at + 700_001));
          },
        },
      );
      const since = (await emulator.requests()).length;
      await done(write);
      const sent = (await emulator.requests()).slice(since).filter((r) => r.method === 'PATCH');
      assert.deepEqual(
        sent.map(({ status }) => status),
        [200, 206, 206, 204],
      );
      const sizes: number[] = [];
      const hash = createHash('sha256');
      const where = { by: 'ids', ids: [write.id] } as const;
      const columns = ['new_paper'];
      const [row] = await collect(
        client.rows(
          {
            table: write.table,
            columns,
            where,
            takeFile: async (file) => {
              for await (const piece of file.content) {
                sizes.push(piece.length);
                hash.update(piece);
              }
              return { fileName: file.fileName, bytes: file.bytes, sha256: hash.digest('hex') };
            },
          },
          signal,
        ),
      );
      assert.deepEqual(sizes, [chunk, chunk, 5]);
      assert.deepEqual(row && cell(row, 'new_paper'), value);
    });

    it('may be empty, be replaced, and be taken away', async () => {
      const empty = aFile('empty', 0);
      const write = create(
        'new_document',
        { new_name: 'Three', new_paper: empty.value },
        { content: () => once(empty.content) },
      );
      await done(write);
      assert.deepEqual(cell(await read(write, ['new_paper']), 'new_paper'), empty.value);
      const { value, content } = aFile('page.html', 40);
      content.write('<!doctype html><html>');
      const sha256 = createHash('sha256').update(content).digest('hex');
      const page: FileValue = { ...value, sha256 };
      const change = { kind: 'update', table: write.table, id: write.id } as const;
      const cells = new Map<string, Value>([['new_paper', page]]);
      await done({ ...change, cells, content: () => once(content) });
      assert.deepEqual(cell(await read(write, ['new_paper']), 'new_paper'), page);
      await done({ ...change, cells: new Map([['new_paper', null]]) });
      assert.equal(cell(await read(write, ['new_paper']), 'new_paper'), null);
    });

    it('that nobody gives or that have another length are told, by row and column', async () => {
      const { value } = aFile('lost.bin', 10);
      const [nobody, short] = await client.write(
        [
          create('new_document', { new_name: 'Four', new_paper: value }),
          create(
            'new_document',
            { new_name: 'Five', new_paper: value },
            { content: () => once(Buffer.alloc(3)) },
          ),
        ],
        randomIds.next(),
        signal,
      );
      assert.equal(errorOf(nobody)?.code, 'URM1053');
      assert.match(errorOf(nobody)?.where ?? '', /new_paper/);
      assert.match(errorOf(short)?.what ?? '', /another length/);
    });
  });

  describe('through faults', () => {
    const faults = {
      'a row whose answer is lost': 'drop-after:path=*$batch,nth=1',
      'an upload whose answer is lost': 'drop-after:method=PATCH,path=*new_paper*,nth=1',
      'an upload that is lost': 'drop-before:method=PATCH,path=*new_paper*,nth=1',
      'a chunk that is lost': 'drop-before:method=PATCH,path=*new_paper*,nth=2',
      'uploads limited': '429:method=PATCH,path=*new_paper*,nth=1-2,seconds=1',
      'a service that is away for a moment': '503:method=PATCH,path=*new_paper*,nth=1-3',
    };
    for (const [name, spec] of Object.entries(faults))
      it(`a row ends with its file, once, through ${name}`, async () => {
        const { value, content } = aFile('survivor.bin', chunk + 9);
        const write = create(
          'new_document',
          { new_name: name, new_paper: value },
          { content: () => once(content) },
        );
        const outcomes: ScheduledOutcome[] = [];
        await emulator.faults(spec);
        await runSchedule(
          client,
          (async function* () {
            yield await Promise.resolve({ key: 1, after: [], write });
          })(),
          {
            sending: () => Promise.resolve(),
            answered: (_key, outcome) => {
              outcomes.push(outcome);
              return Promise.resolve();
            },
          },
          signal,
        );
        await emulator.faults('');
        assert.deepEqual(
          outcomes.map(({ is }) => is),
          ['done'],
        );
        assert.deepEqual(cell(await read(write, ['new_paper']), 'new_paper'), value);
      });
  });

  describe('images', () => {
    const pixel = Buffer.from('iVBORw0KGgo', 'base64').toString('base64');

    it('of a new row follow in a second write, but the one that a create takes', async () => {
      const document = create('new_document', { new_name: 'Six', new_picture: pixel });
      const since = (await emulator.requests()).length;
      await done(document);
      const sent = (await emulator.requests()).slice(since);
      assert.ok(sent.some(({ method }) => method === 'PATCH'));
      assert.equal(cell(await read(document, ['new_picture']), 'new_picture'), pixel);
      const account = create('account', { name: 'Seven', entityimage: pixel });
      const before = client.requests.write;
      await done(account);
      assert.equal(client.requests.write - before, 1);
      assert.equal(cell(await read(account, ['entityimage']), 'entityimage'), pixel);
    });
  });

  describe('party lists', () => {
    const party = (cells: Readonly<Record<string, Value>>): Row => ({
      shape: activityPartyShape,
      id: randomIds.next(),
      cells: activityPartyShape.columns.map((name) => cells[name]),
    });
    const seen = (row: Row, column: string): unknown => {
      const value = cell(row, column);
      if (!Array.isArray(value)) return value;
      return value
        .map(
          (item) => typeof item === 'object' && [cell(item, 'partyid'), cell(item, 'addressused')],
        )
        .sort((left, right) => JSON.stringify(left).localeCompare(JSON.stringify(right)));
    };

    it('go along with a new activity, and one column is replaced without losing the others', async () => {
      const ann = create('contact', { lastname: 'Ann' });
      const bob = create('account', { name: 'Bob' });
      await done(ann);
      await done(bob);
      const annRef = { table: 'contact', id: ann.id, name: 'Ann' };
      const bobRef = { table: 'account', id: bob.id, name: 'Bob' };
      const email = create('email', {
        subject: 'Hello',
        to: [party({ partyid: annRef }), party({ addressused: 'x@example.com' })],
        cc: [party({ partyid: bobRef })],
      });
      await done(email);
      const columns = ['subject', 'to', 'cc', 'bcc'];
      const before = await read(email, columns);
      assert.equal(cell(before, 'subject'), 'Hello');
      assert.deepEqual(seen(before, 'to'), [
        [annRef, undefined],
        [undefined, 'x@example.com'],
      ]);
      assert.deepEqual(seen(before, 'cc'), [[bobRef, undefined]]);
      assert.equal(cell(before, 'bcc'), null);
      await done({
        kind: 'update',
        table: email.table,
        id: email.id,
        ...(before.version === undefined ? {} : { version: before.version }),
        cells: new Map<string, Value>([
          ['to', [party({ partyid: bobRef })]],
          ['subject', 'Hello again'],
        ]),
      });
      const after = await read(email, columns);
      assert.equal(cell(after, 'subject'), 'Hello again');
      assert.deepEqual(seen(after, 'to'), [[bobRef, undefined]]);
      assert.deepEqual(seen(after, 'cc'), [[bobRef, undefined]]);
    });

    it('are read for many activities in few requests', async () => {
      const before = client.requests.read;
      const rows = await collect(
        client.rows({ table: table('email'), columns: ['to', 'cc'] }, signal),
      );
      assert.ok(rows.length > 0);
      assert.ok(client.requests.read - before <= 3, `${client.requests.read - before} requests`);
    });

    it('with a row that cannot take part are refused, naming the column', async () => {
      const [outcome] = await client.write(
        [
          create('email', {
            subject: 'To a role',
            to: [party({ partyid: { table: 'role', id: randomIds.next() } })],
          }),
        ],
        randomIds.next(),
        signal,
      );
      assert.match(errorOf(outcome)?.what ?? '', /cannot point to a row of role/);
    });
  });
});

describe('images that are kept whole', () => {
  const server = withScriptedServer();

  it('are read in full size, one older image as the thumbnail it has', async () => {
    const photo = aColumn('photo', 'image', { fullImage: true });
    const table = aTable('account', [photo]);
    const small = Buffer.from('small').toString('base64');
    const ids = ['0f3c8e1a-0000-4000-8000-00000000000a', '0f3c8e1a-0000-4000-8000-00000000000b'];
    const rows = ids.map((accountid) => ({ accountid, photo: small }));
    server.script([
      (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ value: rows }));
      },
      (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
        response.end('the whole image');
      },
      (_, response) => {
        response.writeHead(204);
        response.end();
      },
    ]);
    const reader = openReader(
      { url: server.url, credential: { kind: 'token', token: 'test' } },
      {
        clock: createInstantClock(),
        ids: randomIds,
        host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
      },
    );
    const read = await collect(reader.rows({ table, columns: ['photo'] }, signal));
    const whole = Buffer.from('the whole image').toString('base64');
    assert.deepEqual(new Set(read.map((row) => cell(row, 'photo'))), new Set([small, whole]));
    assert.ok(
      server.requests.every(({ path }, at) => at === 0 || path.endsWith('$value?size=full')),
    );
  });
});

function errorOf(outcome: WriteOutcome | undefined) {
  return outcome?.is === 'failed' ? outcome.error : undefined;
}
