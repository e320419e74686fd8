import { fork } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject, numberIn } from '#shared/dataverse/json.ts';
import { generateData } from './generated-data.ts';
import type { Measurement } from './measurement.ts';

const megabyte = 1024 * 1024;
const wanted = 48 * megabyte;
/** In turn, so that other work on the machine disturbs both alike; the least of each counts. */
const rounds = 5;

/** One reading in a process of its own: the processor time of it, in seconds. */
async function timed(reading: 'bare' | 'compare', folder: string): Promise<number> {
  const program = fileURLToPath(new URL('parse-process.ts', import.meta.url));
  const child = fork(program, [reading, folder], { execArgv: ['--import', 'tsx'] });
  let seconds: number | undefined;
  child.once('message', (message) => {
    seconds = isObject(message) ? numberIn(message['seconds']) : undefined;
  });
  await once(child, 'exit');
  if (seconds === undefined) throw new Error(`The reading '${reading}' told nothing.`);
  return seconds;
}

/** A data.xml through the parser alone, and through everything that a comparison does with it. */
export const parseAndCompare: Measurement = {
  name: 'parse-compare',
  title: 'Parsing a data.xml and comparing its rows with those of a target',
  run: async (folder) => {
    const loose = join(folder, 'loose');
    await generateData(loose, wanted, 40);
    const { size } = await stat(join(loose, 'data.xml'));
    const bare: number[] = [];
    const compared: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await timed('bare', loose));
      compared.push(await timed('compare', loose));
    }
    const least = Math.min(...bare);
    const own = Math.min(...compared);
    return {
      conditions: `${(size / megabyte).toFixed(0)} MB in small rows, from a file; the target's rows are decoded already; by processor time, the least of ${rounds}, in turn`,
      figures: [
        { name: 'bare parser', value: size / megabyte / least, unit: 'MB/s' },
        { name: 'parse, decode and compare', value: size / megabyte / own, unit: 'MB/s' },
        {
          name: "of the bare parser's speed",
          value: least / own,
          unit: 'x',
          bar: { atLeast: 0.5 },
        },
      ],
    };
  },
};
