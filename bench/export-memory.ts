import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Measurement } from './measurement.ts';

const megabytes = 1024;

/** Rows of 1 GB read, sorted and written as an export writes them, in a process of its own. */
export const exportMemory: Measurement = {
  name: 'export-memory',
  title: 'Memory of an export of 1 GB',
  run: async () => {
    const program = fileURLToPath(new URL('cmt-stream.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      program,
      String(megabytes),
      'small',
      'export',
    ]);
    const [, speed, peak] = /^export +([\d.]+) MB\/s .* peak (\d+) MB/m.exec(stdout) ?? [];
    if (speed === undefined || peak === undefined)
      throw new Error(`The export told nothing: ${stdout}`);
    return {
      conditions: `${megabytes} MB of data.xml in small rows, from a file into a zip`,
      figures: [
        {
          name: 'peak memory of the process',
          value: Number(peak),
          unit: 'MB',
          bar: { atMost: 300 },
        },
        { name: 'speed', value: Number(speed), unit: 'MB/s' },
      ],
    };
  },
};
