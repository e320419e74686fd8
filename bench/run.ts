import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { emulatorLargeTable } from './emulator-large-table.ts';
import { exportMemory } from './export-memory.ts';
import { firstImport } from './first-import.ts';
import { flatTable } from './flat-table.ts';
import { inSyncPlan } from './in-sync-plan.ts';
import { largePlan } from './large-plan.ts';
import { figureText, isReached, type Measured, type Measurement } from './measurement.ts';
import { packageForms } from './package-forms.ts';
import { parseAndCompare } from './parse-compare.ts';
import { severalPrincipals } from './principals.ts';
import { slicedImport } from './slices.ts';
import { taskStart } from './task-start.ts';
import { validation } from './validation.ts';

const measurements: readonly Measurement[] = [
  taskStart,
  parseAndCompare,
  packageForms,
  validation,
  inSyncPlan,
  largePlan,
  firstImport,
  flatTable,
  severalPrincipals,
  slicedImport,
  exportMemory,
  emulatorLargeTable,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
});
const unknown = positionals.filter((name) => !measurements.some((each) => each.name === name));
if (unknown.length > 0) {
  const known = measurements.map(({ name }) => name).join(', ');
  process.stderr.write(`No measurement is named ${unknown.join(', ')}. There are ${known}.\n`);
  process.exit(2);
}
const chosen = measurements.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
);

const machine = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  system: `${platform()} ${arch()}`,
  processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
};
process.stdout.write(`${Object.values(machine).join(', ')}\n`);

const begun = performance.now();
const failed: string[] = [];
const all: ({ readonly name: string; readonly title: string } & Measured)[] = [];
for (const measurement of chosen) {
  const { name, title } = measurement;
  const folder = await mkdtemp(join(tmpdir(), 'urm-bench-'));
  try {
    process.stdout.write(`\n## ${title}\n\n`);
    const measured = await measurement.run(folder);
    all.push({ name, title, ...measured });
    process.stdout.write(
      `${measured.conditions}.\n\n| figure | measured | asked for | |\n|---|---|---|---|\n`,
    );
    for (const figure of measured.figures) process.stdout.write(`${figureText(figure)}\n`);
  } catch (error) {
    // The others are worth measuring all the same.
    failed.push(name);
    process.stdout.write(`Failed: ${error instanceof Error ? error.message : String(error)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
const missed = [
  ...failed.map((name) => `${name}: failed`),
  ...all.flatMap(({ name, figures }) =>
    figures.filter((figure) => !isReached(figure)).map((figure) => `${name}: ${figure.name}`),
  ),
];
process.stdout.write(
  `\n${all.length} measurements in ${((performance.now() - begun) / 60_000).toFixed(1)} minutes; ${missed.length === 0 ? 'everything that is asked for is reached' : `not reached: ${missed.join('; ')}`}.\n`,
);
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ machine, measurements: all }, undefined, 2)}\n`);
process.exitCode = missed.length === 0 ? 0 : 1;
