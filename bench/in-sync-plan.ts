import { join } from 'node:path';
import { importStage } from '#shared/stages/import.ts';
import { planStage } from '#shared/stages/plan.ts';
import { startEmulatorProcess } from './emulator-process.ts';
import type { Measurement } from './measurement.ts';
import { runMeasured } from './run-stage.ts';
import { writeSamplePackage, writeSampleSchema, writeSampleSeed } from './sample-package.ts';
import { createScaledClock } from './scaled-clock.ts';
import { conditionsOf, flagsOf, type ServiceRules } from './service-rules.ts';

const size = { tables: 20, rowsPerTable: 150 };
const rules: ServiceRules = {
  latencyMs: 60,
  writeMs: 80,
  hint: 5,
  protection: true,
  timeScale: 1,
};

/** A target that holds everything already: what a promotion without changes costs. */
export const inSyncPlan: Measurement = {
  name: 'in-sync-plan',
  title: 'Plan and import into a target in sync: 3,000 rows in 20 tables',
  run: async (folder) => {
    const schema = join(folder, 'data_schema.xml');
    const pkg = join(folder, 'package.zip');
    const seed = join(folder, 'seed.json');
    await writeSampleSchema(schema, size);
    await writeSamplePackage(pkg, size);
    await writeSampleSeed(seed, size);
    const emulator = await startEmulatorProcess([
      ...flagsOf(rules),
      `--tables-from=${schema}`,
      `--seed=${seed}`,
    ]);
    const clock = createScaledClock(rules.timeScale);
    const target = { target: emulator.url, package: pkg };
    const plan = await runMeasured(planStage, { ...target, out: join(folder, 'plan') }, clock);
    const again = await runMeasured(importStage, { ...target, out: join(folder, 'run') }, clock);
    await emulator.close();
    const { counts, requests } = plan.result;
    return {
      conditions: conditionsOf(rules),
      figures: [
        { name: 'plan', value: plan.seconds, unit: 's' },
        {
          name: 'requests of the plan',
          value: requests.read,
          unit: 'requests',
          bar: { atMost: 60 },
        },
        { name: 'writes of the plan', value: requests.write, unit: 'requests', bar: { atMost: 0 } },
        {
          name: 'rows found unchanged',
          value: counts.unchanged,
          unit: 'rows',
          bar: { atLeast: size.tables * size.rowsPerTable },
        },
        { name: 'import', value: again.seconds, unit: 's' },
        {
          name: 'requests of the import',
          value: again.result.requests.read,
          unit: 'requests',
          bar: { atMost: 60 },
        },
        {
          name: 'writes of the import',
          value: again.result.requests.write,
          unit: 'requests',
          bar: { atMost: 0 },
        },
      ],
    };
  },
};
