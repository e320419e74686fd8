import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageResult } from '#shared/model/result.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { importStage } from '#shared/stages/import.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { runStage } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import { withEmulator } from '#support/emulator.ts';
import { differences, stateOf } from '#support/environment-state.ts';
import {
  killImport,
  killingFiles,
  randomOf,
  type KillPoint,
  type WriteCounts,
} from '#support/kill-points.ts';
import { aPromotion } from '#support/promotion.ts';
import { create, id } from '#support/queue-rows.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

// KILLS=50 SEED=7 npx mocha test/pipeline/resume.test.ts runs more, or others, than the suite does.
const kills = Number(process.env['KILLS'] ?? 8);
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

describe(`an import that is killed (seed ${seed})`, function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const at = (name: string): string => join(folder.path, name);
  const random = randomOf(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const counts: WriteCounts = { journal: 0, file: 0 };
  let untouched: ReadonlyMap<string, string>;
  let complete: ReadonlyMap<string, string>;

  /** A target with something to update and something to create. */
  const restart = async (): Promise<void> => {
    await target.faults('');
    await target.reset();
    await create(target, 'characteristics', {
      characteristicid: id(61),
      name: 'Unrelated',
      characteristictype: 1,
    });
    for (const name of await readdir(folder.path))
      if (!['package', 'plan'].includes(name)) await rm(at(name), { recursive: true });
  };

  before(async () => {
    const exported = await promotion.export();
    assert.notEqual(exported.outcome, 'failed');
    await restart();
    untouched = stateOf(target.environment);
    await promotion.plan('plan');
    const inputs = {
      target: target.url,
      package: at('package'),
      plan: at('plan/plan.json'),
      out: at('run'),
    };
    const entry = stageEntry('import');
    assert.ok(entry !== undefined);
    const ports = {
      ...testPorts(createTestHost(inputs)),
      files: killingFiles(nodeFiles, counts),
    };
    const { result } = await runStage(entry, importStage, ports, new AbortController().signal);
    assert.deepEqual(problems(result), []);
    complete = stateOf(target.environment);
  });

  const kinds = ['before-journal', 'torn-journal', 'after-journal', 'before-file'] as const;
  const endings = ['resumes', 'finishes on another machine', 'is rolled back'] as const;
  for (let number = 0; number < kills; number += 1) {
    const kind = kinds[number % kinds.length] ?? 'before-journal';
    const ending = endings[number % endings.length] ?? 'resumes';
    it(`${ending} after a kill ${kind}, number ${number + 1}`, async () => {
      await restart();
      // How often the journal is flushed depends on who is faster: not up to the last time.
      const limit = kind === 'before-file' ? counts.file : Math.ceil(counts.journal * 0.6);
      const point: KillPoint = { at: kind, n: 1 + below(limit) };
      // Sometimes the service loses answers before the kill, too.
      const lost = random() < 0.5 ? `drop-after:method=POST,nth=${1 + below(10)}` : '';
      await target.faults(lost);
      const end = await killImport(
        {
          target: target.url,
          package: at('package'),
          plan: at('plan/plan.json'),
          out: at('run'),
        },
        point,
      );
      await target.faults('');
      const where = `${JSON.stringify(point)} ${lost} ${end.err}`;
      assert.equal(end.signal, 'SIGKILL', where);
      if (ending !== 'is rolled back') {
        const result = await finishRun(ending === 'resumes');
        assert.deepEqual(problems(result), [], where);
        assert.deepEqual(differences(complete, stateOf(target.environment)), [], where);
      }
      await rollBack(where);
    });
  }

  const finishRun = async (onSameMachine: boolean): Promise<StageResult> => {
    if (onSameMachine) return promotion.import('run', { plan: 'plan/plan.json', resume: 'true' });
    await rm(at('run'), { recursive: true, force: true });
    await mkdir(at('moved'));
    await copyFile(at('plan/plan.json'), at('moved/plan.json'));
    return promotion.import('run', { plan: 'moved/plan.json' });
  };

  const rollBack = async (where: string): Promise<void> => {
    const { result, usage } = await runWith(rollBackStage, { target: target.url, run: at('run') });
    // Killed before the plan was in its folder: nothing was written.
    if (!usage) assert.deepEqual(problems(result), [], where);
    assert.deepEqual(differences(untouched, stateOf(target.environment)), [], where);
  };
});

function problems({ findings }: StageResult): readonly string[] {
  return told(findings.filter(({ severity }) => severity === 'error'));
}
