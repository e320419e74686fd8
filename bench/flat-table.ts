import { join } from 'node:path';
import { importStage } from '#shared/stages/import.ts';
import { naiveSeconds } from './baselines.ts';
import { startEmulatorProcess } from './emulator-process.ts';
import type { Measurement } from './measurement.ts';
import { PeakMemory } from './peak-memory.ts';
import { runMeasured } from './run-stage.ts';
import { writeSamplePackage, writeSampleSchema } from './sample-package.ts';
import { createScaledClock } from './scaled-clock.ts';
import { conditionsOf, flagsOf, limitSeconds, type ServiceRules } from './service-rules.ts';

const size = { tables: 1, rowsPerTable: 70_000 };
const rules: ServiceRules = {
  latencyMs: 60,
  writeMs: 24,
  hint: 5,
  protection: true,
  timeScale: 1,
};
const naiveSample = 30;

/** Many rows of one table, in bulk messages; plan and read-back included. */
export const flatTable: Measurement = {
  name: 'flat-table',
  title: 'Flat table: 70,000 rows in bulk messages',
  run: async (folder) => {
    const schema = join(folder, 'data_schema.xml');
    const pkg = join(folder, 'package.zip');
    await writeSampleSchema(schema, size);
    await writeSamplePackage(pkg, size);
    const flags = [...flagsOf(rules), '--tables-from', schema];
    const limit = limitSeconds(size.rowsPerTable, rules);

    const emulator = await startEmulatorProcess(flags);
    const memory = new PeakMemory();
    const inputs = { target: emulator.url, package: pkg, out: join(folder, 'run') };
    const { result, seconds } = await runMeasured(
      importStage,
      inputs,
      createScaledClock(rules.timeScale),
    );
    const peak = memory.stop();
    const listed = await emulator.requests(0);
    await emulator.close();
    const other = await startEmulatorProcess(flags);
    const naive = await naiveSeconds(other.url, size, rules, naiveSample);
    await other.close();

    const bulk = listed.filter(({ path }) => path.endsWith('CreateMultiple')).length;
    const { throttled } = result.requests;
    return {
      conditions: `${conditionsOf(rules)}; naive from a sample of ${naiveSample} rows`,
      figures: [
        { name: 'time', value: seconds, unit: 's' },
        { name: 'limit, computed', value: limit, unit: 's' },
        { name: 'naive', value: naive, unit: 's' },
        { name: 'of the limit', value: limit / seconds, unit: 'x', bar: { atLeast: 0.9 } },
        { name: 'times naive', value: naive / seconds, unit: 'x' },
        { name: 'rows a second', value: result.counts.created / seconds, unit: 'rows/s' },
        {
          name: 'rows created',
          value: result.counts.created,
          unit: 'rows',
          bar: { atLeast: size.rowsPerTable },
        },
        { name: 'bulk messages', value: bulk, unit: 'requests' },
        {
          name: 'requests per row',
          value: listed.length / size.rowsPerTable,
          unit: 'requests/row',
        },
        { name: '429', value: throttled, unit: 'requests', bar: { atMost: 0 } },
        { name: 'peak memory', value: peak, unit: 'MB' },
      ],
    };
  },
};
