import assert from 'node:assert/strict';
import { openPackage } from '#shared/cmt/open-package.ts';
import { composeSchema } from '#shared/cmt/schema.ts';
import { writeArchive } from '#shared/cmt/archive.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { collect } from '#support/collect.ts';
import { aTable, each, neverAborted } from '#support/cmt-package.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const id = '0a1b2c3d-1111-2222-3333-444455556666';
const note = aTable('note').with('name', 'text');
const schema = Buffer.from(composeSchema([note.table]).text);
const documentOf = (value: string): string =>
  `<entities>\r\n  <entity name="note" displayname="Note">\r\n    <records>\r\n      <record id="${id}">\r\n        <field name="name" value="${value}" />\r\n      </record>\r\n    </records>\r\n    <m2mrelationships />\r\n  </entity>\r\n</entities>`;

describe('reading data.xml', () => {
  const at = useTemporaryFolder();
  const nameIn = async (data: Buffer, chunk = data.length): Promise<unknown> => {
    const pieces: Buffer[] = [];
    for (let from = 0; from < data.length; from += chunk)
      pieces.push(data.subarray(from, from + chunk));
    await writeArchive(
      at('a.zip'),
      [
        { name: 'data.xml', content: each(pieces) },
        { name: 'data_schema.xml', content: schema },
      ],
      nodeFiles,
    );
    const opened = await openPackage(at('a.zip'), nodeFiles, neverAborted);
    const [table] = opened.tables;
    assert.ok(table !== undefined);
    const [row] = await collect(opened.rows(table, neverAborted));
    assert.equal(row?.id, id);
    return row.cells[1];
  };
  const text = documentOf('Gr&amp;#252;n ж 💚');

  for (const [what, bytes] of [
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-8 with a declaration', Buffer.from(`<?xml version="1.0" encoding="utf-8"?>\n${text}`)],
    ['an empty first line', Buffer.from(`\r\n${text}`)],
    ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without a byte order mark', Buffer.from(text, 'utf16le')],
    ['UTF-16, high byte first', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-8 that says it is UTF-16', Buffer.from(`<?xml version="1.0" encoding="utf-16"?>${text}`)],
    ['line feeds alone', Buffer.from(text.replaceAll('\r\n', '\n'))],
    ['mixed line ends', Buffer.from(text.replace('\r\n', '\n'))],
    ['everything on one line', Buffer.from(text.replaceAll(/\r\n */g, ''))],
    [
      'attributes in another order',
      Buffer.from(text.replace(/(name="name") (value="[^"]*")/, '$2 $1')),
    ],
    [
      'comments and instructions',
      Buffer.from(text.replace('<records>', '<!-- <entity --><?x <entity ?><records>')),
    ],
  ] as const)
    it(`takes ${what}`, async () => {
      assert.equal(await nameIn(bytes), 'Grün ж 💚');
    });

  it('takes a Latin-1 file that says so', async () => {
    const latin = Buffer.from(
      `<?xml version="1.0" encoding="iso-8859-1"?>${documentOf('Grün')}`,
      'latin1',
    );
    assert.equal(await nameIn(latin), 'Grün');
  });

  it('takes the document in pieces of any size', async () => {
    for (const chunk of [1, 7, 64])
      assert.equal(await nameIn(Buffer.from(text), chunk), 'Grün ж 💚');
  });

  it('takes values of many megabytes', async () => {
    const value = 'x'.repeat(5_000_000);
    assert.equal(await nameIn(Buffer.from(documentOf(value))), value);
  });

  it('keeps line breaks and tabs in values', async () => {
    assert.equal(await nameIn(Buffer.from(documentOf('a&#xD;&#xA;b\tc&#x9;d'))), 'a\r\nb\tc\td');
  });

  it('refuses bytes that are no text', async () => {
    const broken = Buffer.concat([
      Buffer.from(documentOf('a')).subarray(0, 300),
      Buffer.from([0xff, 0xfe, 0xff]),
    ]);
    await assert.rejects(nameIn(broken), { code: 'URM1103' });
    await assert.rejects(
      nameIn(Buffer.from(`<?xml version="1.0" encoding="klingon"?>${text}`)),
      /klingon/,
    );
  });

  it('refuses another document', async () => {
    await assert.rejects(nameIn(Buffer.from('<html><body /></html>')), /begins with <html>/);
    await assert.rejects(nameIn(Buffer.from('')), { code: 'URM1103' });
  });

  it('stops when it is told to', async () => {
    await nameIn(Buffer.from(text));
    const signal = AbortSignal.abort(new Error('enough'));
    await assert.rejects(openPackage(at('a.zip'), nodeFiles, signal), /enough/);
  });
});
