import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { openReader, openWriter, type ClientPorts } from '#shared/dataverse/connect.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import { exportStage } from '#shared/stages/export.ts';
import { runStage } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import { createInstantClock } from '#support/instant-clock.ts';
import { aColumn, aTable } from '#support/environment-tables.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

const { signal } = new AbortController();
const token = 'token-that-must-stay-home-5e1f';

/** A place that lets connections hang, and how often that was tried. */
interface Stalled {
  readonly host: string;
  tried(): number;
  close(): void;
}

/** Takes connections and says no word on them, so that TLS never begins. */
async function silentServer(): Promise<Stalled> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    tried: () => sockets.length,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

const listener = `
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));
`;

/** A process that listens and is held: once its queue is full, Linux drops every further handshake. */
async function fullQueue(): Promise<Stalled> {
  const child: ChildProcess = spawn(process.execPath, ['--eval', listener]);
  const [line] = (await once(child.stdout ?? assert.fail(), 'data')) as [Buffer];
  const port = Number(line.toString('utf8'));
  child.kill('SIGSTOP');
  const fillers: Socket[] = [];
  for (let hanging = false; !hanging;) {
    const filler = connect(port, '127.0.0.1').on('error', () => undefined);
    fillers.push(filler);
    const probe = AbortSignal.timeout(300);
    hanging = await once(filler, 'connect', { signal: probe }).then(
      () => false,
      () => true,
    );
    assert.ok(fillers.length < 50, 'the queue is never full');
  }
  return {
    host: `127.0.0.1:${port}`,
    tried: () => 3,
    close: () => {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
    },
  };
}

const places: readonly { readonly title: string; readonly open: () => Promise<Stalled> }[] = [
  { title: 'that is taken, and no TLS follows', open: silentServer },
  { title: 'whose handshake nobody answers', open: fullQueue },
];

for (const { title, open } of places)
  describe(`a connection ${title}`, function () {
    this.timeout(30_000);
    const at = useTemporaryFolder();
    let place: Stalled;

    before(async function () {
      if (open === fullQueue && process.platform !== 'linux') this.skip();
      place = await open();
    });

    after(() => place.close());

    const timeouts = { getMs: 10_000, batchMs: 10_000, connectMs: 100 };
    const ports = (): ClientPorts => ({
      clock: createInstantClock(),
      ids: randomIds,
      host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
      timeouts,
    });
    const connection = () =>
      ({ url: `https://${place.host}`, credential: { kind: 'token', token } }) as const;

    it('is given up, tried three times, and told with the address and what to do', async () => {
      const earlier = place.tried();
      const error = await openReader(connection(), ports())
        .whoAmI(signal)
        .then(
          () => assert.fail('Nobody is there.'),
          (reason: unknown) => reason,
        );
      assert.ok(error instanceof DataverseError, String(error));
      assert.equal(error.code, 'URM1012');
      assert.match(error.what, new RegExp(`No connection to ${place.host} came about in time`));
      assert.match(error.where, new RegExp(`^GET https://${place.host}/`));
      assert.match(error.next, /Check the URL.*firewall.*HTTPS_PROXY/);
      assert.doesNotMatch(`${error.message} ${error.stack} ${String(error.cause)}`, /stay-home/);
      if (open === silentServer) assert.equal(place.tried() - earlier, 3);
    });

    it('has carried no write: it counts as not sent', async () => {
      const queues = aTable('queue', [aColumn('name', 'text')]);
      const write = {
        kind: 'create',
        table: queues,
        id: randomIds.next(),
        cells: new Map([['name', 'Billing']]),
      } as const;
      const writer = openWriter(connection(), ports());
      await assert.rejects(writer.write([write], randomIds.next(), signal), { code: 'URM1012' });
    });

    it('ends a stage as an error that names the address', async () => {
      const inputs = { source: `https://${place.host}`, out: at('package') };
      const entry = stageEntry('export') ?? assert.fail();
      const host = createTestHost(inputs, connection().credential);
      const stagePorts = { ...testPorts(host), clock: createInstantClock(), timeouts };
      const { result } = await runStage(entry, exportStage, stagePorts, signal);
      assert.equal(result.outcome, 'failed');
      assert.deepEqual(
        result.findings.map(({ code }) => code),
        ['URM1012'],
      );
      assert.match(result.findings[0]?.where ?? '', new RegExp(place.host));
    });

    it('ends at the deadline of the stage when that comes sooner', async () => {
      const inputs = { source: `https://${place.host}`, out: at('package'), deadline: '0.005' };
      const entry = stageEntry('export') ?? assert.fail();
      const host = createTestHost(inputs, connection().credential);
      const { result } = await runStage(entry, exportStage, testPorts(host), signal);
      assert.deepEqual(
        result.findings.map(({ code }) => code),
        ['URM1005'],
      );
    });
  });
