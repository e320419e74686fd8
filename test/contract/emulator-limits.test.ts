import assert from 'node:assert/strict';
import { withEmulator, type TestAnswer } from '#support/emulator.ts';

describe('service protection', () => {
  describe('at the documented limits', () => {
    const emulator = withEmulator({ serviceProtection: true });

    it('tells what is left in the odd formats of the service', async () => {
      const { headers } = await emulator.send('GET', 'WhoAmI');
      assert.equal(headers.get('x-ms-ratelimit-burst-remaining-xrm-requests'), '5999');
      assert.equal(headers.get('x-ms-ratelimit-time-remaining-xrm-requests'), '1,200.00');
      assert.equal(headers.get('x-ms-dop-hint'), '48');
    });
  });

  describe('of requests', () => {
    const emulator = withEmulator({ serviceProtection: true, limits: { requests: 3 } });

    it('refuses until the window has moved on', async () => {
      const statuses: number[] = [];
      let last: TestAnswer | undefined;
      for (let n = 0; n < 4; n += 1) {
        last = await emulator.send('GET', 'WhoAmI');
        statuses.push(last.status);
      }
      assert.deepEqual(statuses, [200, 200, 200, 429]);
      assert.equal(last?.body.error.code, '0x80072322');
      assert.equal(
        last?.body.error.message,
        'Number of requests exceeded the limit of 3 over time window of 300 seconds.',
      );
      assert.match(last?.headers.get('retry-after') ?? '', /^(299|300)$/);
      const body = JSON.stringify({ offsetMs: 301_000 });
      await fetch(`${emulator.url}/emulator/clock`, { method: 'PUT', body });
      assert.equal((await emulator.send('GET', 'WhoAmI')).status, 200);
    });
  });

  describe('of execution time', () => {
    const emulator = withEmulator({
      serviceProtection: true,
      limits: { executionMs: 30 },
      latencyMs: 40,
    });

    it('refuses the request after the one that used it up', async () => {
      assert.equal((await emulator.send('GET', 'WhoAmI')).status, 200);
      const refused = await emulator.send('GET', 'WhoAmI');
      assert.equal(refused.status, 429);
      assert.equal(refused.body.error.code, '0x80072321');
      assert.match(
        refused.body.error.message,
        /^Combined execution time of incoming requests exceeded limit of 30 milliseconds/,
      );
    });
  });

  describe('on a clock that is told to run faster', () => {
    const emulator = withEmulator({
      serviceProtection: true,
      limits: { executionMs: 3000 },
      latencyMs: 4000,
      timeScale: 100,
      dopHint: 5,
    });

    it('counts as if it had not, and recommends what it was told', async () => {
      const first = await emulator.send('GET', 'WhoAmI');
      assert.equal(first.status, 200);
      assert.equal(first.headers.get('x-ms-dop-hint'), '5');
      const refused = await emulator.send('GET', 'WhoAmI');
      assert.equal(refused.status, 429);
      assert.equal(refused.body.error.code, '0x80072321');
      assert.ok(Number(refused.headers.get('retry-after')) > 200);
    });
  });

  describe('of concurrency', () => {
    const emulator = withEmulator({
      serviceProtection: true,
      limits: { concurrent: 2 },
      latencyMs: 100,
    });

    it('refuses what comes on top at once', async () => {
      const answers = await Promise.all([1, 2, 3].map(() => emulator.send('GET', 'WhoAmI')));
      const refused = answers.filter((answer) => answer.status === 429);
      assert.equal(refused.length, 1);
      assert.equal(refused[0]?.body.error.code, '0x80072326');
      assert.equal(
        refused[0].body.error.message,
        'Number of concurrent requests exceeded the limit of 2.',
      );
    });
  });

  describe('switched off', () => {
    const emulator = withEmulator({ limits: { requests: 1 } });

    it('refuses nothing', async () => {
      for (let n = 0; n < 3; n += 1) {
        assert.equal((await emulator.send('GET', 'WhoAmI')).status, 200);
      }
    });
  });
});

describe('headers', () => {
  const emulator = withEmulator();

  it('are those of the service on every answer', async () => {
    for (const path of ['WhoAmI', 'nothings']) {
      const { headers } = await emulator.send('GET', path);
      assert.equal(headers.get('odata-version'), '4.0');
      assert.match(headers.get('x-ms-service-request-id') ?? '', /^([0-9a-f-]{36}), \1$/);
      assert.match(headers.get('req_id') ?? '', /^[0-9a-f-]{36}$/);
      assert.match(headers.get('access-control-expose-headers') ?? '', /OData-EntityId/);
    }
  });

  it('echo preferences, the size of pages last, separated as in the request', async () => {
    const annotations = 'odata.include-annotations="Microsoft.Dynamics.CRM.*"';
    for (const separator of [', ', '; ']) {
      const Prefer = `odata.maxpagesize=3${separator}${annotations}`;
      const { headers } = await emulator.send('GET', 'queues?$select=name', {
        headers: { Prefer },
      });
      assert.equal(
        headers.get('preference-applied'),
        `${annotations}${separator}odata.maxpagesize=3`,
      );
    }
  });

  it('say gzip when the client takes it', async () => {
    const plain = await emulator.send('GET', 'WhoAmI', {
      headers: { 'Accept-Encoding': 'identity' },
    });
    assert.equal(plain.headers.get('content-encoding'), null);
    const zipped = await emulator.send('GET', 'WhoAmI', { headers: { 'Accept-Encoding': 'gzip' } });
    assert.equal(zipped.headers.get('content-encoding'), 'gzip');
    assert.deepEqual(zipped.body, plain.body);
  });

  it('answer 304 to who has the row already', async () => {
    const { body } = await emulator.send('GET', 'queues?$select=name&$top=1');
    const [row] = body.value;
    const headers = { 'If-None-Match': row['@odata.etag'] };
    const path = `queues(${row.queueid})?$select=name`;
    assert.equal((await emulator.send('GET', path, { headers })).status, 304);
    assert.equal(
      (await emulator.send('GET', path, { headers: { 'If-None-Match': 'null' } })).status,
      200,
    );
    // What other rows say may have changed all the same.
    const annotated = { ...headers, Prefer: 'odata.include-annotations="*"' };
    assert.equal((await emulator.send('GET', path, { headers: annotated })).status, 200);
    const expanded = `${path}&$expand=createdby($select=fullname)`;
    const whole = await emulator.send('GET', expanded, { headers });
    assert.equal(whole.status, 200);
    // A row beside one that was asked for alone tells its version, others do not.
    assert.match(whole.body.createdby['@odata.etag'], /^W\//);
    const many = await emulator.send('GET', 'queues?$expand=createdby($select=fullname)&$top=1');
    assert.equal('@odata.etag' in many.body.value[0].createdby, false);
  });

  it('carry error details where all annotations are asked for', async () => {
    const headers = { Prefer: 'odata.include-annotations="*"' };
    const { body } = await emulator.send('GET', 'queues(11111111-2222-3333-4444-555555555555)', {
      headers,
    });
    assert.equal(
      body.error['@Microsoft.PowerApps.CDS.HelpLink'],
      'http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a80040217&client=platform',
    );
  });

  it('put a byte order mark before a plain count', async () => {
    const { state } = { state: await emulator.state() };
    const answer = await fetch(`${emulator.url}/api/data/v9.2/queues/$count`, {
      headers: { Authorization: 'Bearer x' },
    });
    assert.equal(answer.headers.get('content-type'), 'text/plain');
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.equal(bytes.toString('utf8'), `\uFEFF${state.tables['queue']}`);
  });
});
