import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isObject, numberIn, parseJson } from '#shared/dataverse/json.ts';
import { startEmulatorProcess } from './emulator-process.ts';
import type { Measurement } from './measurement.ts';
import { writeSamplePackage, writeSampleSchema, writeSampleSeed } from './sample-package.ts';

const sizes = [
  { tables: 20, rowsPerTable: 1250 },
  { tables: 20, rowsPerTable: 5000 },
] as const;

interface Planned {
  readonly seconds: number;
  /** What other work on the machine does not lengthen. */
  readonly processorSeconds: number;
  readonly peak: number;
  readonly read: number;
  readonly write: number;
  readonly unchanged: number;
  readonly indexBytes: number;
}

/** Time and memory of a plan by the number of rows. */
export const largePlan: Measurement = {
  name: 'large-plan',
  title: 'Plan of a target in sync: 25,000 and 100,000 rows in 20 tables',
  run: async (folder) => {
    const planned: Planned[] = [];
    for (const size of sizes) {
      const name = String(size.rowsPerTable);
      const schema = join(folder, `${name}.xml`);
      const pkg = join(folder, `${name}.zip`);
      const seed = join(folder, `${name}.json`);
      await writeSampleSchema(schema, size);
      await writeSamplePackage(pkg, size);
      await writeSampleSeed(seed, size);
      const emulator = await startEmulatorProcess(['--tables-from', schema, '--seed', seed]);
      planned.push(await planInProcess(emulator.url, pkg, join(folder, `plan-${name}`)));
      await emulator.close();
    }
    const [small, large] = planned;
    if (small === undefined || large === undefined) throw new Error('Nothing was planned.');
    const more = large.unchanged - small.unchanged;
    return {
      conditions: 'no latency: what counts is the work on both sides',
      figures: [
        { name: '25,000 rows', value: small.seconds, unit: 's' },
        { name: '100,000 rows', value: large.seconds, unit: 's' },
        { name: 'processor, 25,000 rows', value: small.processorSeconds, unit: 's' },
        { name: 'processor, 100,000 rows', value: large.processorSeconds, unit: 's' },
        {
          name: 'processor time of 4 times the rows',
          value: large.processorSeconds / small.processorSeconds,
          unit: 'x',
          bar: { atMost: 4.4 },
        },
        {
          name: 'rows found unchanged',
          value: large.unchanged,
          unit: 'rows',
          bar: { atLeast: 100_000 },
        },
        { name: 'requests', value: large.read, unit: 'requests' },
        { name: 'writes', value: large.write, unit: 'requests', bar: { atMost: 0 } },
        { name: 'peak memory, 25,000 rows', value: small.peak, unit: 'MB' },
        { name: 'peak memory, 100,000 rows', value: large.peak, unit: 'MB' },
        {
          name: 'index, for each row',
          value: (large.indexBytes - small.indexBytes) / more,
          unit: 'bytes/row',
          bar: { atMost: 300 },
        },
      ],
    };
  },
};

async function planInProcess(url: string, pkg: string, out: string): Promise<Planned> {
  const program = fileURLToPath(new URL('plan-process.ts', import.meta.url));
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [
    '--expose-gc',
    '--import',
    'tsx',
    program,
    url,
    pkg,
    out,
  ]);
  const json = parseJson(stdout);
  if (!isObject(json)) throw new Error(`The plan told nothing: ${stdout}`);
  const told = (name: keyof Planned): number => numberIn(json[name]) ?? Number.NaN;
  return {
    seconds: told('seconds'),
    processorSeconds: told('processorSeconds'),
    peak: told('peak'),
    read: told('read'),
    write: told('write'),
    unchanged: told('unchanged'),
    indexBytes: told('indexBytes'),
  };
}
