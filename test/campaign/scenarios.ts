import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { checkDriftStage } from '#shared/stages/check-drift.ts';
import { exportStage } from '#shared/stages/export.ts';
import { generateSchemaStage } from '#shared/stages/generate-schema.ts';
import { importStage, type ImportOptions } from '#shared/stages/import.ts';
import { migrateChannelProvidersStage } from '#shared/stages/migrate-channel-providers.ts';
import { planStage } from '#shared/stages/plan.ts';
import { openPlan } from '#shared/stages/planning/plan-file.ts';
import { rollBackStage, type RollBackOptions } from '#shared/stages/roll-back.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { validateStage } from '#shared/stages/validate.ts';
import { verifyStage } from '#shared/stages/verify.ts';
import type { EnvironmentCopy } from './environment-copy.ts';
import { resultText, start, type Scenario } from './scenario.ts';
import type { Place, World } from './world.ts';

/** Stages that write, to be replaced by broken ones: the campaign must notice. */
export interface WritingStages {
  readonly import: Stage<ImportOptions>;
  readonly rollBack: Stage<RollBackOptions>;
}

type Inputs = Readonly<Record<string, string>>;

/** Every stage in the situations that differ for it. */
export function scenariosOf(
  world: World,
  stages: WritingStages = { import: importStage, rollBack: rollBackStage },
): readonly Scenario[] {
  const { source, target, providers, copies, paths, scope } = world;
  const promotion = { target: target.url, package: paths.package, config: paths.config };
  const migration = (mode: string): Inputs => ({ environment: providers.url, mode });
  const { run } = paths;
  return [
    reading(validateStage, 'of a package', [target, copies.before], () => ({
      target: target.url,
      package: paths.package,
    })),
    reading(validateStage, 'of an environment', [source, copies.source], () => ({
      source: source.url,
      target: target.url,
      ...scope,
    })),
    reading(
      generateSchemaStage,
      'of one workstream',
      [source, copies.source],
      (out) => ({ source: source.url, out, ...scope }),
      contentOf,
    ),
    ...['zip', 'folder'].map((format) =>
      reading(
        exportStage,
        `as ${format}`,
        [source, copies.source],
        (out) => ({ source: source.url, out, format, ...scope }),
        packageIn,
      ),
    ),
    reading(
      planStage,
      'of a promotion',
      [target, copies.before],
      (out) => ({ ...promotion, out }),
      planIn,
    ),
    writing(stages.import, 'of a saved plan', [target, copies.before, copies.after], {
      run: (out) => ({ ...promotion, plan: paths.plan, out }),
      again: (out) => ({ ...promotion, plan: paths.plan, out, resume: 'true' }),
      anew: (out) => ({ ...promotion, out: `${out}-anew` }),
    }),
    writing(stages.import, 'that plans itself', [target, copies.before, copies.after], {
      run: (out) => ({ ...promotion, out }),
      again: (out) => ({ ...promotion, out, resume: 'true' }),
      anew: (out) => ({ ...promotion, out: `${out}-anew` }),
    }),
    writing(stages.import, 'finished by another machine', [target, copies.before, copies.after], {
      run: (out) => ({ ...promotion, plan: paths.plan, out }),
      again: (out) => ({ ...promotion, plan: paths.plan, out: `${out}-elsewhere` }),
      anew: (out) => ({ ...promotion, out: `${out}-anew` }),
    }),
    ...(
      [
        ['of what was imported', copies.after],
        ['of what was changed', copies.spoiled],
      ] as const
    ).flatMap(([title, copy]) => [
      reading(verifyStage, title, [target, copy], (out) => ({ ...promotion, out })),
      reading(checkDriftStage, title, [target, copy], (out) => ({ ...promotion, out })),
    ]),
    writing(stages.rollBack, 'of the import', [target, copies.after, copies.before], {
      run: (out) => ({ target: target.url, run, out }),
      again: (out) => ({ target: target.url, run, out }),
      anew: (out) => ({ target: target.url, run, out, overwriteChanged: 'true' }),
    }),
    reading(
      migrateChannelProvidersStage,
      'plan',
      [providers, copies.firstGeneration],
      (out) => ({ ...migration('plan'), out }),
      planIn,
    ),
    reading(migrateChannelProvidersStage, 'verify', [providers, copies.migrated], (out) => ({
      ...migration('verify'),
      out,
    })),
    writing(
      migrateChannelProvidersStage,
      'apply',
      [providers, copies.firstGeneration, copies.migrated],
      {
        run: (out) => ({ ...migration('apply'), plan: paths.migrationPlan, out }),
        again: (out) => ({ ...migration('apply'), plan: paths.migrationPlan, out, resume: 'true' }),
        anew: (out) => ({ ...migration('apply'), out: `${out}-anew` }),
      },
    ),
    writing(
      migrateChannelProvidersStage,
      'roll-back',
      [providers, copies.migrated, copies.firstGeneration],
      {
        run: (out) => ({ ...migration('roll-back'), run: paths.migrationRun, out }),
        again: (out) => ({ ...migration('roll-back'), run: paths.migrationRun, out }),
        anew: (out) => ({ ...migration('roll-back'), run: paths.migrationRun, out }),
      },
    ),
  ];

  /** A stage that only reads; `output` says what it left in its folder, and throws for half of it. */
  function reading<Options>(
    stage: Stage<Options>,
    title: string,
    [place, copy]: readonly [Place, EnvironmentCopy],
    inputs: (out: string) => Inputs,
    output: (folder: string) => Promise<string | undefined> = () => Promise.resolve(undefined),
  ): Scenario {
    const out = (folder: string): string => join(folder, 'out');
    return {
      stage: stageName(stage),
      title,
      place,
      begin: () => {
        place.copier.putBack(copy);
        // A stage that compares two environments finds the other one at the start, too.
        if (place === source) target.copier.putBack(copies.before);
      },
      run: (attempt) => start(stage, inputs(out(attempt.folder)), attempt),
      again: (attempt) => start(stage, inputs(out(attempt.folder)), attempt),
      look: async (end, folder) => resultText(end, folder, await output(out(folder))),
      leftovers: async (folder) => {
        const left = await output(out(folder)).catch(
          (error: unknown) => `broken: ${String(error)}`,
        );
        return left === undefined ? [] : [left];
      },
    };
  }
}

/** What is given to a stage that writes, in a run folder. */
interface WritingInputs {
  readonly run: (out: string) => Inputs;
  readonly again: (out: string) => Inputs;
  /** After somebody else changed the target. */
  readonly anew: (out: string) => Inputs;
}

function writing<Options>(
  stage: Stage<Options>,
  title: string,
  [place, from, to]: readonly [Place, EnvironmentCopy, EnvironmentCopy],
  inputs: WritingInputs,
): Scenario {
  const out = (folder: string): string => join(folder, 'run');
  return {
    stage: stageName(stage),
    title,
    place,
    states: { start: from.holdings, wanted: to.holdings },
    begin: () => place.copier.putBack(from),
    run: (attempt) => start(stage, inputs.run(out(attempt.folder)), attempt),
    again: (attempt, reason) =>
      start(
        stage,
        (reason === 'stopped' ? inputs.again : inputs.anew)(out(attempt.folder)),
        attempt,
      ),
    look: (end, folder) => Promise.resolve(resultText(end, folder)),
    leftovers: () => Promise.resolve([]),
  };
}

function stageName({ name }: { readonly name: string }): Scenario['stage'] {
  return name as Scenario['stage'];
}

const { signal } = new AbortController();

async function packageIn(path: string): Promise<string | undefined> {
  if ((await nodeFiles.stat(path)) === undefined) return undefined;
  return (await openPackage(path, nodeFiles, signal)).hash;
}

async function planIn(folder: string): Promise<string | undefined> {
  const path = join(folder, 'plan.json');
  if ((await nodeFiles.stat(path)) === undefined) return undefined;
  const plan = await openPlan(path, nodeFiles, signal);
  return plan.applyable ? `the applyable plan ${plan.hash}` : undefined;
}

/** Names and contents of all files. */
async function contentOf(folder: string): Promise<string | undefined> {
  if ((await nodeFiles.stat(folder)) === undefined) return undefined;
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  const hash = createHash('sha256');
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  for (const path of paths) hash.update(relative(folder, path)).update(await readFile(path));
  return paths.length === 0 ? undefined : `${paths.length} files ${hash.digest('hex')}`;
}
