import { validateEntry } from './entries/validate.ts';
import { generateSchemaEntry } from './entries/generate-schema.ts';
import { exportEntry } from './entries/export.ts';
import { planEntry } from './entries/plan.ts';
import { importEntry } from './entries/import.ts';
import { verifyEntry } from './entries/verify.ts';
import { checkDriftEntry } from './entries/check-drift.ts';
import { rollBackEntry } from './entries/roll-back.ts';
import { migrateChannelProvidersEntry } from './entries/migrate-channel-providers.ts';
import type { StageEntry } from './stage-entry.ts';

/**
 * The one table of stages. Task manifests, usage texts and the reference pages are generated from
 * it by `npm run docs`; a test fails when they are stale.
 */
export const stageTable = [
  validateEntry,
  generateSchemaEntry,
  exportEntry,
  planEntry,
  importEntry,
  verifyEntry,
  checkDriftEntry,
  rollBackEntry,
  migrateChannelProvidersEntry,
] as const satisfies readonly StageEntry[];

/** The entry of a stage; every stage has one. */
export function stageEntry(name: string): StageEntry | undefined {
  return stageTable.find((entry) => entry.name === name);
}
