import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject, numberIn, objectsIn, parseJson, textIn } from '#shared/dataverse/json.ts';
import { principals, writePrincipalSeed } from '#support/principal-seed.ts';
import { entitySets } from './baselines.ts';
import { startEmulatorProcess } from './emulator-process.ts';
import type { Measurement } from './measurement.ts';
import { sampleTables, writeSamplePackage, writeSampleSchema } from './sample-package.ts';
import { conditionsOf, flagsOf, type ServiceRules } from './service-rules.ts';

const size = { tables: 4, rowsPerTable: 2500, groups: 50 };
const slices = 4;
const rules: ServiceRules = {
  latencyMs: 60,
  writeMs: 80,
  hint: 5,
  protection: true,
  timeScale: 1,
};
const program = fileURLToPath(new URL('../dist/cli/urm.js', import.meta.url));

/** A job of a pipeline: a process of its own, from its start to its end. */
interface JobEnd {
  readonly seconds: number;
  readonly created: number;
}

/** One saved plan by one job, and by jobs side by side, each as an application user of its own. */
export const slicedImport: Measurement = {
  name: 'slices',
  title: `Slices: 10,000 rows of 50 groups by one job and by ${slices} jobs side by side`,
  run: async (folder) => {
    if (!existsSync(program)) throw new Error('Run `npm run build` first: there is no command.');
    const schema = join(folder, 'data_schema.xml');
    const pkg = join(folder, 'package.zip');
    const seed = join(folder, 'seed.json');
    await writeSampleSchema(schema, size);
    await writeSamplePackage(pkg, size);
    await writePrincipalSeed(seed);
    const flags = [...flagsOf(rules), `--tables-from=${schema}`, `--seed=${seed}`];

    const job = async (
      url: string,
      name: string,
      writers: readonly string[],
      more: readonly string[],
    ): Promise<JobEnd> => {
      const out = join(folder, name);
      const result = join(folder, `${name}.json`);
      const env: Record<string, string | undefined> = { ...process.env };
      for (const [at, token] of writers.entries())
        env[at === 0 ? 'DATAVERSE_ACCESS_TOKEN' : `DATAVERSE_ACCESS_TOKEN_${at + 1}`] = token;
      const started = performance.now();
      const child = spawn(
        process.execPath,
        [program, ...more, '--target', url, '--package', pkg, '--out', out, '--json', result],
        { stdio: 'ignore', env },
      );
      await once(child, 'exit');
      const seconds = (performance.now() - started) / 1000;
      const json = parseJson(await readFile(result, 'utf8'));
      if (child.exitCode !== 0 || !isObject(json)) throw new Error(`${name} failed.`);
      const counts = isObject(json['counts']) ? json['counts'] : {};
      return { seconds, created: numberIn(counts['created']) ?? 0 };
    };

    const one = await startEmulatorProcess(flags);
    await job(one.url, 'plan-one', principals.slice(0, 1), ['plan']);
    const saved = ['import', '--plan', join(folder, 'plan-one/plan.json')];
    const whole = await job(one.url, 'whole', principals.slice(0, 1), saved);
    const wholeContent = await contentOf(one.url);
    await one.close();

    const other = await startEmulatorProcess(flags);
    await job(other.url, 'plan-slices', principals.slice(0, 1), ['plan']);
    const slice = (part: string): Promise<JobEnd> =>
      job(other.url, `slice-${part}`, principals, [
        'import',
        '--plan',
        join(folder, 'plan-slices/plan.json'),
        '--slice',
        `${part}/${slices}`,
      ]);
    const first = await slice('first');
    const sideBySide = await Promise.all(
      Array.from({ length: slices }, (_, at) => slice(String(at + 1))),
    );
    const last = await slice('last');
    const content = await contentOf(other.url);
    await other.close();

    const longest = Math.max(...sideBySide.map(({ seconds }) => seconds));
    const created = [first, ...sideBySide, last].reduce((sum, end) => sum + end.created, 0);
    return {
      conditions: `${conditionsOf(rules)}; a saved plan, each job a process of its own with its start`,
      figures: [
        { name: 'one job', value: whole.seconds, unit: 's' },
        { name: 'what comes first', value: first.seconds, unit: 's' },
        { name: 'the longest of four jobs', value: longest, unit: 's' },
        { name: 'what comes last', value: last.seconds, unit: 's' },
        {
          name: 'times as fast, side by side',
          value: whole.seconds / longest,
          unit: 'x',
          bar: { atLeast: 3.5 },
        },
        {
          name: 'times as fast, first and last included',
          value: whole.seconds / (first.seconds + longest + last.seconds),
          unit: 'x',
        },
        {
          name: 'rows created, all jobs',
          value: created,
          unit: 'rows',
          bar: { atLeast: whole.created },
        },
        {
          name: 'rows that differ from those of one job',
          value: differing(wholeContent, content),
          unit: 'rows',
          bar: { atMost: 0 },
        },
      ],
    };
  },
};

/** Every row of the sample as the environment has it, by its id. */
async function contentOf(url: string): Promise<ReadonlyMap<string, string>> {
  const content = new Map<string, string>();
  const tables = sampleTables(size);
  for (const [at, set] of (await entitySets(url, size.tables)).entries()) {
    const table = tables[at];
    if (table === undefined) continue;
    const columns = [...table.columns.values()].map(({ name, type }) =>
      type === 'lookup' ? `_${name}_value` : name,
    );
    const select = [...columns, '_ownerid_value', 'statecode'].join(',');
    const answer = await fetch(`${url}/api/data/v9.2/${set}?$select=${select}`, {
      headers: { Authorization: 'Bearer bench', Prefer: 'odata.maxpagesize=5000' },
    });
    const json = parseJson(await answer.text());
    for (const { '@odata.etag': _, ...row } of objectsIn(isObject(json) ? json['value'] : []))
      content.set(
        textIn(row[table.idColumn]) ?? '',
        createHash('sha256').update(JSON.stringify(row)).digest('hex'),
      );
  }
  return content;
}

function differing(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): number {
  const ids = new Set([...one.keys(), ...other.keys()]);
  return [...ids].filter((id) => one.get(id) !== other.get(id)).length;
}
