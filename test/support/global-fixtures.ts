import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux keeps this folder in memory. */
const inMemory = '/dev/shm';
const neededBytes = 4 * 1024 ** 3;

let folder: string | undefined;

/**
 * Gives all tests and what they start one temporary folder, which goes when they end. It is in memory
 * where there is plenty: the tools wait for the disk after every journal line, and a third of the time
 * would go there.
 */
export function mochaGlobalSetup(): void {
  if (process.platform === 'win32') return; // TMPDIR means nothing there.
  folder = mkdtempSync(join(hasRoom() ? inMemory : tmpdir(), 'tests-'));
  process.env['TMPDIR'] = folder;
}

export function mochaGlobalTeardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    return Math.min(bavail * bsize, freemem()) > neededBytes;
  } catch {
    return false; // There is no such folder.
  }
}
