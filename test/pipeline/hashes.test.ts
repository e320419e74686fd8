import assert from 'node:assert/strict';
import { cp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, requestsSoFar, writesOf } from '#support/promotion.ts';

import { runWith, told, withFolder } from '#support/stage-runs.ts';

const { signal } = new AbortController();

/** Of a file with a hole: it takes no room. */
const hugeBytes = 64 * 1024 ** 3;

describe('what does not match its hash is refused before anything is written', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const at = (name: string): string => join(folder.path, name);
  let since = 0;
  let planHash = '';

  before(async () => {
    await promotion.export({ channels: 'voice', format: 'zip', out: 'package' });
    const planned = await promotion.plan('plan');
    planHash = String(planned.outputs['planHash']);
    since = await requestsSoFar(target);
  });

  afterEach(async () => {
    assert.deepEqual(await writesOf(target, since), []);
  });

  const codesOf = (result: { readonly findings: Parameters<typeof told>[0] }): readonly string[] =>
    result.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);

  describe('a package', () => {
    /** The package with a step whose zip says something else; the zip itself is whole. */
    const changed = async (): Promise<string> => {
      await rm(at('changed'), { recursive: true, force: true });
      await cp(at('package'), at('changed'), { recursive: true });
      const zip = at('changed/01-skills.zip');
      const convert = (from: string, path: string, form: 'zip' | 'folder'): Promise<unknown> =>
        convertPackage(from, { path, form, files: nodeFiles }, signal);
      await convert(zip, at('loose'), 'folder');
      const [row] = (await readdir(at('loose/characteristic'))).filter((name) =>
        name.endsWith('.json'),
      );
      const path = at(`loose/characteristic/${row ?? ''}`);
      const text = await readFile(path, 'utf8');
      await writeFile(path, text.replace(/"name": "/, '"name": "Not '));
      await rm(zip);
      await convert(at('loose'), zip, 'zip');
      await rm(at('loose'), { recursive: true });
      return 'changed';
    };

    it('with a step that was changed, by plan, import and verify', async () => {
      const path = await changed();
      for (const result of [
        await promotion.plan('no-plan', { package: path }),
        await promotion.import('no-run', { package: path }),
        await promotion.verify({ package: path }),
      ])
        assert.deepEqual(codesOf(result), ['URM1108']);
    });

    it('that is not the one of the plan, also when its manifest was made to fit', async () => {
      const path = await changed();
      const manifest = JSON.parse(await readFile(at('changed/migration.json'), 'utf8'));
      for (const step of manifest.steps) delete step.sha256;
      await writeFile(at('changed/migration.json'), JSON.stringify(manifest));
      const result = await promotion.import('no-run', { package: path, plan: 'plan/plan.json' });
      assert.deepEqual(codesOf(result), ['URM1303']);
    });
  });

  describe('a plan', () => {
    it('that was changed', async () => {
      const text = await readFile(at('plan/plan.json'), 'utf8');
      await writeFile(at('plan/changed.json'), text.replace('"kind":"create"', '"kind":"update"'));
      const result = await promotion.import('no-run', { plan: 'plan/changed.json' });
      assert.deepEqual(codesOf(result), ['URM1302']);
    });

    it('that claims more than any disk holds', async () => {
      await cp(at('plan/plan.json'), at('plan/huge.json'));
      await truncate(at('plan/huge.json'), hugeBytes);
      const result = await promotion.import('no-run', { plan: 'plan/huge.json' });
      assert.deepEqual(codesOf(result), ['URM1301']);
      await rm(at('plan/huge.json'));
    });

    it('that is not the approved one, whether it is given or made now', async () => {
      const other = planHash.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
      const given = await promotion.import('no-run', { plan: 'plan/plan.json', planHash: other });
      assert.deepEqual(codesOf(given), ['URM1302']);
      const made = await promotion.import('no-run', { planHash: other });
      assert.deepEqual(codesOf(made), ['URM1302']);
    });
  });

  describe('a run', () => {
    before(async () => {
      const imported = await promotion.import('run', { plan: 'plan/plan.json', planHash });
      assert.notEqual(imported.outcome, 'failed');
      since = await requestsSoFar(target);
    });

    const rolledBack = async (run: string): Promise<readonly string[]> => {
      const inputs = { target: target.url, run: at(run), out: at('no-back') };
      return codesOf((await runWith(rollBackStage, inputs)).result);
    };
    const copied = async (): Promise<string> => {
      await rm(at('copy'), { recursive: true, force: true });
      await cp(at('run'), at('copy'), { recursive: true });
      return 'copy';
    };

    it('whose journal was changed, by roll-back and by a resumed import', async () => {
      const run = await copied();
      const text = await readFile(at('copy/journal.jsonl'), 'utf8');
      await writeFile(at('copy/journal.jsonl'), text.replace('"is":"done"', '"is":"found"'));
      assert.deepEqual(await rolledBack(run), ['URM1415']);
      const resumed = await promotion.import('copy', { resume: 'true' });
      assert.deepEqual(codesOf(resumed), ['URM1415']);
    });

    it('whose journal claims more than any disk holds', async () => {
      const run = await copied();
      await truncate(at('copy/journal.jsonl'), hugeBytes);
      assert.deepEqual(await rolledBack(run), ['URM1415']);
    });

    it('whose plan is another one than the journal tells of', async () => {
      const run = await copied();
      await promotion.plan('other');
      await cp(at('other/plan.json'), at('copy/plan.json'));
      assert.equal((await rolledBack(run)).length, 1);
      const resumed = await promotion.import('copy', { resume: 'true' });
      assert.deepEqual(codesOf(resumed), ['URM1408']);
    });

    it('whose plan was changed', async () => {
      const run = await copied();
      const text = await readFile(at('copy/plan.json'), 'utf8');
      await writeFile(at('copy/plan.json'), text.replace('"kind":"create"', '"kind":"delete"'));
      assert.deepEqual(await rolledBack(run), ['URM1302']);
    });
  });
});
