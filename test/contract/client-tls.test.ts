import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { createCertificate } from '#emulator/protocol/certificate.ts';
import { openReader, type ClientPorts } from '#shared/dataverse/connect.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createInstantClock } from '#support/instant-clock.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const { signal } = new AbortController();
const id = '11111111-2222-4333-8444-555555555555';
const token = 'token-that-must-stay-home-5e1f';
const day = 86_400_000;
const program = fileURLToPath(new URL('../../cli/urm.ts', import.meta.url));

const whoAmI: RequestListener = (_, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ UserId: id, BusinessUnitId: id, OrganizationId: id }));
};

type Variables = Readonly<Record<string, string>>;

function askAt(
  url: string,
  variables: Variables = {},
  timeouts?: ClientPorts['timeouts'],
): Promise<unknown> {
  const client = openReader(
    { url, credential: { kind: 'token', token } },
    {
      clock: createInstantClock(),
      ids: randomIds,
      host: { log: () => {}, maskSecret: () => {}, variable: (name) => variables[name] },
      ...(timeouts === undefined ? {} : { timeouts }),
    },
  );
  return client.whoAmI(signal);
}

async function refusal(
  url: string,
  variables: Variables = {},
  timeouts?: ClientPorts['timeouts'],
): Promise<DataverseError> {
  const error = await askAt(url, variables, timeouts).then(
    () => assert.fail('It was expected to fail.'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DataverseError, String(error));
  assert.doesNotMatch(`${error.message} ${String(error.cause)} ${error.stack}`, /stay-home/);
  return error;
}

describe('TLS and hosts', () => {
  const at = useTemporaryFolder();
  const servers: Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  const listening = async (server: Server, host = '127.0.0.1'): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return (server.address() as AddressInfo).port;
  };

  /** An https server with a certificate made at a time; its root is in the file. */
  const secure = async (
    options: { readonly madeAt?: number; readonly hosts?: readonly string[] } = {},
    answer: RequestListener = whoAmI,
  ): Promise<{ readonly port: number; readonly trusting: Variables }> => {
    const { madeAt = Date.now(), hosts = [] } = options;
    const { key, certificate } = createCertificate(madeAt, hosts);
    const port = await listening(createSecureServer({ key, cert: certificate }, answer), '0.0.0.0');
    await writeFile(at('root.pem'), certificate);
    return { port, trusting: { 'Agent.CAInfo': at('root.pem') } };
  };

  /** A proxy that tunnels everything to one server of this machine. */
  const tunnelTo = async (
    port: number,
  ): Promise<{ readonly url: string; readonly seen: readonly string[] }> => {
    const seen: string[] = [];
    const proxy = createServer((request, response) => {
      seen.push(`plain ${request.url ?? ''} ${request.headers.authorization ?? ''}`);
      response.writeHead(500).end();
    });
    proxy.on('connect', (request, socket) => {
      seen.push(`${request.url ?? ''} ${JSON.stringify(request.headers)}`);
      const upstream = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [socket, upstream]) end.on('error', () => upstream.destroy());
    });
    return { url: `http://127.0.0.1:${await listening(proxy)}`, seen };
  };

  /** A proxy that takes what it is asked and never answers. */
  const silentProxy = async (): Promise<{ readonly port: number; readonly close: () => void }> => {
    const sockets: Duplex[] = [];
    const proxy = createServer();
    proxy.on('connect', (_, socket) => {
      sockets.push(socket.on('error', () => undefined));
    });
    const port = await listening(proxy);
    return {
      port,
      close: () => {
        for (const socket of sockets) socket.destroy();
      },
    };
  };

  describe('a certificate', () => {
    it('that the agent was told to trust is trusted', async () => {
      const { port, trusting } = await secure();
      await askAt(`https://127.0.0.1:${port}`, trusting);
    });

    it('that nobody vouches for is refused, with where to name it', async () => {
      const { port } = await secure();
      const error = await refusal(`https://127.0.0.1:${port}`);
      assert.equal(error.code, 'URM1013');
      assert.match(error.what, /signed by itself/);
      assert.match(error.next, /NODE_EXTRA_CA_CERTS.*--sslcacert/);
    });

    it('that has expired is refused, and the clock of the machine is named', async () => {
      const { port, trusting } = await secure({ madeAt: Date.now() - 400 * day });
      const error = await refusal(`https://127.0.0.1:${port}`, trusting);
      assert.equal(error.code, 'URM1013');
      assert.match(error.message, /not valid at this time.*clock of this machine/);
      assert.match(String(error.cause), /CERT_HAS_EXPIRED/);
    });

    it('that begins only tomorrow is refused as well', async () => {
      const { port, trusting } = await secure({ madeAt: Date.now() + 3 * day });
      const error = await refusal(`https://127.0.0.1:${port}`, trusting);
      assert.match(error.message, /not valid at this time/);
    });

    it('of another host is refused', async function () {
      if (process.platform !== 'linux') this.skip(); // Only there all of 127.0.0.0/8 answers.
      const { port, trusting } = await secure();
      const error = await refusal(`https://127.0.0.2:${port}`, trusting);
      assert.equal(error.code, 'URM1013');
      assert.match(error.message, /for another host.*something else answers/);
    });

    it('is not there where something speaks no TLS', async () => {
      const port = await listening(createServer(whoAmI));
      const error = await refusal(`https://127.0.0.1:${port}`);
      assert.equal(error.code, 'URM1013');
      assert.match(error.message, /No TLS connection .* speaks no TLS/);
    });

    it('whose file cannot be read is told by its path', async () => {
      const { port } = await secure();
      await assert.rejects(
        async () => askAt(`https://127.0.0.1:${port}`, { 'Agent.CAInfo': at('missing.pem') }),
        (error: unknown) => error instanceof DataverseError && error.where === at('missing.pem'),
      );
    });

    it('named in NODE_EXTRA_CA_CERTS is trusted by a process that starts with it', async function () {
      this.timeout(30_000);
      const { port } = await secure();
      const url = `https://127.0.0.1:${port}`;
      assert.match(await inProcess(url, {}), /^URM1013 /);
      assert.equal(await inProcess(url, { NODE_EXTRA_CA_CERTS: at('root.pem') }), id);
    });

    it('that a proxy shows cannot be waved through by NODE_TLS_REJECT_UNAUTHORIZED either', async function () {
      this.timeout(30_000);
      const { port } = await secure({ hosts: ['contoso.test'] });
      const { url } = await tunnelTo(port);
      const said = await inProcess('https://contoso.test', {
        HTTPS_PROXY: url,
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
      });
      assert.match(said, /^URM1013 /);
    });

    it('cannot be waved through by NODE_TLS_REJECT_UNAUTHORIZED', async function () {
      this.timeout(30_000);
      const { port } = await secure();
      const said = await inProcess(`https://127.0.0.1:${port}`, {
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
      });
      assert.match(said, /^URM1013 /);
    });
  });

  describe('a redirect', () => {
    for (const [name, scheme] of [
      ['to another host', 'https'],
      ['from https to http', 'http'],
    ] as const)
      it(`${name} is not followed, and no token goes there`, async () => {
        const seen: string[] = [];
        const listen: RequestListener = (request, response) => {
          seen.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
          whoAmI(request, response);
        };
        const { key, certificate } = createCertificate(Date.now());
        const elsewhere =
          scheme === 'https'
            ? createSecureServer({ key, cert: certificate }, listen)
            : createServer(listen);
        const target = await listening(elsewhere);
        const location = `${scheme}://127.0.0.1:${target}/api/data/v9.2/WhoAmI`;
        for (const status of [301, 302, 303, 307, 308]) {
          const { port, trusting } = await secure({}, (_, response) => {
            response.writeHead(status, { Location: location }).end();
          });
          const error = await refusal(`https://127.0.0.1:${port}`, trusting);
          assert.equal(error.code, 'URM1016', String(status));
        }
        assert.deepEqual(seen, []);
      });

    it('to the same host is not followed either', async () => {
      let asked = 0;
      const { port, trusting } = await secure({}, (_, response) => {
        asked += 1;
        response.writeHead(302, { Location: '/api/data/v9.2/other' }).end();
      });
      assert.equal((await refusal(`https://127.0.0.1:${port}`, trusting)).code, 'URM1016');
      assert.equal(asked, 1);
    });
  });

  describe('a proxy', () => {
    it('carries a connection whose end is checked, and sees no token', async () => {
      const { port, trusting } = await secure({ hosts: ['contoso.test'] });
      const { url, seen } = await tunnelTo(port);
      await askAt('https://contoso.test', { ...trusting, HTTPS_PROXY: url });
      assert.equal(seen.length, 1);
      assert.match(seen[0] ?? '', /^contoso\.test:443 /);
      assert.doesNotMatch(seen.join(), /stay-home/);
    });

    it('that takes no connection is named, and not the environment', async () => {
      const proxy = createServer();
      const port = await listening(proxy);
      proxy.close();
      const error = await refusal('https://contoso.test', {
        HTTPS_PROXY: `http://ann:pass@127.0.0.1:${port}`,
      });
      assert.equal(error.code, 'URM1012');
      assert.match(
        error.what,
        new RegExp(`^127\\.0\\.0\\.1:${port} \\(the proxy on the way to contoso`),
      );
    });

    it('that says no word is given up with the request, and named', async () => {
      const { port, close } = await silentProxy();
      const variables = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
      const error = await refusal('https://contoso.test', variables, { getMs: 50, batchMs: 50 });
      close();
      assert.equal(error.code, 'URM1014');
      assert.match(
        error.what,
        new RegExp(`contoso\\.test, asked through the proxy .*:${port}, did not`),
      );
    });

    it('that says no word does not keep a command that is through', async function () {
      this.timeout(30_000);
      const { port, close } = await silentProxy();
      const words = `export --environment https://contoso.test --deadline 0.02 --out ${at('package')}`;
      const child = spawn(process.execPath, ['--import', 'tsx', program, ...words.split(' ')], {
        env: {
          PATH: process.env['PATH'] ?? '',
          DATAVERSE_ACCESS_TOKEN: token,
          HTTPS_PROXY: `http://127.0.0.1:${port}`,
        },
      });
      let text = '';
      child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
      try {
        const [status] = (await once(child, 'close')) as [number | null];
        assert.equal(status, 1, text);
        assert.match(text, /URM1005/);
      } finally {
        child.kill('SIGKILL');
        close();
      }
    });

    it('that shows a certificate of its own gets no token, and is told as what it is', async () => {
      const asked: string[] = [];
      const { port } = await secure({ hosts: ['contoso.test'] }, (request, response) => {
        asked.push(request.headers.authorization ?? '');
        whoAmI(request, response);
      });
      const { url } = await tunnelTo(port);
      const error = await refusal('https://contoso.test', { HTTPS_PROXY: url });
      assert.equal(error.code, 'URM1013');
      assert.match(error.next, /proxy inspects connections/);
      assert.deepEqual(asked, []);
    });
  });
});

const script = `
import { openReader } from '#shared/dataverse/connect.ts';
import { randomIds, systemClock } from '#shared/host/node-ports.ts';
const host = { log: () => {}, maskSecret: () => {}, variable: (name) => process.env[name] };
const connection = { url: process.argv[1], credential: { kind: 'token', token: 'x' } };
const client = openReader(connection, { clock: systemClock, ids: randomIds, host });
client.whoAmI(new AbortController().signal).then(
  ({ userId }) => console.log(userId),
  (error) => console.log(error.code, error.message),
);
`;

/** Asks from a process of its own: Node reads these variables once, when it starts. */
async function inProcess(url: string, variables: Variables): Promise<string> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script, url],
    { env: { PATH: process.env['PATH'] ?? '', ...variables } },
  );
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  await once(child, 'close');
  return out.trim();
}
