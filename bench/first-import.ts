import { join } from 'node:path';
import { importStage } from '#shared/stages/import.ts';
import { bareSeconds, naiveSeconds } from './baselines.ts';
import { startEmulatorProcess } from './emulator-process.ts';
import type { Measurement } from './measurement.ts';
import { runMeasured } from './run-stage.ts';
import { writeSamplePackage, writeSampleSchema } from './sample-package.ts';
import { createScaledClock } from './scaled-clock.ts';
import { conditionsOf, flagsOf, limitSeconds, type ServiceRules } from './service-rules.ts';

const size = { tables: 20, rowsPerTable: 150 };
const rules: ServiceRules = {
  latencyMs: 60,
  writeMs: 80,
  hint: 5,
  protection: true,
  timeScale: 1,
};
const naiveSample = 30;

/** A package into an environment that has none of it, plan and read-back included. */
export const firstImport: Measurement = {
  name: 'first-import',
  title: 'First import: 3,000 rows in 20 tables with lookups between them',
  run: async (folder) => {
    const schema = join(folder, 'data_schema.xml');
    const pkg = join(folder, 'package.zip');
    await writeSampleSchema(schema, size);
    await writeSamplePackage(pkg, size);
    const rows = size.tables * size.rowsPerTable;
    const flags = [...flagsOf(rules), '--tables-from', schema];
    const limit = limitSeconds(rows, rules);

    const emulator = await startEmulatorProcess(flags);
    const clock = createScaledClock(rules.timeScale);
    const inputs = { target: emulator.url, package: pkg, out: join(folder, 'run') };
    const { result, seconds } = await runMeasured(importStage, inputs, clock);
    const listed = await emulator.requests(0);
    await emulator.close();

    const other = await startEmulatorProcess(flags);
    const naive = await naiveSeconds(other.url, size, rules, naiveSample);
    await other.close();
    const third = await startEmulatorProcess(flags);
    const bare = await bareSeconds(third.url, size, rules, 10);
    await third.close();

    const { read, write, throttled } = result.requests;
    return {
      conditions: `${conditionsOf(rules)}; naive from a sample of ${naiveSample} rows`,
      figures: [
        { name: 'time', value: seconds, unit: 's' },
        { name: 'limit, computed', value: limit, unit: 's' },
        { name: 'bare requests', value: bare, unit: 's' },
        { name: 'naive', value: naive, unit: 's' },
        { name: 'of the limit', value: limit / seconds, unit: 'x', bar: { atLeast: 0.8 } },
        { name: 'times naive', value: naive / seconds, unit: 'x' },
        {
          name: 'rows created',
          value: result.counts.created,
          unit: 'rows',
          bar: { atLeast: rows },
        },
        { name: 'reads', value: read, unit: 'requests' },
        { name: 'writes', value: write, unit: 'requests' },
        { name: 'requests per row', value: listed.length / rows, unit: 'requests/row' },
        { name: '429', value: throttled, unit: 'requests', bar: { atMost: 0 } },
      ],
    };
  },
};
