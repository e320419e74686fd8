import type { Environment } from '../environment.ts';

/** Built-in seeds, beside seed files given by path. */
export const seedNames = ['contoso', 'empty', 'contoso-by-hand'] as const;
export type SeedName = (typeof seedNames)[number];

/** Fills a fresh environment: system rows first, then the seed's configuration. */
export async function applySeed(environment: Environment, seed: string): Promise<void> {
  void environment;
  await Promise.reject(new Error(`no seed '${seed}' yet`));
}
