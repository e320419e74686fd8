import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSecret } from '#emulator/emulator.ts';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import { startEmulator } from '#emulator/server.ts';
import { withEmulator } from '#support/emulator.ts';
import { runTask, type TaskEnd, type TestEndpoint } from '#support/run-task.ts';

const task = 'UnifiedRoutingGenerateSchema';
const managementUrl = 'https://management.azure.com/';

/** A token as Azure DevOps gives it to a job. */
function federatedToken(claims: object = {}): string {
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const whole = {
    iss: 'https://vstoken.dev.azure.com/4a1f0f52',
    sub: 'sc://contoso/routing/dev',
    aud: 'api://AzureADTokenExchange',
    exp: Math.floor(Date.now() / 1000) + 600,
    ...claims,
  };
  return `${encode({ alg: 'RS256' })}.${encode(whole)}.signature`;
}

describe('signing in with a service connection', function () {
  this.timeout(60_000);
  const environment = withEmulator({ seed: 'empty' });
  const other = withEmulator({ seed: 'contoso' });
  let folder = '';
  let tenantid = '';
  /** Azure DevOps and the identity service of the machine, as far as a task asks them. */
  let services: Server | undefined;
  let origin = '';
  let asked: { path: string; authorization: string | undefined }[] = [];
  let token = federatedToken();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sign-in-'));
    ({ tenantId: tenantid } = await environment.state());
    services = createServer((request, response) => {
      asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
      const isIdentity = request.url?.startsWith('/msi') === true;
      answerService(isIdentity, request.url ?? '').then(
        (body) =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
        (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
      );
    });
    await new Promise<void>((resolve) => services?.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(services.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    asked = [];
    token = federatedToken();
  });
  after(async () => {
    services?.closeAllConnections();
    services?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The machine's identity gets its token where applications get theirs. */
  const answerService = async (isIdentity: boolean, path: string): Promise<unknown> => {
    if (!isIdentity) return { oidcToken: token };
    const clientId = new URL(path, origin).searchParams.get('client_id') ?? '';
    const answer = await fetch(`${environment.url}/${tenantid}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: defaultSecret,
        scope: `${environment.url}/.default`,
      }),
    });
    const { access_token: accessToken } = (await answer.json()) as { access_token: string };
    return {
      access_token: accessToken,
      expires_on: String(Math.floor(Date.now() / 1000) + 3600),
      resource: environment.url,
      token_type: 'Bearer',
    };
  };

  const run = (
    inputs: Readonly<Record<string, string>>,
    endpoint: TestEndpoint,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<TaskEnd> =>
    runTask({
      task,
      node: process.execPath,
      inputs: { outputPath: join(folder, 'schemas'), channels: 'record', ...inputs },
      endpoints: {
        dev: endpoint,
        SYSTEMVSSCONNECTION: {
          url: 'https://dev.azure.com/contoso',
          scheme: 'OAuth',
          parameters: { AccessToken: 'job-access-token' },
        },
      },
      variables: { SYSTEM_OIDCREQUESTURI: `${origin}/oidc`, ...variables },
      folder,
    });

  const powerPlatform = (
    scheme: string,
    parameters: Readonly<Record<string, string>>,
  ): [Readonly<Record<string, string>>, TestEndpoint] => [
    { serviceConnection: 'dev' },
    { url: environment.url, scheme, parameters },
  ];
  const azure = (
    scheme: string,
    parameters: Readonly<Record<string, string>>,
  ): [Readonly<Record<string, string>>, TestEndpoint] => [
    { azureServiceConnection: 'dev', environmentUrl: environment.url },
    { url: managementUrl, scheme, parameters },
  ];
  const own = (
    scheme: string,
    parameters: Readonly<Record<string, string>>,
  ): [Readonly<Record<string, string>>, TestEndpoint] => [
    { authenticationType: 'dataverse', dataverseServiceConnection: 'dev' },
    { url: environment.url, scheme, parameters },
  ];
  const application = (): Record<string, string> => ({
    tenantId: tenantid,
    applicationId: applicationIds.releasePipeline,
  });
  const principal = (): Record<string, string> => ({
    tenantid,
    serviceprincipalid: applicationIds.releasePipeline,
  });

  describe('of type Power Platform', () => {
    it('works with a client secret', async () => {
      succeeded(
        await run(...powerPlatform('None', { ...application(), clientSecret: defaultSecret })),
      );
    });

    it('works with workload identity federation, asking with the token of the job', async () => {
      succeeded(await run(...powerPlatform('WorkloadIdentityFederation', principal())));
      assert.deepEqual(asked, [
        {
          path: '/oidc?api-version=7.1&serviceConnectionId=dev',
          authorization: 'Bearer job-access-token',
        },
      ]);
    });

    it('works with a token that the agent hands out itself', async () => {
      const [inputs, endpoint] = powerPlatform('WorkloadIdentityFederation', {
        ...principal(),
        idToken: token,
      });
      const end = await run(inputs, endpoint);
      succeeded(end);
      assert.deepEqual(asked, []);
      assert.equal(withoutMasks(end.text).includes(token), false);
    });

    it('works with a managed identity whose client id an input gives', async () => {
      const [inputs, endpoint] = powerPlatform('ManagedServiceIdentity', { tenantid: '' });
      succeeded(
        await run(
          { ...inputs, managedIdentityClientId: applicationIds.releasePipeline },
          endpoint,
          { IDENTITY_ENDPOINT: `${origin}/msi/token`, IDENTITY_HEADER: 'header' },
        ),
      );
      assert.ok(asked[0]?.path.includes(`client_id=${applicationIds.releasePipeline}`));
    });
  });

  describe('of type Azure Resource Manager', () => {
    it('works with a client secret', async () => {
      succeeded(
        await run(
          ...azure('ServicePrincipal', {
            ...principal(),
            authenticationType: 'spnKey',
            serviceprincipalkey: defaultSecret,
          }),
        ),
      );
    });

    it('works with a certificate', async function () {
      const pem = await certificate();
      if (pem === undefined) this.skip(); // openssl makes the certificate.
      const parameters = { ...principal(), authenticationType: 'spnCertificate' };
      succeeded(
        await run(
          ...azure('ServicePrincipal', { ...parameters, servicePrincipalCertificate: pem }),
        ),
      );
    });

    it('works with workload identity federation', async () => {
      succeeded(await run(...azure('WorkloadIdentityFederation', principal())));
      assert.equal(asked.length, 1);
    });

    it('takes the URL from the variable that the Power Platform tasks use', async () => {
      const [{ azureServiceConnection = '' }, endpoint] = azure(
        'WorkloadIdentityFederation',
        principal(),
      );
      succeeded(
        await run({ azureServiceConnection }, endpoint, {
          BUILDTOOLS_ENVIRONMENTURL: environment.url,
        }),
      );
    });

    it('says that such a connection holds no environment', async () => {
      const [, endpoint] = azure('WorkloadIdentityFederation', principal());
      const end = await run({ azureServiceConnection: 'dev' }, endpoint);
      failedWith(end, 'URM1001', /environmentUrl.*type Azure Resource Manager holds none/);
      assert.deepEqual(asked, []);
    });
  });

  describe('of our own type', () => {
    it('works with a client secret', async () => {
      succeeded(await run(...own('None', { ...application(), clientSecret: defaultSecret })));
    });

    it('works with a certificate whose line ends the form took away', async function () {
      const pem = await certificate();
      if (pem === undefined) this.skip(); // openssl makes the certificate.
      for (const text of [pem, pem.replaceAll('\n', ' ')]) {
        const end = await run(...own('Certificate', { ...application(), certificate: text }));
        succeeded(end);
        const secret: string = /PRIVATE KEY-----\s+(\S{20})/.exec(pem)?.[1] ?? assert.fail();
        assert.equal(withoutMasks(end.text).includes(secret), false);
      }
    });

    it('works with workload identity federation', async () => {
      succeeded(await run(...own('WorkloadIdentityFederation', principal())));
    });
  });

  describe('that fails', () => {
    it('says that the client secret is wrong', async () => {
      const wrong = { ...application(), clientSecret: 'wrong-secret' };
      const end = await run(...powerPlatform('None', wrong));
      failedWith(end, 'URM1022', /client secret is wrong/);
      assert.equal(withoutMasks(end.text).includes('wrong-secret'), false);
    });

    it('says that a federated token has expired, and whose it was', async () => {
      token = federatedToken({ exp: 1_700_000_000 });
      const end = await run(...powerPlatform('WorkloadIdentityFederation', principal()));
      failedWith(
        end,
        'URM1023',
        /issuer https:\/\/vstoken\.dev\.azure\.com\/4a1f0f52, subject sc:\/\/contoso\/routing\/dev, audience api:\/\/AzureADTokenExchange/,
      );
      assert.equal(withoutMasks(end.text).includes(token), false);
    });

    it('says that the tenant is not known', async () => {
      const tenantId = '99999999-2222-4333-8444-555555555555';
      const end = await run(
        ...powerPlatform('None', { ...application(), tenantId, clientSecret: defaultSecret }),
      );
      failedWith(end, 'URM1024', new RegExp(`tenant ${tenantId}`));
    });

    it('says that the application is not known', async () => {
      const applicationId = '99999999-2222-4333-8444-555555555555';
      const end = await run(
        ...powerPlatform('None', { ...application(), applicationId, clientSecret: defaultSecret }),
      );
      failedWith(end, 'URM1025', new RegExp(`application ${applicationId}`));
    });

    it('says that this machine has no managed identity', async () => {
      const end = await run(...powerPlatform('ManagedServiceIdentity', {}), {
        IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi/token',
        IDENTITY_HEADER: 'header',
      });
      failedWith(end, 'URM1027', /managed identity/);
    });

    it('says which rights are missing', async () => {
      const reader = {
        ...application(),
        applicationId: applicationIds.routingReader,
        clientSecret: defaultSecret,
      };
      const [inputs, endpoint] = powerPlatform('None', reader);
      const end = await runTask({
        task: 'UnifiedRoutingValidate',
        node: process.execPath,
        inputs: { ...inputs, sourceServiceConnection: 'source' },
        endpoints: {
          dev: endpoint,
          source: {
            url: other.url,
            scheme: 'None',
            parameters: {
              ...application(),
              tenantId: (await other.state()).tenantId,
              clientSecret: defaultSecret,
            },
          },
        },
        folder,
      });
      assert.equal(end.result, 'Failed');
      assert.match(end.text, /prv(Create|Write|Append)\w+/);
    });

    it('says that two connections are given and neither is chosen', async () => {
      const [, endpoint] = azure('WorkloadIdentityFederation', principal());
      const end = await run(
        { azureServiceConnection: 'dev', dataverseServiceConnection: 'dev' },
        endpoint,
      );
      failedWith(end, 'URM1001', /azureServiceConnection' and 'dataverseServiceConnection/);
    });
  });

  describe('on an agent', () => {
    it('behind a proxy asks Azure DevOps through it, and masks its password', async () => {
      const connects: string[] = [];
      const proxy = createServer();
      proxy.on('connect', (request, socket) => {
        connects.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      try {
        const [inputs, endpoint] = powerPlatform('WorkloadIdentityFederation', principal());
        const end = await run(inputs, endpoint, {
          SYSTEM_OIDCREQUESTURI: 'https://dev.azure.invalid/oidc',
          AGENT_PROXYURL: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
          AGENT_PROXYUSERNAME: 'ann',
          SECRET_AGENT_PROXYPASSWORD: 'proxy-password',
          SYSTEM_DEBUG: 'true',
        });
        failedWith(end, 'URM1003', /no federated token/);
        const basic = Buffer.from('ann:proxy-password').toString('base64');
        assert.equal(connects[0], `dev.azure.invalid:443 Basic ${basic}`);
        assert.equal(withoutMasks(end.text).includes('proxy-password'), false, end.text);
      } finally {
        proxy.closeAllConnections();
        proxy.close();
      }
    });

    it('trusts the certificates that the agent was configured with, and no others', async () => {
      const secure = await startEmulator({ port: 0, seed: 'empty', https: true });
      try {
        const file = join(folder, 'root.pem');
        await writeFile(file, secure.certificate ?? assert.fail('an https emulator has one'));
        const state = await fetchState(secure.url, await readFile(file, 'utf8'));
        const endpoint = {
          url: secure.url,
          scheme: 'None',
          parameters: { ...application(), tenantId: state, clientSecret: defaultSecret },
        };
        const inputs = { serviceConnection: 'dev' };
        succeeded(await run(inputs, endpoint, { AGENT_CAINFO: file }));
        failedWith(await run(inputs, endpoint), 'URM1013', /certificate/);
      } finally {
        await secure.close();
      }
    });
  });

  async function certificate(): Promise<string | undefined> {
    const [key, own] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    try {
      execFileSync(
        'openssl',
        'req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=test -keyout'
          .split(' ')
          .concat(key, '-out', own),
        { stdio: 'ignore' },
      );
    } catch {
      return undefined;
    }
    return (await readFile(own, 'utf8')) + (await readFile(key, 'utf8'));
  }
});

/** The tenant of an emulator whose certificate only this request trusts. */
async function fetchState(url: string, ca: string): Promise<string> {
  const { get } = await import('node:https');
  const text = await new Promise<string>((resolve, reject) => {
    get(`${url}/emulator/state`, { ca }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (part: string) => (body += part));
      answer.on('end', () => resolve(body));
    }).on('error', reject);
  });
  return (JSON.parse(text) as { tenantId: string }).tenantId;
}

function succeeded(end: TaskEnd): void {
  assert.match(end.result ?? end.text, /^Succeeded(WithIssues)?$/, end.text);
}

function failedWith(end: TaskEnd, code: string, sentence: RegExp): void {
  assert.equal(end.result, 'Failed', end.text);
  assert.deepEqual(
    end.issues.map(({ properties }) => properties['code']),
    [code],
  );
  assert.match(end.issues[0]?.message ?? '', sentence);
}

function withoutMasks(text: string): string {
  return text.replaceAll(/##vso\[task\.setsecret\].*/g, '');
}
