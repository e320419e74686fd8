import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { writeArchive } from '#shared/cmt/archive.ts';
import { createPackage, createPlainPackage } from '#shared/cmt/create-package.ts';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import type { PackageManifest } from '#shared/cmt/package.ts';
import { composeSchema } from '#shared/cmt/schema.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { cell } from '#shared/model/row.ts';
import { collect } from '#support/collect.ts';
import {
  aTable,
  contentOf,
  each,
  neverAborted,
  partOf,
  writePackage,
  writeZip,
} from '#support/cmt-package.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const ids = [
  '00000000-0000-0000-0000-000000000002',
  '11111111-0000-0000-0000-000000000001',
  '0a1b2c3d-1111-2222-3333-444455556666',
] as const;
const queue = aTable('queue').with('name', 'text').linked('queuemembership', 'systemuser');
const schema = composeSchema([queue.table]).text;

const open = (path: string): ReturnType<typeof openPackage> =>
  openPackage(path, nodeFiles, neverAborted);

describe('writing a package', () => {
  const at = useTemporaryFolder();

  it('writes data.xml as the stock tool does, rows in the order of SQL Server', async () => {
    const users = [...ids].reverse().map((id) => ({ table: 'systemuser', id }));
    await writePackage(at('a.zip'), 'zip', [
      {
        table: queue.table,
        rows: [
          queue.row(ids[2], { name: 'é' }),
          queue.row(ids[1], {}),
          queue.row(ids[0], { name: 'A' }),
        ],
        links: users.map((to) => ({
          relationship: 'queuemembership',
          from: { table: 'queue', id: ids[0] },
          to,
        })),
      },
      { table: aTable('account').table, rows: [] },
    ]);
    assert.equal(
      (await partOf(at('a.zip'), 'data.xml')).toString(),
      [
        '',
        '<entities xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
        '  <entity name="queue" displayname="QUEUE">',
        '    <records>',
        `      <record id="${ids[1]}">`,
        `        <field name="queueid" value="${ids[1]}" />`,
        '      </record>',
        `      <record id="${ids[0]}">`,
        `        <field name="queueid" value="${ids[0]}" />`,
        '        <field name="name" value="A" />',
        '      </record>',
        `      <record id="${ids[2]}">`,
        `        <field name="queueid" value="${ids[2]}" />`,
        '        <field name="name" value="&amp;#233;" />',
        '      </record>',
        '    </records>',
        '    <m2mrelationships>',
        `      <m2mrelationship sourceid="${ids[0]}" targetentityname="systemuser" targetentitynameidfield="systemuserid" m2mrelationshipname="queuemembership">`,
        '        <targetids>',
        `          <targetid>${ids[1]}</targetid>`,
        `          <targetid>${ids[0]}</targetid>`,
        `          <targetid>${ids[2]}</targetid>`,
        '        </targetids>',
        '      </m2mrelationship>',
        '    </m2mrelationships>',
        '  </entity>',
        '</entities>',
      ].join('\r\n'),
    );
    const types = await partOf(at('a.zip'), '[Content_Types].xml');
    assert.equal(types.length, 191);
  });

  it('says the empty package in one line', async () => {
    await writePackage(at('a.zip'), 'zip', [{ table: queue.table, rows: [] }]);
    assert.match((await partOf(at('a.zip'), 'data.xml')).toString(), /^\r\n<entities [^>]+ \/>$/);
    assert.deepEqual((await open(at('a.zip'))).counts({ ...queue.table, step: 'a' }), {
      rows: 0,
      links: 0,
    });
  });

  it('is the same bytes for the same rows in any order', async () => {
    const rows = ids.map((id) => queue.row(id, { name: id }));
    await writePackage(at('a.zip'), 'zip', [{ table: queue.table, rows }]);
    await writePackage(at('b.zip'), 'zip', [{ table: queue.table, rows: [...rows].reverse() }]);
    assert.ok((await readFile(at('a.zip'))).equals(await readFile(at('b.zip'))));
  });

  it('says when it was exported only when asked to', async () => {
    const writer = await createPlainPackage(at('a.zip'), 'zip', nodeFiles);
    const step = await writer.step('a', composeSchema([queue.table]), '2024-03-01T09:30:00Z');
    await step.table(queue.table, each([queue.row(ids[0], {})]), each([]), neverAborted);
    await step.close();
    await writer.finish((steps) => manifest(steps));
    assert.match(
      String(await partOf(at('a.zip'), 'data.xml')),
      / timestamp="2024-03-01T09:30:00\.0000000Z">/,
    );
    assert.equal((await open(at('a.zip'))).timestamp('a'), '2024-03-01T09:30:00Z');
  });

  it('carries the files of file columns', async () => {
    const table = aTable('note').with('document', 'file');
    const writer = await createPackage(at('p'), 'zip', nodeFiles);
    const step = await writer.step('01-notes', composeSchema([table.table]));
    const document = await step.payload('a.pdf', each([Buffer.from('PDF')]));
    await step.table(table.table, each([table.row(ids[0], { document })]), each([]), neverAborted);
    await step.close();
    await writer.finish((steps) => manifest(steps));
    for (const path of [at('p'), await unpacked(at('p'), at('f'))]) {
      const opened = await open(path);
      const [note] = opened.tables;
      assert.ok(note !== undefined);
      const [row] = await collect(opened.rows(note, neverAborted));
      assert.deepEqual(row?.cells[1], document);
      const content = await collect(opened.payload('01-notes', document, neverAborted));
      assert.equal(String(Buffer.concat(content)), 'PDF');
    }
  });

  it('appears whole or not at all, and replaces only a package', async () => {
    const writer = await createPackage(at('p'), 'zip', nodeFiles);
    const step = await writer.step('01', composeSchema([queue.table]));
    await step.table(queue.table, each([queue.row(ids[0], {})]), each([]), neverAborted);
    await step.close();
    await writer.abort();
    assert.deepEqual(await readdir(at('.')), []);

    await mkdir(at('taken'));
    await writeFile(at('taken/precious.xlsx'), 'x');
    await assert.rejects(createPackage(at('taken'), 'zip', nodeFiles), { code: 'URM1110' });
    assert.deepEqual(await readdir(at('taken')), ['precious.xlsx']);
  });

  it('keeps what people put beside a package that is replaced', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const writer = await createPackage(at('p'), 'folder', nodeFiles);
      const step = await writer.step('01-queues', composeSchema([queue.table]));
      await step.table(queue.table, each([queue.row(ids[turn] ?? '', {})]), each([]), neverAborted);
      await step.close();
      await writer.finish((steps) => manifest(steps));
      await writeFile(at('p/README.md'), 'Ours.');
    }
    assert.deepEqual(await readdir(at('p')), ['01-queues', 'README.md', 'migration.json']);
    assert.deepEqual(await readdir(at('p/01-queues/queue')), ['row.11111111.json']);
  });
});

function manifest(
  steps: readonly { readonly step: string; readonly sha256: string }[],
): PackageManifest {
  return {
    format: 1,
    tool: 'test',
    source: { organizationId: ids[0], url: 'https://a.example' },
    channels: [],
    scope: {},
    steps: steps.map(({ step, sha256 }) => ({ step, area: 'queues', tables: [], sha256 })),
    withheld: [],
    removed: [],
  };
}

async function unpacked(from: string, to: string): Promise<string> {
  await convertPackage(from, { path: to, form: 'folder', files: nodeFiles }, neverAborted);
  return to;
}

describe('opening a package', () => {
  const at = useTemporaryFolder();
  const writeFolder = async (): Promise<string> => {
    const writer = await createPackage(at('p'), 'zip', nodeFiles);
    for (const name of ['01-first', '02-second']) {
      const step = await writer.step(name, composeSchema([queue.table]));
      await step.table(queue.table, each([queue.row(ids[0], { name })]), each([]), neverAborted);
      await step.close();
    }
    await writer.finish((steps) => manifest(steps));
    return at('p');
  };

  it('gives the same hash and content for zips and for folders, and for a zip unpacked by hand', async () => {
    const path = await writeFolder();
    const zips = await open(path);
    const folders = await open(await unpacked(path, at('f')));
    assert.deepEqual(zips.steps, ['01-first', '02-second']);
    assert.equal(folders.hash, zips.hash);
    assert.deepEqual(await contentOf(folders), await contentOf(zips));
    assert.equal(folders.manifest?.steps[0]?.sha256, undefined);
    assert.match(zips.manifest?.steps[0]?.sha256 ?? '', /^[0-9a-f]{64}$/);

    const one = await open(`${path}/01-first.zip`);
    await mkdir(at('hand'));
    for (const name of ['data.xml', 'data_schema.xml'])
      await writeFile(at(`hand/${name}`), await partOf(`${path}/01-first.zip`, name));
    assert.equal((await open(at('hand'))).hash, one.hash);
  });

  it('may be asked for rows more than once, table by table in any order', async () => {
    const other = aTable('account').with('name', 'text');
    await writePackage(at('a.zip'), 'zip', [
      { table: queue.table, rows: [queue.row(ids[0], { name: 'q' })] },
      { table: other.table, rows: [other.row(ids[1], { name: 'a' })] },
    ]);
    const opened = await open(at('a.zip'));
    const [first, second] = opened.tables;
    assert.ok(first !== undefined && second !== undefined);
    for (const [table, name] of [
      [second, 'a'],
      [first, 'q'],
      [second, 'a'],
    ] as const) {
      const rows = await collect(opened.rows(table, neverAborted));
      assert.deepEqual(
        rows.map((row) => row.cells[1]),
        [name],
      );
    }
  });

  it('refuses a step that is not the one recorded', async () => {
    const path = await writeFolder();
    await writePackage(`${path}/01-first.zip`, 'zip', [
      { table: queue.table, rows: [queue.row(ids[0], { name: 'swapped' })] },
    ]);
    await assert.rejects(open(path), { code: 'URM1108' });
  });

  it('refuses manifests that cannot be right', async () => {
    const path = await writeFolder();
    const text = await readFile(`${path}/migration.json`, 'utf8');
    for (const [broken, reason] of [
      ['{', /not valid JSON/],
      ['[]', /not a JSON object/],
      [text.replace('"format": 1', '"format": 2'), /of format 2, not 1/],
      [text.replace('01-first', '../outside'), /is no file name/],
      [text.replace('01-first', '02-second'), /names a step twice/],
      [text.replace('01-first', '09-absent'), /neither 09-absent\.zip nor the folder/],
    ] as const) {
      await writeFile(`${path}/migration.json`, broken);
      await assert.rejects(open(path), (error: Error & { code: string }) => {
        assert.equal(error.code, 'URM1107');
        assert.match(error.message, reason);
        return true;
      });
    }
  });

  it('says what was found instead of a package', async () => {
    await assert.rejects(open(at('nothing')), { code: 'URM1101' });
    await mkdir(at('empty'));
    await assert.rejects(
      open(at('empty')),
      /neither migration.json nor data_schema.xml, but nothing/,
    );
    await writeFile(at('empty/report.pdf'), 'x');
    await assert.rejects(open(at('empty')), /but report\.pdf/);
    await writeFile(at('text.zip'), 'no zip');
    await assert.rejects(open(at('text.zip')), { code: 'URM1104' });
    await writePackage(at('a.zip'), 'zip', [{ table: queue.table, rows: [] }]);
    await unpacked(at('a.zip'), at('f'));
    await rm(at('f/data_schema.xml'));
    await assert.rejects(open(at('f')), /it has no data_schema.xml/);
  });

  it('says line and column of a data.xml that is cut off', async () => {
    await writeZip(
      at('a.zip'),
      schema,
      '<entities>\r\n  <entity name="queue" displayname="Q">\r\n    <reco',
    );
    await assert.rejects(open(at('a.zip')), (error: Error & { code: string }) => {
      assert.equal(error.code, 'URM1103');
      assert.match(error.message, /data\.xml line 3, column \d+/);
      assert.match(error.message, /cut off/);
      return true;
    });
  });

  it('refuses entities and endless nesting', async () => {
    await writeZip(at('a.zip'), schema, '<!DOCTYPE x [<!ENTITY a "b">]><entities>&a;</entities>');
    await assert.rejects(open(at('a.zip')), { code: 'URM1105' });
    await writeZip(
      at('b.zip'),
      schema,
      `<entities>${'<a>'.repeat(100)}${'</a>'.repeat(100)}</entities>`,
    );
    await assert.rejects(open(at('b.zip')), /nested more than/);
    await writeZip(at('c.zip'), schema, '<entities>&nosuch;</entities>');
    await assert.rejects(open(at('c.zip')), { code: 'URM1103' });
  });

  it('reports oddities once each, with place and number', async () => {
    const record = (fields: string): string => `<record id="${ids[0]}">${fields}</record>`;
    await writeZip(
      at('a.zip'),
      schema,
      '<entities><entity name="queue" displayname="Q"><records>' +
        record('<field name="ghost" value="1" />') +
        record('<field name="ghost" value="2" />') +
        '</records><m2mrelationships><m2mrelationship sourceid="x" targetentityname="systemuser" m2mrelationshipname="nosuch"><targetids /></m2mrelationship></m2mrelationships></entity>' +
        `<entity name="stranger" displayname="S"><records>${record('')}</records></entity><sideways /></entities>`,
    );
    const { findings } = await open(at('a.zip'));
    assert.deepEqual(findings.map(({ code }) => code).sort(), [
      'URM1120',
      'URM1121',
      'URM1122',
      'URM1123',
      'URM1127',
      'URM1131',
    ]);
    const ghost = findings.find(({ code }) => code === 'URM1120');
    assert.match(ghost?.where ?? '', /data\.xml line 1, column \d+, table queue/);
    assert.equal(ghost?.detail, '2 times in all.');
  });

  for (const [form, prefix, encode] of [
    ['UTF-8', '', (text: string) => Buffer.from(text)],
    ['UTF-8 with its mark', '\ufeff', (text: string) => Buffer.from(text)],
    ['UTF-16', '\ufeff', (text: string) => Buffer.from(text, 'utf16le')],
  ] as const)
    it(`gives each table alone, wherever it stands in a document of ${form}, in a zip or beside its schema`, async () => {
      const tables = [aTable('first'), aTable('second'), aTable('third')].map((table) =>
        table.with('name', 'text'),
      );
      const text = tables
        .map(({ table: { name } }, n) => {
          const named = `<field name="name" value="é 漢 😀 ${name}" />`;
          const own = `<record id="${ids[n] ?? ''}">${named}</record>`;
          return `<entity name="${name}" displayname="😀"><records>${own}</records></entity>`;
        })
        .join('<!-- é -->');
      const document = encode(`${prefix}<entities>${text}</entities>`);
      const schemaText = composeSchema(tables.map(({ table }) => table)).text;
      await mkdir(at('loose'));
      await writeFile(at('loose/data.xml'), document);
      await writeFile(at('loose/data_schema.xml'), schemaText);
      const parts = [
        { name: 'data.xml', content: document },
        { name: 'data_schema.xml', content: Buffer.from(schemaText) },
      ];
      await writeArchive(at('a.zip'), parts, nodeFiles);
      for (const path of ['loose', 'a.zip']) {
        const opened = await open(at(path));
        for (const table of opened.tables.toReversed()) {
          const [row, ...others] = await collect(opened.rows(table, neverAborted));
          assert.deepEqual(others, []);
          assert.ok(row !== undefined);
          assert.equal(cell(row, 'name'), `é 漢 😀 ${table.name}`);
        }
      }
    });
});
