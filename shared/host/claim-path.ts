import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Claim } from './files.ts';

/**
 * Claims a path among the processes of this machine. What is claimed is a name that sockets listen
 * at: the system takes it back from a process that ends, however it ends, so that no lock is ever left
 * behind by a kill.
 */
export async function claimPath(path: string): Promise<Claim | undefined> {
  return claimAddress(addressOf(await placeOf(resolve(path))));
}

/** Claims the address of a socket; `undefined`: a process that is alive has it. */
export async function claimAddress(address: string): Promise<Claim | undefined> {
  const first = await listenAt(address);
  if (first !== 'taken') return claimOf(first);
  if (!isFile(address) || (await isAnswered(address))) return undefined;
  // Files of sockets outlive their process, other than names that only the system knows.
  await rm(address, { force: true });
  const second = await listenAt(address);
  return second === 'taken' ? undefined : claimOf(second);
}

/** Linux knows names without a file; elsewhere a socket has one, and on Windows it is a pipe. */
function addressOf(place: string): string {
  const hash = createHash('sha256').update(place).digest('hex').slice(0, 32);
  if (process.platform === 'linux') return `\0unified-routing-${hash}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\unified-routing-${hash}`;
  return join(tmpdir(), `unified-routing-${hash}.sock`);
}

function isFile(address: string): boolean {
  return !address.startsWith('\0') && !address.startsWith('\\\\.\\pipe\\');
}

/** The same for every spelling of a path, also of one where nothing stands yet. */
async function placeOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await placeOf(parent), basename(path));
  }
}

/** `none`: this machine lets nobody listen, and the claim is worth nothing. */
function listenAt(address: string): Promise<Server | 'taken' | 'none'> {
  return new Promise((done) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error) => {
      done('code' in error && error.code === 'EADDRINUSE' ? 'taken' : 'none');
    });
    // A claim alone keeps no process alive.
    server.unref().listen(address, () => done(server));
  });
}

function isAnswered(address: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(address);
    const end = (answered: boolean) => (): void => {
      socket.destroy();
      done(answered);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}

function claimOf(held: Server | 'none'): Claim {
  return {
    release: async () => {
      if (held !== 'none') await new Promise<void>((done) => held.close(() => done()));
    },
  };
}
