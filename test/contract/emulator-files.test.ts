import assert from 'node:assert/strict';
import { withEmulator } from '#support/emulator.ts';

describe('files', () => {
  const emulator = withEmulator();
  const api = (): string => `${emulator.url}/api/data/v9.2`;
  let path: string;
  let accountid: string;

  before(async () => {
    const created = await emulator.send('POST', 'accounts?$select=accountid', {
      body: { name: 'With files' },
      headers: { Prefer: 'return=representation' },
    });
    accountid = created.body.accountid;
    path = `${api()}/accounts(${accountid})/entityimage`;
  });

  async function upload(
    url: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Response> {
    return fetch(url, {
      method: 'PATCH',
      headers: {
        Authorization: 'Bearer x',
        'Content-Type': 'application/octet-stream',
        ...headers,
      },
      body,
    });
  }

  async function download(headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${path}/$value`, { headers: { Authorization: 'Bearer x', ...headers } });
  }

  it('go up in one request and come down whole, in ranges, and not at all when removed', async () => {
    assert.equal((await download()).status, 204);
    assert.equal(
      (await upload(path, 'hello world', { 'x-ms-file-name': 'hello.txt' })).status,
      204,
    );
    const whole = await download();
    assert.equal(whole.headers.get('x-ms-file-name'), 'hello.txt');
    assert.equal(whole.headers.get('x-ms-file-size'), '11');
    assert.equal(whole.headers.get('content-disposition'), 'attachment; filename="hello.txt"');
    assert.equal(await whole.text(), 'hello world');
    const part = await download({ Range: 'bytes=6-8' });
    assert.equal(part.status, 206);
    assert.equal(await part.text(), 'wor');
    assert.equal((await emulator.send('DELETE', `accounts(${accountid})/entityimage`)).status, 204);
    assert.equal((await download()).status, 204);
  });

  it('go up in chunks: 200 with the place to continue, 206, then 204', async () => {
    const first = await upload(`${path}?x-ms-file-name=big.bin`, '', {
      'x-ms-transfer-mode': 'chunked',
    });
    assert.equal(first.status, 200);
    assert.equal(first.headers.get('x-ms-chunk-size'), '4194304');
    const location = first.headers.get('location') ?? '';
    assert.match(location, /\/entityimage\?sessiontoken=/);
    const second = await upload(location, 'abc', { 'Content-Range': 'bytes 0-2/5' });
    assert.equal(second.status, 206);
    const gap = await upload(location, 'e', { 'Content-Range': 'bytes 4-4/5' });
    assert.equal(gap.status, 400);
    const last = await upload(location, 'de', { 'Content-Range': 'bytes 3-4/5' });
    assert.equal(last.status, 204);
    assert.equal(await (await download()).text(), 'abcde');
  });

  it('of a file column have rows of their own, are deleted by their ids, and have a limit', async () => {
    const column = {
      '@odata.type': 'Microsoft.Dynamics.CRM.FileAttributeMetadata',
      SchemaName: 'sample_Contract',
      MaxSizeInKB: 1,
    };
    const attributes = "EntityDefinitions(LogicalName='account')/Attributes";
    assert.equal((await emulator.send('POST', attributes, { body: column })).status, 204);
    const place = path.replace('entityimage', 'sample_contract');
    const named = { 'x-ms-file-name': 'contract.pdf' };
    const stored = await upload(`${place}?x-ms-file-name=other.pdf`, 'text', named);
    assert.equal(stored.status, 204);
    const shown = await emulator.send(
      'GET',
      `accounts(${accountid})?$select=sample_contract,sample_contract_name&$expand=account_FileAttachments($select=filename,filesizeinbytes,regardingfieldname)`,
    );
    assert.equal(shown.body.sample_contract_name, 'contract.pdf');
    const [file] = shown.body.account_FileAttachments;
    assert.equal(file.fileattachmentid, shown.body.sample_contract);
    assert.deepEqual(
      [file.filename, file.filesizeinbytes, file.regardingfieldname],
      ['contract.pdf', 4, 'sample_contract'],
    );
    const large = await upload(place, 'x'.repeat(1025), named);
    assert.equal(large.status, 400);
    assert.match(await large.text(), /0x80044a02/);
    const body = { FileId: file.fileattachmentid };
    assert.equal((await emulator.send('POST', 'DeleteFile', { body })).status, 204);
    const gone = await emulator.send('GET', `accounts(${accountid})?$select=sample_contract`);
    assert.equal(gone.body.sample_contract, null);
    assert.equal((await emulator.send('POST', 'DeleteFile', { body })).status, 404);
    assert.deepEqual((await emulator.send('GET', 'fileattachments')).body.value, []);
  });

  it('go up and down in blocks', async () => {
    const target = { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid };
    const call = async (action: string, body: object): Promise<Record<string, unknown>> => {
      const answer = await emulator.send('POST', action, { body });
      assert.ok(answer.status < 300, answer.text);
      return answer.body as Record<string, unknown>;
    };
    const started = await call('InitializeFileBlocksUpload', {
      Target: target,
      FileAttributeName: 'entityimage',
      FileName: 'blocks.bin',
    });
    const token = started['FileContinuationToken'];
    for (const [BlockId, text] of [
      ['one', 'first '],
      ['two', 'second'],
    ] as const) {
      const BlockData = Buffer.from(text).toString('base64');
      await call('UploadBlock', { BlockId, BlockData, FileContinuationToken: token });
    }
    const committed = await call('CommitFileBlocksUpload', {
      FileName: 'blocks.bin',
      MimeType: 'text/plain',
      BlockList: ['one', 'two'],
      FileContinuationToken: token,
    });
    assert.equal(committed['FileSizeInBytes'], 12);
    const down = await call('InitializeFileBlocksDownload', {
      Target: target,
      FileAttributeName: 'entityimage',
    });
    assert.equal(down['FileName'], 'blocks.bin');
    const block = await call('DownloadBlock', {
      Offset: 6,
      BlockLength: 100,
      FileContinuationToken: down['FileContinuationToken'],
    });
    assert.equal(Buffer.from(String(block['Data']), 'base64').toString(), 'second');
  });
});
