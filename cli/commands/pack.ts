import type { Command } from '../command.ts';
import { convertAtTerminal } from './convert.ts';

/** `urm pack DIR --out ZIP`. */
export const packCommand: Command = {
  name: 'pack',
  summary: 'Makes a Configuration Migration zip of an unpacked folder.',
  flags: [
    { name: 'out', hint: 'ZIP', help: 'The zip to write; a folder for a package.', required: true },
    { name: 'json', hint: 'FILE', help: 'Writes the result as JSON.' },
  ],
  positionals: ['DIR'],
  notes: ['A package folder with migration.json becomes a package folder whose steps are zips.'],
  run: (given, terminal, signal) => convertAtTerminal('pack', given, terminal, signal),
};
