import assert from 'node:assert/strict';
import { withEmulator, type TestAnswer } from '#support/emulator.ts';

describe('batches', () => {
  const emulator = withEmulator();

  async function batch(body: string, headers: Record<string, string> = {}): Promise<TestAnswer> {
    return emulator.send('POST', '$batch', {
      body,
      headers: { 'Content-Type': 'multipart/mixed; boundary="b"', ...headers },
    });
  }

  /** Lines of one part, without its delimiter. */
  function part(method: string, url: string, body?: object, contentId?: string): string {
    const id = contentId === undefined ? '' : `Content-ID: ${contentId}\r\n`;
    const json = body === undefined ? '' : JSON.stringify(body);
    return (
      `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${id}\r\n` +
      `${method} ${url} HTTP/1.1\r\nContent-Type: application/json; type=entry\r\n\r\n${json}\r\n`
    );
  }

  function joined(boundary: string, parts: readonly string[]): string {
    return `${parts.map((text) => `--${boundary}\r\n${text}`).join('')}--${boundary}--\r\n`;
  }

  function changeSet(parts: readonly string[]): string {
    return `Content-Type: multipart/mixed; boundary=c\r\n\r\n${joined('c', parts)}`;
  }

  function statuses(answer: TestAnswer): readonly number[] {
    return [...answer.text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
  }

  const tooLong = { name: 'x'.repeat(500) };

  it('runs parts in order and answers each in its place', async () => {
    const url = `${emulator.url}/api/data/v9.2`;
    const answer = await batch(
      joined('b', [
        part('POST', '/api/data/v9.2/accounts', { name: 'one' }),
        part('POST', `${url}/accounts`, { name: 'two' }),
        part('GET', 'WhoAmI'),
      ]),
    );
    assert.equal(answer.status, 200, answer.text);
    assert.match(
      answer.headers.get('content-type') ?? '',
      /^multipart\/mixed; boundary=batchresponse_/,
    );
    assert.ok(answer.text.startsWith('--batchresponse_'));
    assert.deepEqual(statuses(answer), [204, 204, 200]);
    assert.match(
      answer.text,
      /HTTP\/1\.1 204 No Content\r\nLocation: [^\r]+\r\nOData-EntityId: [^\r]+\r\nOData-Version: 4\.0\r\n\r\n\r\n|HTTP\/1\.1 204 No Content\r\nOData-Version: 4\.0\r\nLocation: [^\r]+\r\nOData-EntityId: [^\r]+\r\n\r\n\r\n/,
    );
  });

  it('reads a boundary without quotes, an empty first line and bare line feeds', async () => {
    const body = joined('b', [part('GET', 'WhoAmI')]);
    const crlfFirst = await batch(`\r\n${body}`, { 'Content-Type': 'multipart/mixed;boundary=b' });
    assert.deepEqual(statuses(crlfFirst), [200]);
    const bare = await batch(body.replaceAll('\r\n', '\n'));
    assert.deepEqual(statuses(bare), [200]);
  });

  it('stops at the first failure with 400 and keeps what was done before', async () => {
    const before = (await emulator.state()).tables['account'] ?? 0;
    const answer = await batch(
      joined('b', [
        part('POST', 'accounts', { name: 'kept' }),
        part('POST', 'accounts', tooLong),
        part('POST', 'accounts', { name: 'never' }),
      ]),
    );
    assert.equal(answer.status, 400);
    assert.deepEqual(statuses(answer), [204, 400]);
    assert.match(answer.text, /REQ_ID: /);
    assert.equal((await emulator.state()).tables['account'], before + 1);
  });

  it('goes on after failures when asked to', async () => {
    const parts = [part('POST', 'accounts', tooLong), part('POST', 'accounts', { name: 'x' })];
    const answer = await batch(joined('b', parts), { Prefer: 'odata.continue-on-error' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('preference-applied'), 'odata.continue-on-error');
    assert.deepEqual(statuses(answer), [400, 204]);
  });

  it('rolls a change set back as a whole and answers it with one part', async () => {
    const before = (await emulator.state()).tables['account'] ?? 0;
    const set = changeSet([
      part('POST', 'accounts', { name: 'undone' }, '1'),
      part('POST', 'accounts', tooLong, '2'),
    ]);
    const answer = await batch(joined('b', [set]));
    assert.equal(answer.status, 400);
    assert.deepEqual(statuses(answer), [400]);
    assert.doesNotMatch(answer.text, /changesetresponse/);
    assert.equal((await emulator.state()).tables['account'] ?? 0, before);
  });

  it('lets later parts of a change set refer to earlier ones', async () => {
    const set = changeSet([
      part('POST', 'contacts', { lastname: 'First' }, '1'),
      part('POST', 'accounts', { name: 'Second', 'primarycontactid@odata.bind': '$1' }, '2'),
      part('PATCH', '$2', { description: 'third' }, '3'),
      part('PUT', '$1/parentcustomerid_account/$ref', { '@odata.id': '$2' }, '4'),
    ]);
    const answer = await batch(joined('b', [set]));
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(statuses(answer), [204, 204, 204, 204]);
    assert.match(
      answer.text,
      /--changesetresponse_[^\r]+\r\nContent-Type: application\/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1\r\n/,
    );
  });

  it('answers an unknown reference with a line of plain text', async () => {
    const set = changeSet([
      part('POST', 'phonecalls', { 'regardingobjectid_account_phonecall@odata.bind': '$1' }, '2'),
      part('POST', 'accounts', { name: 'later' }, '1'),
    ]);
    const answer = await batch(joined('b', [set]));
    assert.equal(answer.status, 400);
    assert.equal(answer.text, "Content-ID Reference: '$1' does not exist in the batch context.");
  });

  it('refuses change sets without Content-ID or with a read, nested batches and more than 1,000 parts', async () => {
    const noId = await batch(joined('b', [changeSet([part('POST', 'accounts', { name: 'x' })])]));
    assert.equal(noId.status, 400);
    assert.match(noId.body.error.message, /^Content-ID header not present/);
    const read = await batch(joined('b', [changeSet([part('GET', 'WhoAmI', undefined, '1')])]));
    assert.equal(read.status, 400);
    const nested = await batch(joined('b', [part('POST', '/api/data/v9.2/$batch')]));
    assert.equal(nested.status, 400);
    const many = await batch(
      joined(
        'b',
        Array.from({ length: 1001 }, () => part('GET', 'WhoAmI')),
      ),
    );
    assert.equal(many.status, 400);
    assert.match(many.body.error.message, /1001/);
  });

  it('refuses a body that lost its end', async () => {
    const answer = await batch(joined('b', [part('GET', 'WhoAmI')]).replace('--b--', ''));
    assert.equal(answer.status, 400);
  });

  it('does not hand its own preferences to its parts', async () => {
    const parts = [part('POST', 'accounts', { name: 'x' })];
    const answer = await batch(joined('b', parts), { Prefer: 'return=representation' });
    assert.deepEqual(statuses(answer), [204]);
  });

  it('keeps every byte of names in other scripts', async () => {
    const answer = await batch(
      joined('b', [
        changeSet([part('POST', 'accounts', { name: 'Zürich 東京 😀' }, '1')]),
        part('GET', 'accounts?$select=name'),
      ]),
    );
    assert.match(answer.text, /Zürich 東京 😀/);
  });

  it('lists its parts in the request log', async () => {
    await batch(joined('b', [part('GET', 'WhoAmI'), part('POST', 'accounts', { name: 'x' })]));
    const last = (await emulator.requests()).at(-1);
    assert.equal(last?.path, '/api/data/v9.2/$batch');
    assert.deepEqual(
      last.parts?.map(({ method, path, status }) => [method, path, status]),
      [
        ['GET', '/api/data/v9.2/WhoAmI', 200],
        ['POST', '/api/data/v9.2/accounts', 204],
      ],
    );
  });
});
