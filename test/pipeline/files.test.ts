import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { cell, type Row } from '#shared/model/row.ts';
import { exportStage } from '#shared/stages/export.ts';
import { importStage } from '#shared/stages/import.ts';
import { verifyStage } from '#shared/stages/verify.ts';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';
import { id } from '#support/queue-rows.ts';
import { rowsOf, runWith, withFolder } from '#support/stage-runs.ts';

const schema = `<entities>
  <entity name="contact" displayname="Contact" etc="2" primaryidfield="contactid" primarynamefield="fullname">
    <fields>
      <field displayname="Contact" name="contactid" type="guid" primaryKey="true" />
      <field displayname="Last Name" name="lastname" type="string" />
      <field displayname="Image" name="entityimage" type="imagedata" />
    </fields>
  </entity>
  <entity name="new_document" displayname="Document" primaryidfield="new_documentid" primarynamefield="new_name">
    <fields>
      <field displayname="Id" name="new_documentid" type="guid" primaryKey="true" />
      <field displayname="Name" name="new_name" type="string" />
      <field displayname="Paper" name="new_paper" type="filedata" />
      <field displayname="Copy" name="new_copy" type="filedata" />
      <field displayname="Picture" name="new_picture" type="imagedata" />
    </fields>
  </entity>
  <entity name="email" displayname="Email" etc="4202" primaryidfield="activityid" primarynamefield="subject">
    <fields>
      <field displayname="Email" name="activityid" type="guid" primaryKey="true" />
      <field displayname="Subject" name="subject" type="string" />
      <field displayname="To" name="to" type="partylist" />
      <field displayname="Cc" name="cc" type="partylist" />
    </fields>
  </entity>
</entities>`;

const pixel = 'iVBORw0KGgo=';
const ann = id(1);
const bob = id(2);

/** A party by what it says; its id is its own in every environment. */
function who(party: Row): string {
  return JSON.stringify([cell(party, 'partyid'), cell(party, 'addressused')]);
}

describe('a package with files, images and parties', () => {
  const folder = withFolder();
  let source: TestEmulator;
  let target: TestEmulator;
  const at = (name: string): string => join(folder.path, name);

  before(async () => {
    const tablesFrom = at('data_schema.xml');
    await writeFile(tablesFrom, schema);
    source = await openEmulator({ tablesFrom });
    target = await openEmulator({ tablesFrom });
    await plant();
  });
  after(async () => {
    await source.close();
    await target.close();
  });

  async function plant(): Promise<void> {
    const send = async (method: string, path: string, body: object): Promise<void> => {
      const answer = await source.send(method, path, { body });
      assert.equal(answer.status, 204, answer.text);
    };
    await send('POST', 'contacts', { contactid: ann, lastname: 'Ann', entityimage: pixel });
    await send('POST', 'contacts', { contactid: bob, lastname: 'Bob' });
    const documents = (
      await source.send('GET', 'EntityDefinitions(LogicalName=%27new_document%27)')
    ).body.EntitySetName;
    for (const [number, columns] of [
      [3, ['new_paper', 'new_copy']],
      [4, ['new_copy']],
      [5, []],
    ] as const) {
      await send('POST', documents, { new_documentid: id(number), new_name: `Document ${number}` });
      await send('PATCH', `${documents}(${id(number)})`, { new_picture: pixel });
      for (const column of columns) await upload(`${documents}(${id(number)})/${column}`, number);
    }
    await send('POST', 'emails', {
      activityid: id(6),
      subject: 'Hello',
      email_activity_parties: [
        { 'partyid_contact@odata.bind': `/contacts(${ann})`, participationtypemask: 2 },
        { addressused: 'nobody@example.com', participationtypemask: 2 },
        { 'partyid_contact@odata.bind': `/contacts(${bob})`, participationtypemask: 3 },
      ],
    });
  }

  /** The paper and the copy of a document are the same; every document has another one. */
  async function upload(path: string, number: number): Promise<void> {
    const answer = await fetch(`${source.url}/api/data/v9.2/${path}`, {
      method: 'PATCH',
      headers: {
        Authorization: 'Bearer x',
        'Content-Type': 'application/octet-stream',
        'x-ms-file-name': `paper-${number}.txt`,
      },
      body: `The paper of document ${number}`.repeat(1000),
    });
    assert.equal(answer.status, 204);
  }

  const exportFrom = async (emulator: TestEmulator, out: string, format = 'zip') => {
    const inputs = { source: emulator.url, schema: at('data_schema.xml'), out: at(out), format };
    const { result } = await runWith(exportStage, inputs);
    assert.equal(result.outcome, 'succeeded', JSON.stringify(result.findings));
    return result;
  };
  const importInto = async (pkg: string, out: string) => {
    const inputs = { target: target.url, package: at(pkg), out: at(out) };
    const { result } = await runWith(importStage, inputs);
    assert.equal(result.outcome, 'succeeded', JSON.stringify(result.findings));
    return result;
  };
  /** Values that are the same wherever the row is: ids of parties are not. */
  const plain = (rows: ReadonlyMap<string, readonly Row[]>): unknown =>
    [...rows].map(([place, ofTable]) => [
      place.split(' ').at(-1),
      ofTable.map((row) => [
        row.id,
        ...row.cells.map((value) =>
          Array.isArray(value)
            ? value.map((item) => (typeof item === 'object' ? who(item) : String(item))).sort()
            : value,
        ),
      ]),
    ]);

  for (const [format, out] of [
    ['zip', 'first.zip'],
    ['folder', 'first'],
  ] as const)
    it(`moves whole as ${format}: imported, verified, exported again the same, nothing left to do`, async function () {
      this.timeout(60_000);
      await target.reset();
      await exportFrom(source, out, format);
      const result = await importInto(out, `run-${format}`);
      assert.equal(result.counts.created, 6);
      const verified = await runWith(verifyStage, { target: target.url, package: at(out) });
      assert.equal(verified.result.outcome, 'succeeded', JSON.stringify(verified.result.findings));
      await exportFrom(target, `again-${out}`, format);
      assert.deepEqual(plain(await rowsOf(at(`again-${out}`))), plain(await rowsOf(at(out))));
      const writes = await importInto(out, `run-${format}-2`);
      assert.equal(writes.counts.unchanged, 6);
      assert.equal(writes.requests.write, 0);
    });

  it('holds each file once, byte for byte', async () => {
    await exportFrom(source, 'bytes.zip');
    const { signal } = new AbortController();
    const pkg = await openPackage(at('bytes.zip'), nodeFiles, signal);
    const table = pkg.tables.find(({ name }) => name === 'new_document');
    assert.ok(table);
    for await (const row of pkg.rows(table, signal))
      for (const column of ['new_paper', 'new_copy']) {
        const file = cell(row, column);
        if (typeof file !== 'object' || file === null || !('sha256' in file)) continue;
        const pieces: Uint8Array[] = [];
        for await (const piece of pkg.payload(table.step, file, signal)) pieces.push(piece);
        const number = Number(row.id.slice(-1));
        assert.equal(file.fileName, `paper-${number}.txt`);
        assert.equal(
          Buffer.concat(pieces).toString(),
          `The paper of document ${number}`.repeat(1000),
        );
      }
  });

  it('brings a changed file and changed parties, and leaves the rest alone', async function () {
    this.timeout(60_000);
    await target.reset();
    await exportFrom(source, 'one.zip');
    await importInto('one.zip', 'run-one');
    const answer = await source.send('PUT', `emails(${id(6)})/email_activity_parties`, {
      body: {
        value: [
          { 'partyid_contact@odata.bind': `/contacts(${bob})`, participationtypemask: 2 },
          { 'partyid_contact@odata.bind': `/contacts(${bob})`, participationtypemask: 3 },
        ],
      },
    });
    assert.equal(answer.status, 204, answer.text);
    const { EntitySetName } = (
      await source.send('GET', 'EntityDefinitions(LogicalName=%27new_document%27)')
    ).body;
    await upload(`${EntitySetName}(${id(3)})/new_copy`, 9);
    await exportFrom(source, 'two.zip');
    const result = await importInto('two.zip', 'run-two');
    assert.equal(result.counts.updated, 2);
    assert.equal(result.counts.unchanged, 4);
    await exportFrom(target, 'three.zip');
    assert.deepEqual(plain(await rowsOf(at('three.zip'))), plain(await rowsOf(at('two.zip'))));
  });
});
