import type { Command } from '../command.ts';
import { convertAtTerminal } from './convert.ts';

/** `urm unpack ZIP --out DIR`. */
export const unpackCommand: Command = {
  name: 'unpack',
  summary: 'Turns a Configuration Migration zip into a folder that reads well in a pull request.',
  flags: [
    { name: 'out', hint: 'DIR', help: 'The folder to write.', required: true },
    { name: 'json', hint: 'FILE', help: 'Writes the result as JSON.' },
  ],
  positionals: ['ZIP'],
  notes: ['Packing the folder gives the same data.xml and data_schema.xml, byte for byte.'],
  run: (given, terminal, signal) => convertAtTerminal('unpack', given, terminal, signal),
};
