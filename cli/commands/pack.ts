import type { Files } from '#shared/host/files.ts';
import type { StageResult } from '#shared/model/result.ts';
import type { Command } from '../command.ts';
import { convertAtTerminal, runConvert } from './convert.ts';
import type { ConvertOptions } from './convert.ts';

/** Makes a Configuration Migration zip of a folder, or a package of zips of a package of folders. */
export function runPack(
  options: ConvertOptions,
  ports: { readonly files: Files },
  signal: AbortSignal,
): Promise<StageResult> {
  return runConvert('pack', options, ports, signal);
}

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
