import { randomUUID } from 'node:crypto';
import type { Environment } from '#emulator/environment.ts';
import { loadMetadata } from '#emulator/metadata/load-metadata.ts';
import { applySeed, typeCodeShiftOf } from '#emulator/seeds/apply-seed.ts';
import { MemoryStore } from '#emulator/store/memory-store.ts';

/** An environment in memory, without a server. */
export function testEnvironment(given: Partial<Environment> = {}): Environment {
  return {
    name: 'Contoso Test',
    organizationId: '4a1f0f52-6f0c-4c1e-8d7b-3a0d6f5b9c21',
    tenantId: 'd1b1a1f2-6a67-4b0e-9c8e-2f5e4b7a9d03',
    rootBusinessUnitId: '7e3f4a0b-58c6-4b9d-8a21-6c0d9f7e5b14',
    administratorId: '1c9d7b3e-0f64-4a2b-9d85-e7a6c4b2f018',
    version: '9.2.25093.168',
    metadata: loadMetadata({ typeCodeShift: 0 }),
    store: new MemoryStore(),
    now: () => Date.UTC(2025, 5, 2, 9, 30),
    newId: () => randomUUID(),
    serverLogic: 'documented',
    ...given,
  };
}

/** The same with a built-in seed or a seed file. */
export async function seededEnvironment(
  seed: string,
  given: Partial<Environment> = {},
): Promise<Environment> {
  const environment = testEnvironment({
    metadata: loadMetadata({ typeCodeShift: typeCodeShiftOf(seed) }),
    ...given,
  });
  await applySeed(environment, seed);
  return environment;
}
