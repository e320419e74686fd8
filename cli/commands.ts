import { stageTable } from '#shared/stages/stage-table.ts';
import type { Command } from './command.ts';
import { catalogueCommand } from './commands/catalogue.ts';
import { demoCommand } from './commands/demo.ts';
import { emulatorCommand } from './commands/emulator.ts';
import { inspectCommand } from './commands/inspect.ts';
import { packCommand } from './commands/pack.ts';
import { unpackCommand } from './commands/unpack.ts';
import { selfCheckCommand } from './commands/self-check.ts';
import { stageCommand } from './stage-command.ts';

/** Every command, in the order `urm --help` lists them. */
export const commands: readonly Command[] = [
  ...stageTable.map((entry) => stageCommand(entry)),
  packCommand,
  unpackCommand,
  inspectCommand,
  catalogueCommand,
  emulatorCommand,
  demoCommand,
  selfCheckCommand,
];
