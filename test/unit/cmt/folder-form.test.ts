import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { composeSchema } from '#shared/cmt/schema.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Row } from '#shared/model/row.ts';
import {
  aTable,
  contentOf,
  neverAborted,
  partOf,
  writePackage,
  writeZip,
} from '#support/cmt-package.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const id = '3f2a91c0-1111-2222-3333-444455556666';
const other = '3f2a91c0-9999-2222-3333-444455556666';
const ruleset = '{"version":1,"rules":[{"name":"Gold","when":{"segment":"gold"}}]}';

describe('the folder form', () => {
  const at = useTemporaryFolder();
  const convert = (from: string, to: string, form: 'zip' | 'folder'): Promise<unknown> =>
    convertPackage(at(from), { path: at(to), form, files: nodeFiles }, neverAborted);
  const json = async (path: string): Promise<string> => readFile(at(path), 'utf8');

  const queue = aTable('queue')
    .with('name', 'text')
    .with('ownerid', 'owner')
    .with('priority', 'integer')
    .with('rate', 'decimal')
    .with('isdefault', 'boolean')
    .with('tags', 'choices')
    .with('since', 'datetime')
    .with('definition', 'memo')
    .linked('queuemembership', 'systemuser');
  const write = (rows: readonly Row[], ...targets: string[]): Promise<void> =>
    writePackage(at('a.zip'), 'zip', [
      {
        table: queue.table,
        rows,
        links: targets.map((to) => ({
          relationship: 'queuemembership',
          from: { table: 'queue', id },
          to: { table: 'systemuser', id: to },
        })),
      },
    ]);
  const backIsSame = async (): Promise<void> => {
    await convert('f', 'b.zip', 'zip');
    for (const name of ['data.xml', 'data_schema.xml'])
      assert.equal(
        String(await partOf(at('b.zip'), name)),
        String(await partOf(at('a.zip'), name)),
      );
  };

  it('puts one column on a line, in plain JSON', async () => {
    await write(
      [
        queue.row(id, {
          name: 'Größe & "Co"',
          ownerid: { table: 'team', id: other, name: 'Billing' },
          priority: 1,
          rate: '5.0000000000',
          isdefault: true,
          tags: [1, 2],
          since: '2024-03-01T09:30:00Z',
        }),
      ],
      other,
    );
    await convert('a.zip', 'f', 'folder');
    assert.deepEqual(await readdir(at('f')), ['_package.json', 'data_schema.xml', 'queue']);
    assert.equal(
      await json('f/queue/gro-e-co.3f2a91c0.json'),
      `{
  "queueid": "${id}",
  "name": "Größe & \\"Co\\"",
  "ownerid": { "table": "team", "id": "${other}", "name": "Billing" },
  "priority": 1,
  "rate": "5.0000000000",
  "isdefault": true,
  "tags": [1, 2],
  "since": "2024-03-01T09:30:00Z"
}
`,
    );
    assert.equal(
      await json('f/queue/_links.queuemembership.json'),
      `[\n  ["${id}", "${other}"]\n]\n`,
    );
    assert.deepEqual(Object.keys(JSON.parse(await json('f/_package.json'))), ['format', 'root']);
    await backIsSame();
  });

  it('gives long texts a file of their own, laid out where packing gives the exact text back', async () => {
    const long = 'x'.repeat(500);
    for (const [definition, file, content, as] of [
      [`${ruleset.slice(0, -1)},"more":"${long}"}`, 'json', /^\{\n {2}"version": 1,\n/, 'pretty'],
      [
        `<a><b c="1">${long}</b><d /></a>`,
        'xml',
        /^<a>\n {2}<b c="1">x+<\/b>\n {2}<d \/>\n<\/a>\n$/,
        'pretty',
      ],
      [`<a> <b>${long}</b></a>`, 'xml', /^<a> <b>x/, undefined],
      [`{ "spaced": "${long}" }`, 'json', /^\{ "spaced"/, undefined],
      ['line\r\nline', 'txt', /^line\r\nline$/, undefined],
      [Buffer.from(long).toString('base64'), 'bin', /^x+$/, 'base64'],
      [`\ufeff${long}`, 'txt', /^\ufeffx+$/, undefined],
    ] as const) {
      await write([queue.row(id, { name: 'Billing', definition })]);
      await rm(at('f'), { recursive: true, force: true });
      await convert('a.zip', 'f', 'folder');
      const name = `billing.3f2a91c0.definition.${file}`;
      assert.match(await json(`f/queue/${name}`), content);
      const row = JSON.parse(await json('f/queue/billing.3f2a91c0.json'));
      assert.deepEqual(row.definition, as === undefined ? { file: name } : { file: name, as });
      await rm(at('b.zip'), { force: true });
      await backIsSame();
    }
  });

  it('names rows that would clash by their whole id', async () => {
    await write([queue.row(id, { name: 'A' }), queue.row(other, { name: 'a!' })]);
    await convert('a.zip', 'f', 'folder');
    const names = (await readdir(at('f/queue'))).sort();
    assert.deepEqual(names, ['a.3f2a91c0.json', `a.${other.replaceAll('-', '')}.json`].sort());
    await backIsSame();
  });

  it('writes many rows as lines', async () => {
    const rows = Array.from({ length: 2001 }, (_, n) =>
      queue.row(`00000000-0000-0000-0000-${String(n).padStart(12, '0')}`, { priority: n }),
    );
    await write(rows);
    await convert('a.zip', 'f', 'folder');
    assert.deepEqual(await readdir(at('f/queue')), ['_rows.jsonl']);
    await backIsSame();
    // Lines may be added anywhere: packing puts them in order.
    const lines = (await json('f/queue/_rows.jsonl')).trimEnd().split('\n');
    await writeFile(at('f/queue/_rows.jsonl'), `${lines.reverse().join('\n')}\n`);
    await backIsSame();
  });

  it('keeps what it does not know', async () => {
    await writeZip(
      at('a.zip'),
      composeSchema([queue.table]).text,
      `<?xml version="1.0"?>\n<!-- by hand -->\n<entities mood="odd"><extra a="1"><b>t</b></extra>\n` +
        `<entity name="queue" displayname="Other" more="x"><records>\n` +
        `<record id="${other}" newId="1"><field name="name" value="x" /></record>` +
        `<record id="${id}"><field value="y" name="name"/><field name="priority" value="soon" /><field name="ghost" value="1" /><field name="name" /></record>` +
        `<record id="VG_PLACEHOLDER" /><record id="${id}"><field name="priority" value="007" /><other /></record>` +
        `</records><m2mrelationships><m2mrelationship sourceid="${id}" targetentityname="account" targetentitynameidfield="x" m2mrelationshipname="queuemembership"><targetids><targetid>${other}</targetid></targetids></m2mrelationship></m2mrelationships><mystery /></entity>` +
        `<entity name="ghost" displayname="G" /><entity name="queue" displayname="QUEUE"><records /></entity></entities>`,
    );
    await convert('a.zip', 'f', 'folder');
    await backIsSame();
  });

  it('keeps links in an order that is not the usual', async () => {
    const group = (source: string, target: string): string =>
      `\r\n      <m2mrelationship sourceid="${source}" targetentityname="systemuser" targetentitynameidfield="systemuserid" m2mrelationshipname="queuemembership">\r\n        <targetids>\r\n          <targetid>${target}</targetid>\r\n        </targetids>\r\n      </m2mrelationship>`;
    await writeZip(
      at('a.zip'),
      composeSchema([queue.table]).text,
      `\r\n<entities>\r\n  <entity name="queue" displayname="QUEUE">\r\n    <records />\r\n    <m2mrelationships>${group(other, id)}${group(id, other)}${group(other, other)}\r\n    </m2mrelationships>\r\n  </entity>\r\n</entities>`,
    );
    await convert('a.zip', 'f', 'folder');
    await backIsSame();
    await writeFile(at('f/queue/_links.queuemembership.json'), `[["${id}", "${other}"]]`);
    await convert('f', 'c.zip', 'zip');
    const text = String(await partOf(at('c.zip'), 'data.xml'));
    assert.equal(text.split('<targetid>').length, 2);
  });

  it('keeps line ends, indents, byte order marks, encodings and other entries', async () => {
    const text = String(
      await (async () => {
        await write([queue.row(id, { name: 'é' }), queue.row(other, {})]);
        return partOf(at('a.zip'), 'data.xml');
      })(),
    );
    const schema = composeSchema([queue.table]).text;
    const mixed = text
      .split('\r\n')
      .map((line, n) => line + (n % 3 === 0 ? '\n' : '\r\n'))
      .join('');
    for (const data of [
      text.replaceAll('\r\n', '\n'),
      text.replaceAll('\r\n', '\n').replaceAll('  ', '\t').replaceAll(' />', '/>'),
      text.replaceAll(/\r\n */g, ''),
      mixed,
      `\ufeff${text}`,
    ]) {
      await writeZip(at('a.zip'), schema, data);
      await rm(at('f'), { recursive: true, force: true });
      await convert('a.zip', 'f', 'folder');
      await rm(at('b.zip'), { force: true });
      await backIsSame();
    }
    await mkdir(at('loose'));
    await writeFile(at('loose/data.xml'), Buffer.from(`\ufeff${text}`, 'utf16le'));
    await writeFile(at('loose/data_schema.xml'), schema);
    await writeFile(at('loose/extra.bin'), Buffer.from([0, 1, 2]));
    await rm(at('f'), { recursive: true });
    await convert('loose', 'f', 'folder');
    await convert('f', 'c.zip', 'zip');
    assert.ok(
      (await partOf(at('c.zip'), 'data.xml')).equals(Buffer.from(`\ufeff${text}`, 'utf16le')),
    );
    assert.ok((await partOf(at('c.zip'), 'extra.bin')).equals(Buffer.from([0, 1, 2])));
  });

  it('takes the edit of a row, and then gives the usual layout', async () => {
    await write([queue.row(id, { name: 'Billing' })]);
    const data = String(await partOf(at('a.zip'), 'data.xml'));
    await writeZip(at('a.zip'), composeSchema([queue.table]).text, `<!-- mine -->${data}`);
    await convert('a.zip', 'f', 'folder');
    const path = 'f/queue/billing.3f2a91c0.json';
    await writeFile(at(path), (await json(path)).replace('"Billing"', '"Billing 2"'));
    await convert('f', 'c.zip', 'zip');
    assert.equal(
      String(await partOf(at('c.zip'), 'data.xml')),
      data.replace('Billing', 'Billing 2'),
    );
  });

  it('says which file is wrong and why', async () => {
    await write([queue.row(id, { name: 'Billing', definition: ruleset.repeat(10) })], other);
    await convert('a.zip', 'f', 'folder');
    const path = 'f/queue/billing.3f2a91c0.json';
    const row = await json(path);
    for (const [file, text, reason] of [
      [path, row.slice(0, -4), /is not valid JSON/],
      [path, '[]', /is not a JSON object/],
      [path, '{ "name": "x" }', /has no id/],
      [
        path,
        `{ "queueid": "${id}", "priority": "high" }`,
        /'priority' cannot be packed: a whole number/,
      ],
      [path, `{ "queueid": "${id}", "ownerid": "me" }`, /a lookup/],
      [path, `{ "queueid": "${id}", "name": null }`, /null cannot be carried/],
      [path, `{ "queueid": "${id}", "nosuch": "x" }`, /the schema has no such column/],
      [path, `{ "queueid": "${id}", "name": { "file": "../../secret" } }`, /not beside it/],
      [path, `{ "queueid": "${id}", "name": { "file": "absent.txt" } }`, /missing/],
      [path, `{ "queueid": "${id}", "name": { "xml": "<a><b></a>" } }`, /not well-formed/],
      ['f/queue/_links.queuemembership.json', '[["x"]]', /not a pair of ids/],
      ['f/queue/notes.docx', 'x', /neither a row nor a text/],
      ['f/stray/x.y.json', '{}', /no table of the schema/],
      ['f/_package.json', '{ "format": 9 }', /not of format 1/],
      [
        'f/_package.json',
        '{ "format": 1, "root": {}, "tables": [{ "folder": "../../elsewhere", "attributes": {} }] }',
        /no folder beside them/,
      ],
    ] as const) {
      const before = await readFile(at(file), 'utf8').catch(() => undefined);
      await mkdir(at(file.split('/').slice(0, -1).join('/')), { recursive: true });
      await writeFile(at(file), text);
      await assert.rejects(
        convert('f', 'c.zip', 'zip'),
        (error: Error) => {
          assert.match(error.message, reason);
          return true;
        },
        String(reason),
      );
      assert.equal(await nodeFiles.stat(at('c.zip')), undefined);
      if (before !== undefined) await writeFile(at(file), before);
      else if (file.startsWith('f/stray')) await rm(at('f/stray'), { recursive: true });
      else await rm(at(file));
    }
    await backIsSame();
  });

  it('follows no links', async () => {
    await write([queue.row(id, { name: 'Billing' })]);
    await convert('a.zip', 'f', 'folder');
    await writeFile(at('secret.json'), '{ "password": "hunter2" }');
    await symlink(at('secret.json'), at('f/queue/extra.3f2a91c1.json'));
    await assert.rejects(convert('f', 'c.zip', 'zip'), (error: Error) => {
      assert.match(error.message, /links are not followed/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });

  it('is read wherever a package is read', async () => {
    await write([queue.row(id, { name: 'Billing', priority: 3 })], other);
    await convert('a.zip', 'f', 'folder');
    const open = (path: string): ReturnType<typeof openPackage> =>
      openPackage(at(path), nodeFiles, neverAborted);
    const zip = await open('a.zip');
    const folder = await open('f');
    assert.equal(folder.hash, zip.hash);
    assert.deepEqual(await contentOf(folder), await contentOf(zip));
  });
});
