import type { Files } from '#shared/host/files.ts';
import type { StageResult } from '#shared/model/result.ts';
import type { Command } from '../command.ts';
import { convertAtTerminal, runConvert } from './convert.ts';
import type { ConvertOptions } from './convert.ts';

/** Turns a Configuration Migration zip, or a package of zips, into folders that read well. */
export function runUnpack(
  options: ConvertOptions,
  ports: { readonly files: Files },
  signal: AbortSignal,
): Promise<StageResult> {
  return runConvert('unpack', options, ports, signal);
}

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
