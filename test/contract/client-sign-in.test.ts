import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader } from '#shared/dataverse/connect.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import type { DataverseReader } from '#shared/dataverse/client.ts';
import type { Credential } from '#shared/host/host.ts';
import { randomIds, systemClock } from '#shared/host/node-ports.ts';
import { withEmulator } from '#support/emulator.ts';
import { createInstantClock } from '#support/instant-clock.ts';
import { json, webPage, withScriptedServer, type Step } from '#support/scripted-server.ts';

const { signal } = new AbortController();
const who = {
  UserId: '00000000-0000-4000-8000-000000000001',
  BusinessUnitId: '00000000-0000-4000-8000-000000000002',
  OrganizationId: '00000000-0000-4000-8000-000000000003',
};

async function failure(work: Promise<unknown>): Promise<DataverseError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof DataverseError, String(error));
    return error;
  }
  return assert.fail('It was expected to fail.');
}

describe('signing in', () => {
  describe('to an emulator', () => {
    const emulator = withEmulator();
    const masked = new Set<string>();
    let clientId = '';
    const open = (credential: Credential): DataverseReader =>
      openReader(
        { url: emulator.url, credential },
        {
          clock: systemClock,
          ids: randomIds,
          host: {
            log: () => {},
            maskSecret: (secret) => void masked.add(secret),
            variable: () => undefined,
          },
        },
      );
    const secret = (clientSecret: string, more: { clientId?: string; tenantId?: string } = {}) =>
      open({ kind: 'secret', clientId, clientSecret, ...more });

    before(async () => {
      const { body, text } = await emulator.send(
        'GET',
        'systemusers?$select=applicationid&$filter=applicationid ne null&$orderby=domainname',
      );
      clientId = body.value?.[0]?.applicationid;
      assert.match(clientId, /^[0-9a-f-]{36}$/, text);
    });

    it('works with a client secret, asking the environment where', async () => {
      masked.clear();
      const { userId } = await secret('emulator-secret').whoAmI(signal);
      assert.match(userId, /^[0-9a-f-]{36}$/);
      assert.ok(masked.has('emulator-secret'));
      assert.ok(masked.has(Buffer.from('emulator-secret').toString('base64')));
      assert.equal(masked.size, 4, 'the secret and the token, plain and as base64');
    });

    it('asks for one token, however many requests wait for it', async () => {
      const client = secret('emulator-secret');
      await Promise.all([client.whoAmI(signal), client.version(signal), client.whoAmI(signal)]);
      assert.deepEqual(client.requests, { read: 3, write: 0, throttled: 0 });
    });

    it('works with a certificate', async function () {
      const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
      try {
        const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
        try {
          execFileSync(
            'openssl',
            [
              'req',
              '-x509',
              '-newkey',
              'rsa:2048',
              '-nodes',
              '-days',
              '1',
              '-subj',
              '/CN=test',
              '-keyout',
              key,
              '-out',
              certificate,
            ],
            { stdio: 'ignore' },
          );
        } catch {
          this.skip(); // openssl makes the certificate; without it there is none to try.
        }
        const pem = readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8');
        await open({ kind: 'certificate', clientId, pem }).whoAmI(signal);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('works with a federated assertion, asked for each token', async () => {
      let asked = 0;
      const claims = { aud: 'api://AzureADTokenExchange', iss: 'i', sub: 's', exp: 4_000_000_000 };
      const tenantId = await tenantOf(emulator.url);
      await open({
        kind: 'assertion',
        tenantId,
        clientId,
        assertion: () => {
          asked += 1;
          return Promise.resolve(jwt(claims));
        },
      }).whoAmI(signal);
      assert.equal(asked, 1);
    });

    it('works with a device code', async () => {
      const shown: string[] = [];
      const client = open({ kind: 'device-code', clientId, show: (text) => void shown.push(text) });
      await client.whoAmI(signal);
      assert.match(shown.join(), /enter the code/);
    });

    it('says that the secret is wrong, and never shows it', async () => {
      const error = await failure(secret('wrong-secret').whoAmI(signal));
      assert.equal(error.code, 'URM1022');
      assert.match(error.message, new RegExp(clientId));
      assert.doesNotMatch(`${error.stack}${String(error.cause)}`, /wrong-secret/);
    });

    it('says that the application or the tenant is not known', async () => {
      const unknown = '99999999-2222-4333-8444-555555555555';
      const noApplication = secret('emulator-secret', { clientId: unknown });
      assert.equal((await failure(noApplication.whoAmI(signal))).code, 'URM1025');
      const noTenant = secret('emulator-secret', { tenantId: unknown });
      assert.equal((await failure(noTenant.whoAmI(signal))).code, 'URM1024');
    });
  });

  describe('to a scripted authority', () => {
    const server = withScriptedServer();
    const clientId = '11111111-2222-4333-8444-555555555555';
    const open = (credential: Credential, clock = createInstantClock()): DataverseReader =>
      openReader(
        { url: server.url, credential },
        {
          clock,
          ids: randomIds,
          host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
        },
      );
    const secret: Credential = { kind: 'secret', clientId, clientSecret: 's' };
    const challenge = (authority = `${server.url}/tenant`): Step =>
      json(401, '', {
        'WWW-Authenticate': `Bearer authorization_uri=${authority}/oauth2/authorize, resource_id=${server.url}/`,
      });
    const token = (text: string): Step =>
      json(200, { token_type: 'Bearer', expires_in: 3599, access_token: text });
    const refusal = (number: string): Step =>
      json(401, {
        error: 'invalid_client',
        error_description: `AADSTS${number}: Something. Trace ID: 1`,
      });

    it('renews a token once when it is refused', async () => {
      server.script([challenge(), token('one'), json(401, ''), token('two'), json(200, who)]);
      await open(secret).whoAmI(signal);
      assert.deepEqual(
        server.requests.map(({ headers }) => headers['authorization']),
        [undefined, undefined, 'Bearer one', undefined, 'Bearer two'],
      );
    });

    it('does not go on asking when the new token is refused too', async () => {
      server.script([challenge(), token('one'), json(401, ''), token('two'), json(401, '')]);
      assert.equal((await failure(open(secret).whoAmI(signal))).code, 'URM1030');
      assert.equal(server.requests.length, 5);
    });

    it('gets a new token five minutes before the old one expires', async () => {
      const clock = createInstantClock(Date.now());
      server.script([
        challenge(),
        token('one'),
        json(200, who),
        json(200, who),
        token('two'),
        json(200, who),
      ]);
      const client = open(secret, clock);
      await client.whoAmI(signal);
      clock.advance(54 * 60_000);
      await client.whoAmI(signal);
      clock.advance(2 * 60_000);
      await client.whoAmI(signal);
      assert.equal(server.requests.at(-1)?.headers['authorization'], 'Bearer two');
    });

    it('sends no credential to a login host that is not trusted', async () => {
      for (const host of [
        'https://login.evil.example/tenant',
        'http://login.microsoftonline.com/t',
      ]) {
        server.script([challenge(host)]);
        assert.equal((await failure(open(secret).whoAmI(signal))).code, 'URM1021');
        assert.equal(server.requests.length, 1);
      }
    });

    it('names a server that is no environment', async () => {
      server.script([webPage(200)]);
      assert.equal((await failure(open(secret).whoAmI(signal))).code, 'URM1017');
      server.script([json(404, {})]);
      assert.equal((await failure(open(secret).whoAmI(signal))).code, 'URM1019');
    });

    for (const [number, code] of [
      ['7000215', 'URM1022'],
      ['7000222', 'URM1023'],
      ['90002', 'URM1024'],
      ['700016', 'URM1025'],
      ['50034', 'URM1029'],
    ] as const)
      it(`has its own sentence for AADSTS${number}`, async () => {
        server.script([challenge(), refusal(number)]);
        const error = await failure(open(secret).whoAmI(signal));
        assert.equal(error.code, code);
        assert.equal(error.serviceCode, `AADSTS${number}`);
        assert.doesNotMatch(error.message, /Trace ID/);
      });

    it('prints issuer, subject and audience of an assertion that does not match, never the token', async () => {
      const assertion = jwt({
        iss: 'https://vstoken.dev.azure.com/1',
        sub: 'sc://o/p/c',
        aud: 'api://x',
      });
      for (const number of ['70021', '700213']) {
        server.script([challenge(), refusal(number)]);
        const error = await failure(
          open({
            kind: 'assertion',
            tenantId: 'tenant',
            clientId,
            assertion: () => Promise.resolve(assertion),
          }).whoAmI(signal),
        );
        assert.equal(error.code, 'URM1026');
        assert.match(
          error.message,
          /issuer https:\/\/vstoken\.dev\.azure\.com\/1, subject sc:\/\/o\/p\/c, audience api:\/\/x/,
        );
        assert.ok(!`${error.stack}${String(error.cause)}`.includes(assertion));
      }
    });

    describe('of this machine', () => {
      // The sign-in library finds the address of the machine's identity here, as App Service sets it.
      const names = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'];
      const saved = names.map((name) => process.env[name]);

      beforeEach(() => {
        process.env['IDENTITY_ENDPOINT'] = `${server.url}/msi/token`;
        process.env['IDENTITY_HEADER'] = 'header';
      });

      afterEach(() => {
        for (const [at, name] of names.entries()) {
          const value = saved[at];
          if (value === undefined) delete process.env[name];
          else process.env[name] = value;
        }
      });

      it('uses its managed identity, without asking the environment where', async () => {
        const expires = Math.floor(Date.now() / 1000) + 3600;
        server.script([
          json(200, {
            access_token: 'machine',
            expires_on: String(expires),
            resource: server.url,
            token_type: 'Bearer',
          }),
          json(200, who),
        ]);
        await open({ kind: 'managed-identity', clientId }).whoAmI(signal);
        assert.match(server.requests[0]?.path ?? '', new RegExp(`resource=${server.url}`));
        assert.match(server.requests[0]?.path ?? '', new RegExp(clientId));
        assert.equal(server.requests[1]?.headers['authorization'], 'Bearer machine');
      });

      it('says that there is none', async () => {
        server.script([], json(400, { statusCode: 400, message: 'No such identity' }));
        const error = await failure(open({ kind: 'managed-identity' }).whoAmI(signal));
        assert.equal(error.code, 'URM1027');
      });
    });

    it('names a certificate that cannot be read', async () => {
      server.script([challenge()]);
      const error = await failure(
        open({ kind: 'certificate', clientId, pem: 'nonsense' }).whoAmI(signal),
      );
      assert.equal(error.code, 'URM1022');
    });

    it('tries again when the login host fails for the moment', async () => {
      server.script([challenge(), json(503, {}), token('one'), json(200, who)]);
      await open(secret).whoAmI(signal);
      assert.equal(server.requests.length, 4);
    });
  });
});

async function tenantOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/data/v9.2/`);
  const header = answer.headers.get('www-authenticate') ?? '';
  return /authorization_uri=https?:\/\/[^/]+\/([^/]+)/.exec(header)?.[1] ?? '';
}

function jwt(claims: object): string {
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'RS256' })}.${encode(claims)}.signature`;
}
