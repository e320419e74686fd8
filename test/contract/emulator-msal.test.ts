import assert from 'node:assert/strict';
import { Agent, request as httpsRequest } from 'node:https';
import {
  ConfidentialClientApplication,
  PublicClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node';
import { startEmulator, type RunningEmulator } from '#emulator/server.ts';

const clientId = 'abcdef00-1111-4222-8333-444455556666';

describe('the real msal library', () => {
  let running: RunningEmulator;
  let tenant: string;
  let network: INetworkModule;
  let agent: Agent;

  before(async () => {
    running = await startEmulator({ port: 0, https: true });
    agent = new Agent({ ca: running.certificate ?? '' });
    network = networkOver(agent);
    const state = await network.sendGetRequestAsync<{ tenantId: string }>(
      `${running.url}/emulator/state`,
    );
    tenant = state.body.tenantId;
    const api = `${running.url}/api/data/v9.2`;
    const headers = { Authorization: 'Bearer x', 'Content-Type': 'application/json' };
    const who = await network.sendGetRequestAsync<{ BusinessUnitId: string }>(`${api}/WhoAmI`, {
      headers,
    });
    await network.sendPostRequestAsync(`${api}/systemusers`, {
      headers,
      body: JSON.stringify({
        applicationid: clientId,
        'businessunitid@odata.bind': `/businessunits(${who.body.BusinessUnitId})`,
      }),
    });
  });
  after(async () => {
    agent.destroy();
    await running.close();
  });

  function options(
    clientSecret?: string,
  ): ConstructorParameters<typeof ConfidentialClientApplication>[0] {
    return {
      auth: {
        clientId,
        authority: `${running.url}/${tenant}`,
        knownAuthorities: [new URL(running.url).host],
        ...(clientSecret === undefined ? {} : { clientSecret }),
      },
      system: { networkClient: network },
    };
  }

  it('signs in with a client secret', async () => {
    const application = new ConfidentialClientApplication(options('emulator-secret'));
    const result = await application.acquireTokenByClientCredential({
      scopes: [`${running.url}/.default`],
    });
    assert.ok(result?.accessToken);
  });

  it('hears of a wrong secret in words it knows', async () => {
    const application = new ConfidentialClientApplication(options('wrong'));
    await assert.rejects(
      application.acquireTokenByClientCredential({ scopes: [`${running.url}/.default`] }),
      (error: { errorCode?: string; errorMessage?: string }) =>
        error.errorCode === 'invalid_client' && /AADSTS7000215/.test(error.errorMessage ?? ''),
    );
  });

  it('signs in with a device code', async function () {
    this.timeout(20_000);
    const application = new PublicClientApplication(options());
    let message = '';
    const result = await application.acquireTokenByDeviceCode({
      scopes: [`${running.url}/user_impersonation`],
      deviceCodeCallback: (code) => {
        ({ message } = code);
      },
    });
    assert.match(message, /enter the code [0-9A-F]{8} to authenticate/);
    assert.ok(result?.accessToken);
  });
});

/** msal's network port over an agent that trusts the emulator's certificate. */
function networkOver(agent: Agent): INetworkModule {
  return {
    sendGetRequestAsync: <Body>(url: string, options?: NetworkRequestOptions) =>
      send<Body>(agent, { method: 'GET', url, ...(options === undefined ? {} : { options }) }),
    sendPostRequestAsync: <Body>(url: string, options?: NetworkRequestOptions) =>
      send<Body>(agent, { method: 'POST', url, ...(options === undefined ? {} : { options }) }),
  };
}

async function send<Body>(
  agent: Agent,
  sent: { readonly method: string; readonly url: string; readonly options?: NetworkRequestOptions },
): Promise<NetworkResponse<Body>> {
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      sent.url,
      { method: sent.method, agent, headers: sent.options?.headers ?? {} },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const body: Body = JSON.parse(text === '' ? '{}' : text);
          resolve({ headers: {}, body, status: answer.statusCode ?? 0 });
        });
      },
    );
    request.once('error', reject);
    request.end(sent.options?.body);
  });
}
