import { join } from 'node:path';
import { validateStage } from '#shared/stages/validate.ts';
import { startEmulatorProcess } from './emulator-process.ts';
import type { Measurement } from './measurement.ts';
import { runMeasured } from './run-stage.ts';
import { writeSamplePackage, writeSampleSchema } from './sample-package.ts';
import { createScaledClock } from './scaled-clock.ts';
import { conditionsOf, flagsOf, type ServiceRules } from './service-rules.ts';

const size = { tables: 56, rowsPerTable: 20 };
const rules: ServiceRules = {
  latencyMs: 60,
  writeMs: 80,
  hint: 5,
  protection: true,
  timeScale: 1,
};

/** Everything there is to check of a package of 56 tables before the first row moves. */
export const validation: Measurement = {
  name: 'validation',
  title: 'Full validation of 56 tables',
  run: async (folder) => {
    const schema = join(folder, 'data_schema.xml');
    const pkg = join(folder, 'package.zip');
    await writeSampleSchema(schema, size);
    await writeSamplePackage(pkg, size);
    const emulator = await startEmulatorProcess([...flagsOf(rules), '--tables-from', schema]);
    const inputs = { target: emulator.url, package: pkg };
    const clock = createScaledClock(rules.timeScale);
    const { result, seconds } = await runMeasured(validateStage, inputs, clock);
    await emulator.close();
    const { read, write } = result.requests;
    return {
      conditions: conditionsOf(rules),
      figures: [
        { name: 'time', value: seconds, unit: 's' },
        { name: 'requests', value: read, unit: 'requests', bar: { atMost: 60 } },
        { name: 'writes', value: write, unit: 'requests', bar: { atMost: 0 } },
      ],
    };
  },
};
