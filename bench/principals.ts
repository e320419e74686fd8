import { join } from 'node:path';
import { importStage } from '#shared/stages/import.ts';
import { principals, writePrincipalSeed } from '#support/principal-seed.ts';
import { startEmulatorProcess } from './emulator-process.ts';
import type { Measured, Measurement } from './measurement.ts';
import { runMeasured } from './run-stage.ts';
import { writeSamplePackage, writeSampleSchema } from './sample-package.ts';
import { createScaledClock } from './scaled-clock.ts';
import { conditionsOf, flagsOf, type ServiceRules } from './service-rules.ts';

const size = { tables: 1, rowsPerTable: 8000 };
const rules: ServiceRules = {
  latencyMs: 60,
  writeMs: 80,
  hint: 5,
  protection: true,
  timeScale: 1,
};

/** One package by one, two and four application users: the limits of the service hold for each. */
export const severalPrincipals: Measurement = {
  name: 'principals',
  title: 'Several principals: 8,000 rows by one, two and four application users',
  run: async (folder): Promise<Measured> => {
    const schema = join(folder, 'data_schema.xml');
    const pkg = join(folder, 'package.zip');
    const seed = join(folder, 'seed.json');
    await writeSampleSchema(schema, size);
    await writeSamplePackage(pkg, size);
    await writePrincipalSeed(seed);
    const flags = [...flagsOf(rules), `--tables-from=${schema}`, `--seed=${seed}`];
    const times: number[] = [];
    let throttled = 0;
    let created = Infinity;
    for (const count of [1, 2, 4]) {
      const emulator = await startEmulatorProcess(flags);
      const inputs = { target: emulator.url, package: pkg, out: join(folder, `run-${count}`) };
      const [first, ...others] = principals
        .slice(0, count)
        .map((token) => ({ kind: 'token', token }) as const);
      const { result, seconds } = await runMeasured(
        importStage,
        inputs,
        createScaledClock(rules.timeScale),
        { first, others },
      );
      await emulator.close();
      times.push(seconds);
      throttled += result.requests.throttled;
      created = Math.min(created, result.counts.created);
    }
    const [one = Number.NaN, two = Number.NaN, four = Number.NaN] = times;
    return {
      conditions: conditionsOf(rules),
      figures: [
        { name: 'one principal', value: one, unit: 's' },
        { name: 'two principals', value: two, unit: 's' },
        { name: 'four principals', value: four, unit: 's' },
        { name: 'times as fast by two', value: one / two, unit: 'x', bar: { atLeast: 1.9 } },
        { name: 'times as fast by four', value: one / four, unit: 'x', bar: { atLeast: 3.6 } },
        {
          name: 'rows created, each time',
          value: created,
          unit: 'rows',
          bar: { atLeast: size.tables * size.rowsPerTable },
        },
        { name: '429', value: throttled, unit: 'requests', bar: { atMost: 0 } },
      ],
    };
  },
};
