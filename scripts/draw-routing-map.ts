// Draws the picture of the README: how the contact centre of the emulator's seed routes its work.
// node --import tsx scripts/draw-routing-map.ts
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator } from '#emulator/server.ts';
import type { Connection, Host } from '#shared/host/host.ts';
import { nodeFiles, randomIds, systemClock } from '#shared/host/node-ports.ts';
import { renderMapPicture } from '#shared/report/routing-map-svg.ts';
import { exportStage } from '#shared/stages/export.ts';
import { verifyStage } from '#shared/stages/verify.ts';

const folder = await mkdtemp(join(tmpdir(), 'urm-map-'));
const emulator = await startEmulator({ port: 0, seed: 'contoso' });
try {
  const { signal } = new AbortController();
  const target: Connection = { url: emulator.url, credential: { kind: 'token', token: 'picture' } };
  const host: Host = {
    input: () => undefined,
    variable: () => undefined,
    connection: () => target,
    output: () => {},
    maskSecret: () => {},
    log: () => {},
    progress: () => {},
    publish: () => Promise.resolve(),
  };
  const ports = { host, clock: systemClock, files: nodeFiles, ids: randomIds };
  const path = join(folder, 'package');
  await exportStage.run(
    {
      environment: target,
      schema: undefined,
      scope: { channels: [], queues: [], workstreams: [] },
      config: undefined,
      out: path,
      format: 'folder',
      explain: false,
    },
    ports,
    signal,
  );
  const { routing } = await verifyStage.run(
    { target, package: path, map: undefined, config: undefined, allowSameEnvironment: true },
    ports,
    signal,
  );
  const file = new URL('../docs/images/routing-map.svg', import.meta.url);
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, renderMapPicture(routing, 'How Contoso routes its work'));
  console.log(`docs/images/routing-map.svg: ${routing.workstreams.length} workstreams`);
} finally {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
}
