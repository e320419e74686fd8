import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openPackage } from '#shared/cmt/open-package.ts';
import { MigrationError } from '#shared/errors/migration-error.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { StageResult } from '#shared/model/result.ts';
import { openPlan } from '#shared/stages/planning/plan-file.ts';
import { runStage } from '#shared/stages/run-stage.ts';
import type { StageName } from '#shared/stages/stage-entry.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import { loadStage } from '../../cli/stage-loaders.ts';
import { withEmulator } from '#support/emulator.ts';
import { differences, stateOf } from '#support/environment-state.ts';
import {
  killingFiles,
  killStage,
  randomOf,
  type KillPoint,
  type WriteCounts,
} from '#support/kill-points.ts';
import { told, withFolder } from '#support/stage-runs.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

// KILLS=50 SEED=7 npx mocha test/pipeline/killed-writers.test.ts kills more often, or elsewhere.
const kills = Number(process.env['KILLS'] ?? 1);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const { signal } = new AbortController();

type Inputs = Readonly<Record<string, string>>;

/** A stage whose files are looked at after it was killed while it wrote them. */
interface Writer {
  readonly title: string;
  readonly stage: StageName;
  readonly inputs: (out: string) => Inputs;
  /** What a later stage makes of them; nothing where it finds none. Throws a refusal. */
  readonly accept: (out: string) => Promise<string | undefined>;
  /** What is given to start it again. */
  readonly again?: Inputs;
}

describe(`files that were being written at a kill (seed ${seed})`, function () {
  this.timeout(600_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const at = (name: string): string => join(folder.path, name);
  const random = randomOf(seed);
  const exporting = (format: string, out: string): Inputs => ({
    source: source.url,
    out,
    format,
    workstreams: 'Dealer chat',
  });
  const promotion = (out: string): Inputs => ({ target: target.url, package: at('package'), out });

  const writers: readonly Writer[] = [
    ...['zip', 'folder'].map((format): Writer => ({
      title: `a package in form ${format}`,
      stage: 'export',
      inputs: (out) => exporting(format, out),
      accept: (out) => contentIf(out, async () => (await openPackage(out, nodeFiles, signal)).hash),
    })),
    {
      title: 'generated schemas',
      stage: 'generate-schema',
      inputs: (out) => ({ source: source.url, out, workstreams: 'Dealer chat' }),
      accept: (out) => contentIf(out, () => textsIn(out)),
    },
    {
      title: 'a plan and a map',
      stage: 'plan',
      inputs: (out) => ({ ...promotion(out), writeMap: join(out, 'map.yml') }),
      accept: async (out) => {
        const path = join(out, 'plan.json');
        const map = await contentIf(join(out, 'map.yml'), () => textOf(join(out, 'map.yml')));
        const plan = await contentIf(
          path,
          async () => (await openPlan(path, nodeFiles, signal)).hash,
        );
        // The map comes after the plan: alone it would be half of the work.
        return plan === undefined ? undefined : `${plan} ${map ?? ''}`;
      },
    },
    {
      title: 'a report of drift',
      stage: 'check-drift',
      inputs: (out) => promotion(out),
      accept: (out) =>
        contentIf(join(out, 'drift.json'), async () => {
          const drift = JSON.parse(await textOf(join(out, 'drift.json'))) as { drifts: unknown[] };
          return `${drift.drifts.length} differences`;
        }),
    },
    {
      title: 'a run folder',
      stage: 'import',
      inputs: promotion,
      again: { resume: 'true' },
      // What counts is the target, which is compared below.
      accept: () => Promise.resolve(undefined),
    },
  ];

  const run = async (
    stage: StageName,
    inputs: Inputs,
    counts?: WriteCounts,
  ): Promise<StageResult> => {
    const entry = stageEntry(stage);
    assert.ok(entry !== undefined);
    const files = counts === undefined ? nodeFiles : killingFiles(nodeFiles, counts);
    const ports = { ...testPorts(createTestHost(inputs)), files };
    const { result } = await runStage(entry, await loadStage(stage), ports, signal);
    return result;
  };

  before(async () => {
    const exported = await run('export', exporting('zip', at('package')));
    assert.notEqual(exported.outcome, 'failed');
  });

  for (const { title, stage, inputs, accept, again } of writers)
    it(`are never taken for ${title}`, async () => {
      const out = at(`${stage}-out`);
      const counts = { journal: 0, file: 0, rename: 0 };
      await target.reset();
      const { outcome } = await run(stage, inputs(out), counts);
      const whole = await accept(out);
      const wanted = stateOf(target.environment);
      for (let number = 0; number < kills; number += 1) {
        await target.reset();
        // Every second time an earlier output lies there already.
        if (number % 2 === 0 || stage === 'import') await rm(out, { recursive: true });
        const point = pointIn(counts, random);
        const end = await killStage(stage, inputs(out), point);
        const where = `${JSON.stringify(point)} ${end.err}`;
        assert.equal(end.signal, 'SIGKILL', where);
        const left = await accept(out).catch((error: unknown) => {
          assert.ok(error instanceof MigrationError, `${where}: ${String(error)}`);
          return undefined;
        });
        assert.ok(left === undefined || isPartOf(left, whole), `${where}: ${left}`);
        const finished = await run(stage, { ...inputs(out), ...again });
        assert.equal(finished.outcome, outcome, `${where} ${told(finished.findings).join('\n')}`);
        assert.equal(await accept(out), whole, where);
        assert.deepEqual(differences(wanted, stateOf(target.environment)), [], where);
      }
    });
});

/** A moment while one of the files is written; the journal is killed in a suite of its own. */
function pointIn(counts: Required<WriteCounts>, random: () => number): KillPoint {
  const kinds = [
    { at: 'torn-file', of: counts.file },
    { at: 'torn-file', of: counts.file },
    { at: 'before-file', of: counts.file },
    { at: 'before-rename', of: counts.rename },
  ] as const;
  const kind = kinds.filter(({ of }) => of > 0)[Math.floor(random() * 4)] ?? kinds[0];
  return { at: kind.at, n: 1 + Math.floor(random() * kind.of) };
}

/** The same, or a plan whose map was not there yet. */
function isPartOf(left: string, whole: string | undefined): boolean {
  return whole?.startsWith(left.trimEnd()) === true;
}

async function contentIf(
  path: string,
  read: () => Promise<string | undefined>,
): Promise<string | undefined> {
  return (await nodeFiles.stat(path)) === undefined ? undefined : read();
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

async function textsIn(folder: string): Promise<string> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
  return (await Promise.all(paths.map(textOf))).join('\n');
}
