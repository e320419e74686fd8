import assert from 'node:assert/strict';
import { request as httpsRequest } from 'node:https';
import { openEmulator, withEmulator } from '#support/emulator.ts';
import { startEmulator } from '#emulator/server.ts';

const applicationId = 'abcdef00-1111-4222-8333-444455556666';

describe('signing in', () => {
  const emulator = withEmulator();
  let tenant: string;

  before(async () => {
    const challenged = await fetch(`${emulator.url}/api/data/v9.2/WhoAmI`);
    assert.equal(challenged.status, 401);
    const header = challenged.headers.get('www-authenticate') ?? '';
    const found =
      /^Bearer authorization_uri=(\S+)\/([0-9a-f-]{36})\/oauth2\/authorize, resource_id=(\S+)\/$/.exec(
        header,
      );
    assert.equal(found?.[1], emulator.url);
    assert.equal(found[3], emulator.url);
    tenant = found[2] ?? '';
    const who = await emulator.send('GET', 'WhoAmI');
    const user = {
      applicationid: applicationId,
      domainname: 'pipeline@contoso.test',
      firstname: 'Release',
      lastname: 'Pipeline',
      'businessunitid@odata.bind': `/businessunits(${who.body.BusinessUnitId})`,
    };
    const created = await emulator.send('POST', 'systemusers', { body: user });
    assert.equal(created.status, 204, created.text);
  });

  async function token(
    form: Record<string, string>,
    of = tenant,
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await fetch(`${emulator.url}/${of}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: applicationId,
        client_secret: 'emulator-secret',
        scope: `${emulator.url}/.default`,
        ...form,
      }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it('gives a token for the right secret, and the token acts as the application user', async () => {
    const { status, body } = await token({});
    assert.equal(status, 200);
    assert.equal(body['token_type'], 'Bearer');
    const headers = { Authorization: `Bearer ${String(body['access_token'])}` };
    const mine = await emulator.send('GET', 'WhoAmI', { headers });
    const administrator = await emulator.send('GET', 'WhoAmI');
    assert.equal(mine.status, 200);
    assert.notEqual(mine.body.UserId, administrator.body.UserId);
  });

  const refusals: readonly (readonly [string, Record<string, string>, number, string, number])[] = [
    ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    [
      'an unknown application',
      { client_id: '00000000-0000-4000-8000-000000000000' },
      400,
      'unauthorized_client',
      700016,
    ],
    [
      'a scope of another environment',
      { scope: 'https://other.crm.dynamics.com/.default' },
      400,
      'invalid_resource',
      500011,
    ],
    ['a scope without .default', { scope: 'user_impersonation' }, 400, 'invalid_scope', 1002012],
    ['an unknown grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ];
  for (const [title, form, status, error, number] of refusals) {
    it(`refuses ${title} with Entra's words`, async () => {
      const answer = await token(form);
      assert.equal(answer.status, status);
      assert.equal(answer.body['error'], error);
      assert.deepEqual(answer.body['error_codes'], [number]);
      assert.match(
        String(answer.body['error_description']),
        new RegExp(`^AADSTS${number}: .* Trace ID: .* Correlation ID: .* Timestamp: `),
      );
    });
  }

  it('refuses an unknown tenant', async () => {
    const answer = await token({}, '99999999-0000-4000-8000-000000000000');
    assert.deepEqual(answer.body['error_codes'], [90002]);
  });

  it('takes another secret once it is set', async () => {
    const body = JSON.stringify({ applicationId, secret: 'changed' });
    await fetch(`${emulator.url}/emulator/clients`, { method: 'PUT', body });
    assert.equal((await token({})).status, 401);
    assert.equal((await token({ client_secret: 'changed' })).status, 200);
  });

  it('tells where its endpoints are', async () => {
    const answer = await fetch(`${emulator.url}/${tenant}/v2.0/.well-known/openid-configuration`);
    const body = (await answer.json()) as Record<string, unknown>;
    assert.equal(body['token_endpoint'], `${emulator.url}/${tenant}/oauth2/v2.0/token`);
  });

  it('finishes a device code after the first poll', async () => {
    const started = await fetch(`${emulator.url}/organizations/oauth2/v2.0/devicecode`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: applicationId,
        scope: `${emulator.url}/user_impersonation openid`,
      }),
    });
    const { device_code: deviceCode } = (await started.json()) as { device_code: string };
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: deviceCode,
    };
    assert.equal((await token(form)).body['error'], 'authorization_pending');
    assert.equal((await token(form)).status, 200);
  });

  function jsonWebToken(claims: object): string {
    const encode = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${encode({ alg: 'none' })}.${encode(claims)}.x`;
  }

  it('refuses expired tokens and tokens for another environment', async () => {
    for (const claims of [{ exp: 1 }, { aud: 'https://other.crm.dynamics.com' }]) {
      const headers = { Authorization: `Bearer ${jsonWebToken(claims)}` };
      assert.equal((await emulator.send('GET', 'WhoAmI', { headers })).status, 401);
    }
  });

  it('lets the clock expire a token', async () => {
    const { body } = await token({ client_secret: 'changed' });
    const headers = { Authorization: `Bearer ${String(body['access_token'])}` };
    const move = (offsetMs: number): Promise<Response> =>
      fetch(`${emulator.url}/emulator/clock`, {
        method: 'PUT',
        body: JSON.stringify({ offsetMs }),
      });
    await move(2 * 3_600_000);
    assert.equal((await emulator.send('GET', 'WhoAmI', { headers })).status, 401);
    await move(0);
    assert.equal((await emulator.send('GET', 'WhoAmI', { headers })).status, 200);
  });

  it('writes rows as the user a caller stands in for', async () => {
    const users = await emulator.send(
      'GET',
      `systemusers?$select=systemuserid&$filter=applicationid eq ${applicationId}`,
    );
    const id: string = users.body.value[0].systemuserid;
    const act = (headers: Record<string, string>): ReturnType<typeof emulator.send> =>
      emulator.send('POST', 'accounts', { body: { name: 'x' }, headers });
    assert.equal((await act({ MSCRMCallerID: id })).body.error.code, '0x80040220');
    const who = await emulator.send('GET', 'WhoAmI');
    const own = { Authorization: `Bearer ${applicationId}`, MSCRMCallerID: who.body.UserId };
    assert.equal((await act(own)).body.error.code, '0x80040204');
    const roles = await emulator.send(
      'GET',
      "roles?$select=roleid&$filter=name eq 'System Administrator'",
    );
    await emulator.send('POST', `systemusers(${id})/systemuserroles_association/$ref`, {
      body: { '@odata.id': `roles(${roles.body.value[0].roleid})` },
    });
    const created = await emulator.send('POST', 'accounts?$select=_createdby_value', {
      body: { name: 'x' },
      headers: { MSCRMCallerID: id, Prefer: 'return=representation' },
    });
    assert.equal(created.body['_createdby_value'], id, created.text);
  });
});

describe('https', () => {
  it('serves with a certificate that clients can check', async () => {
    const running = await startEmulator({ port: 0, https: true });
    try {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const request = httpsRequest(
          `${running.url}/api/data/v9.2/WhoAmI`,
          { ca: running.certificate, headers: { Authorization: 'Bearer x' }, agent: false },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          },
        );
        request.once('error', reject);
        request.end();
      });
      assert.equal(status, 200);
    } finally {
      await running.close();
    }
  });
});

describe('two emulators', () => {
  it('are two organizations', async () => {
    const one = await openEmulator();
    const other = await openEmulator();
    try {
      const [first, second] = [await one.state(), await other.state()];
      assert.notEqual(first.organizationId, second.organizationId);
    } finally {
      await one.close();
      await other.close();
    }
  });
});
