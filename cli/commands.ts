import { stageTable, type StageName } from '#shared/stages/stage-table.ts';
import type { Command } from './command.ts';
import { catalogueCommand } from './commands/catalogue.ts';
import { demoCommand } from './commands/demo.ts';
import { emulatorCommand } from './commands/emulator.ts';
import { stageCommand, type LoadStage } from './stage-command.ts';

/** The code of each stage. */
export const stageLoaders: Readonly<Record<StageName, LoadStage>> = {
  validate: async () => (await import('#shared/stages/validate.ts')).validateStage,
  'generate-schema': async () =>
    (await import('#shared/stages/generate-schema.ts')).generateSchemaStage,
  export: async () => (await import('#shared/stages/export.ts')).exportStage,
  plan: async () => (await import('#shared/stages/plan.ts')).planStage,
  import: async () => (await import('#shared/stages/import.ts')).importStage,
  verify: async () => (await import('#shared/stages/verify.ts')).verifyStage,
};

/** Every command, in the order `urm --help` lists them. */
export const commands: readonly Command[] = [
  ...stageTable.map((entry) => stageCommand(entry, stageLoaders[entry.name])),
  catalogueCommand,
  emulatorCommand,
  demoCommand,
];
