import assert from 'node:assert/strict';
import { writeArchive } from '#shared/cmt/archive.ts';
import { contentTypesFor } from '#shared/cmt/content-types.ts';
import { contentTypes } from '#shared/cmt/data-layout.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { aTable, neverAborted, partOf, writePackage } from '#support/cmt-package.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

describe('the list of content types', () => {
  const at = useTemporaryFolder();

  async function told(list: string | undefined, ...more: string[]): Promise<readonly string[]> {
    await writePackage(at('a.zip'), 'zip', [{ table: aTable('item').table, rows: [] }]);
    const parts = [
      { name: 'data.xml', content: await partOf(at('a.zip'), 'data.xml') },
      { name: 'data_schema.xml', content: await partOf(at('a.zip'), 'data_schema.xml') },
      ...more.map((name) => ({ name, content: Buffer.from('x') })),
      ...(list === undefined ? [] : [{ name: '[Content_Types].xml', content: Buffer.from(list) }]),
    ];
    await writeArchive(at('b.zip'), parts, nodeFiles);
    const { findings } = await openPackage(at('b.zip'), nodeFiles, neverAborted);
    return findings.filter(({ code }) => code === 'URM1133').map(({ summary }) => summary);
  }

  const payload = 'files/11111111-1111-4111-8111-111111111111.bin';
  const xmlOnly = Buffer.from(contentTypes).toString();

  it('is the 191 bytes of genuine exports, with the extension of payloads where there are some', async () => {
    assert.equal(contentTypesFor(['data.xml', 'data_schema.xml']).length, 191);
    const list = Buffer.from(contentTypesFor(['data.xml', payload])).toString();
    assert.match(list, /Extension="bin"/);
    assert.deepEqual(await told(list, payload), []);
  });

  it('says nothing of what is declared, by its extension or by its name', async () => {
    assert.deepEqual(await told(xmlOnly), []);
    const byName = `<Types><Default Extension="XML" ContentType="a/b"/><Override PartName="/${payload}" ContentType="a/b"/></Types>`;
    assert.deepEqual(await told(byName, payload), []);
  });

  it('tells of parts that the stock tool would not see', async () => {
    assert.deepEqual(await told(xmlOnly, payload), [
      `[Content_Types].xml does not declare ${payload}`,
    ]);
    assert.deepEqual(await told(undefined), ['The zip has no [Content_Types].xml']);
    for (const broken of ['<Types', '<types/>', '', '<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>'])
      assert.deepEqual(await told(broken), [
        '[Content_Types].xml is not the list of content types it should be',
      ]);
  });
});
