import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openTransport } from '#shared/dataverse/transport.ts';
import { InputError } from '#shared/errors/migration-error.ts';
import {
  idTokenUrl,
  requestIdToken,
  type FederationVariables,
} from '../../tasks/federated-token.ts';
import { PrerequisiteError } from '../../tasks/prerequisite-error.ts';
import { credentialOf, type ServiceConnection } from '../../tasks/service-connection.ts';

const signal = new AbortController().signal;
const network = openTransport({ variable: () => undefined, maxSockets: 1 });

function aConnection(
  scheme: string,
  parameters: Readonly<Record<string, string>> = {},
): ServiceConnection {
  return {
    id: 'dev',
    scheme,
    url: 'https://contoso.crm4.dynamics.com',
    parameter: (name) => parameters[name],
    idToken: () => Promise.resolve('id-token'),
  };
}

describe('a service connection', () => {
  it('signs in with a client secret', () => {
    const connection = aConnection('None', {
      tenantId: 't',
      applicationId: 'a',
      clientSecret: 's',
    });
    assert.deepEqual(credentialOf(connection, 'serviceConnection', undefined), {
      kind: 'secret',
      tenantId: 't',
      clientId: 'a',
      clientSecret: 's',
    });
  });

  it('signs in with a federated token, fresh each time', async () => {
    const credential = credentialOf(
      aConnection('WorkloadIdentityFederation', { tenantid: 't', serviceprincipalid: 'a' }),
      'serviceConnection',
      undefined,
    );
    assert.ok(credential.kind === 'assertion');
    assert.equal(credential.clientId, 'a');
    assert.equal(await credential.assertion(signal), 'id-token');
  });

  it('signs in with a managed identity, whose id an input may give', () => {
    const connection = aConnection('ManagedServiceIdentity');
    assert.deepEqual(credentialOf(connection, 'x', undefined), { kind: 'managed-identity' });
    assert.deepEqual(credentialOf(connection, 'x', 'id'), {
      kind: 'managed-identity',
      clientId: 'id',
    });
  });

  it('says which parameter is missing', () => {
    assert.throws(
      () => credentialOf(aConnection('None', { tenantId: 't' }), 'serviceConnection', undefined),
      (error) => error instanceof InputError && /has no applicationId/.test(error.message),
    );
  });

  it('says that it knows no other way to sign in', () => {
    assert.throws(() => credentialOf(aConnection('Kerberos'), 'x', undefined), /'Kerberos'/);
  });
});

describe('a federated token', () => {
  let server: Server | undefined;
  let answer: { status: number; body: string } = { status: 200, body: '' };
  let asked: { url: string | undefined; authorization: string | undefined; method?: string } = {
    url: undefined,
    authorization: undefined,
  };
  let origin = '';

  before(async () => {
    server = createServer((request, response) => {
      const { authorization } = request.headers;
      asked = {
        url: request.url,
        authorization,
        ...(request.method && { method: request.method }),
      };
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const variables = (more: Partial<FederationVariables> = {}): FederationVariables => ({
    requestUri: `${origin}/oidc`,
    collectionUri: undefined,
    projectId: undefined,
    hostType: undefined,
    planId: undefined,
    jobId: undefined,
    accessToken: 'job-token',
    ...more,
  });

  it('is asked for with the token of the job', async () => {
    answer = { status: 200, body: '{"oidcToken":"abc"}' };
    assert.equal(await requestIdToken(variables(), 'id 1', network, signal), 'abc');
    assert.deepEqual(asked, {
      url: '/oidc?api-version=7.1&serviceConnectionId=id%201',
      authorization: 'Bearer job-token',
      method: 'POST',
    });
  });

  it('is asked for at the job itself where the agent names no address', () => {
    assert.equal(
      idTokenUrl(
        variables({
          requestUri: undefined,
          collectionUri: 'https://dev.azure.com/contoso/',
          projectId: 'p',
          hostType: 'build',
          planId: 'pl',
          jobId: 'j',
        }),
        'c',
      ),
      'https://dev.azure.com/contoso/p/_apis/distributedtask/hubs/build/plans/pl/jobs/j/oidctoken?serviceConnectionId=c&api-version=7.2-preview.1',
    );
  });

  for (const [what, given] of [
    ['a refusal', { status: 403, body: '{}' }],
    ['a page', { status: 200, body: '<html>' }],
    ['an answer without a token', { status: 200, body: '{"other":1}' }],
  ] as const)
    it(`that is ${what} is one sentence with a remedy`, async () => {
      answer = given;
      await assert.rejects(
        requestIdToken(variables(), 'c', network, signal),
        (error) => error instanceof PrerequisiteError && error.code === 'URM1003',
      );
    });

  it('cannot be asked for without the token of the job', async () => {
    await assert.rejects(
      requestIdToken(variables({ accessToken: undefined }), 'c', network, signal),
      /no access token/,
    );
  });
});
