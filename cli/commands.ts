import { stageTable } from '#shared/stages/stage-table.ts';
import type { Command } from './command.ts';
import { catalogueCommand } from './commands/catalogue.ts';
import { demoCommand } from './commands/demo.ts';
import { emulatorCommand } from './commands/emulator.ts';
import { stageCommand } from './stage-command.ts';

/** Every command, in the order `urm --help` lists them. */
export const commands: readonly Command[] = [
  ...stageTable.map((entry) => stageCommand(entry)),
  catalogueCommand,
  emulatorCommand,
  demoCommand,
];
