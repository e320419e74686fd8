import assert from 'node:assert/strict';
import { withEmulator } from '#support/emulator.ts';

describe('faults', () => {
  const emulator = withEmulator();
  const create = (headers: Record<string, string> = {}): ReturnType<typeof emulator.send> =>
    emulator.send('POST', 'queues', { body: { name: 'Billing' }, headers });
  const count = async (): Promise<number> => (await emulator.state()).tables['queue'] ?? 0;

  afterEach(() => emulator.faults(''));

  it('throttle every nth request, with and without Retry-After', async () => {
    await emulator.faults('429:every=2,seconds=7');
    assert.equal((await emulator.send('GET', 'WhoAmI')).status, 200);
    const second = await emulator.send('GET', 'WhoAmI');
    assert.equal(second.status, 429);
    assert.equal(second.headers.get('retry-after'), '7');
    assert.equal(second.body.error.code, '0x80072322');
    await emulator.faults('429:seconds=none,times=1;429:seconds=bad,times=1,nth=2');
    assert.equal((await emulator.send('GET', 'WhoAmI')).headers.get('retry-after'), null);
    assert.equal((await emulator.send('GET', 'WhoAmI')).headers.get('retry-after'), 'soon');
  });

  it('drop the connection before the write or after it', async () => {
    const before = await count();
    await emulator.faults('drop-before:table=queue,method=POST,times=1');
    await assert.rejects(create());
    assert.equal(await count(), before);
    await emulator.faults('drop-after:table=queue,nth=2');
    assert.equal((await create()).status, 204);
    await assert.rejects(create());
    assert.equal(await count(), before + 2);
    const log = await emulator.requests();
    assert.deepEqual(
      log.slice(-3).map(({ status }) => status),
      [0, 204, 0],
    );
  });

  it('answer with HTML, 503, a deadlock, a permanent error', async () => {
    await emulator.faults('html:path=WhoAmI');
    const html = await emulator.send('GET', 'WhoAmI');
    assert.match(html.headers.get('content-type') ?? '', /^text\/html/);
    await emulator.faults('503:path=WhoAmI');
    assert.equal((await emulator.send('GET', 'WhoAmI')).status, 503);
    await emulator.faults('deadlock:table=queue');
    const deadlock = await create();
    assert.equal(deadlock.status, 500);
    assert.equal(deadlock.body.error.code, '0x80044150');
    await emulator.faults('error:table=queue,status=403,code=0x80040220');
    const refused = await create();
    assert.equal(refused.status, 403);
    assert.equal(refused.body.error.code, '0x80040220');
  });

  it('apply a write and call it a duplicate', async () => {
    const before = await count();
    await emulator.faults('duplicate:table=queue,times=1');
    const answer = await create();
    assert.equal(answer.status, 412);
    assert.equal(answer.body.error.code, '0x80040237');
    assert.equal(await count(), before + 1);
  });

  it('cut an answer in the middle', async () => {
    await emulator.faults('truncate:path=WhoAmI');
    await assert.rejects(emulator.send('GET', 'WhoAmI'));
  });

  it('slow an answer down', async () => {
    await emulator.faults('slow:path=WhoAmI,seconds=0.05');
    assert.equal((await emulator.send('GET', 'WhoAmI')).status, 200);
    const last = (await emulator.requests()).at(-1);
    assert.ok((last?.ms ?? 0) >= 45);
  });

  it('hit parts of a batch, in the older envelope when throttled', async () => {
    await emulator.faults('429:table=queue,nth=2');
    const part = (name: string): string =>
      `--b\r\nContent-Type: application/http\r\n\r\nPOST queues HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"name":"${name}"}\r\n`;
    const before = await count();
    const answer = await emulator.send('POST', '$batch', {
      body: `${part('a')}${part('b')}${part('c')}--b--\r\n`,
      headers: { 'Content-Type': 'multipart/mixed;boundary=b', Prefer: 'odata.continue-on-error' },
    });
    assert.match(answer.text, /HTTP\/1\.1 429 Unknown Status Code\r\n/);
    assert.match(answer.text, /"ErrorCode":-2147015902/);
    assert.equal(await count(), before + 2);
  });

  it('roll a change set back when the connection drops inside it', async () => {
    await emulator.faults('drop-before:table=queue,nth=2');
    const part = (id: number): string =>
      `--c\r\nContent-Type: application/http\r\nContent-ID: ${id}\r\n\r\nPOST queues HTTP/1.1\r\n\r\n{"name":"x"}\r\n`;
    const body = `--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n${part(1)}${part(2)}--c--\r\n--b--\r\n`;
    const before = await count();
    const headers = { 'Content-Type': 'multipart/mixed;boundary=b' };
    await assert.rejects(emulator.send('POST', '$batch', { body, headers }));
    assert.equal(await count(), before);
  });

  it('can be read, replaced and removed; a wrong rule is refused with the reason', async () => {
    const faults = `${emulator.url}/emulator/faults`;
    await emulator.faults('503:path=WhoAmI');
    assert.equal(await (await fetch(faults)).text(), '503:path=WhoAmI');
    const wrong = await fetch(faults, { method: 'PUT', body: 'explode' });
    assert.equal(wrong.status, 400);
    assert.match(await wrong.text(), /'explode' is no kind of fault/);
    await fetch(faults, { method: 'DELETE' });
    assert.equal((await emulator.send('GET', 'WhoAmI')).status, 200);
  });
});
