import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openReader } from '#shared/dataverse/connect.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import { withEmulator } from '#support/emulator.ts';
import { createInstantClock } from '#support/instant-clock.ts';

const { signal } = new AbortController();

async function failure(
  url: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<DataverseError> {
  const client = openReader(
    { url, credential: { kind: 'token', token: 'secret-token' } },
    {
      clock: createInstantClock(),
      ids: randomIds,
      host: { log: () => {}, maskSecret: () => {}, variable: (name) => variables[name] },
    },
  );
  try {
    await client.whoAmI(signal);
  } catch (error) {
    assert.ok(error instanceof DataverseError, String(error));
    assert.match(error.message, /.+ \(GET .+\)\. .+\./);
    return error;
  }
  return assert.fail('It was expected to fail.');
}

describe('connecting', () => {
  describe('over TLS', () => {
    const emulator = withEmulator({ https: true });

    it('refuses a certificate that nobody vouches for', async () => {
      const error = await failure(emulator.url);
      assert.equal(error.code, 'URM1013');
      assert.match(error.next, /NODE_EXTRA_CA_CERTS/);
    });
  });

  it('says that the name of a host is not known', async () => {
    const error = await failure('https://contoso.invalid');
    assert.equal(error.code, 'URM1011');
    assert.match(error.message, /contoso\.invalid/);
  });

  describe('through a proxy', () => {
    const connects: { url: string; authorization: string | undefined }[] = [];
    let proxy: Server;
    let address: string;

    before(async () => {
      proxy = createServer();
      proxy.on('connect', (request, socket) => {
        connects.push({
          url: request.url ?? '',
          authorization: request.headers['proxy-authorization'],
        });
        assert.equal(request.headers.authorization, undefined, 'no token reaches the proxy');
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    });

    after(() => {
      proxy.closeAllConnections();
      proxy.close();
    });

    it('tunnels, so that the proxy sees neither paths nor tokens', async () => {
      const error = await failure('https://contoso.invalid', {
        HTTPS_PROXY: `http://ann:pass@${address}`,
      });
      assert.equal(error.code, 'URM1012');
      assert.match(error.message, /proxy, answered 403 in place of the environment/);
      assert.equal(connects[0]?.url, 'contoso.invalid:443');
      assert.equal(
        connects[0]?.authorization,
        `Basic ${Buffer.from('ann:pass').toString('base64')}`,
      );
      assert.doesNotMatch(`${error.message}${String(error.cause)}`, /pass@|secret-token/);
    });

    it('goes straight ahead for hosts of NO_PROXY', async () => {
      connects.length = 0;
      const error = await failure('https://contoso.invalid', {
        HTTPS_PROXY: `http://${address}`,
        NO_PROXY: '.invalid',
      });
      assert.equal(error.code, 'URM1011');
      assert.deepEqual(connects, []);
    });
  });
});
