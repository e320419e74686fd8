import assert from 'node:assert/strict';
import { cp, mkdir, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { StageResult } from '#shared/model/result.ts';
import { checkDriftStage } from '#shared/stages/check-drift.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { withEmulator } from '#support/emulator.ts';
import { differences, stateOf } from '#support/environment-state.ts';
import { aPromotion, journalOf, requestsSoFar, writesOf } from '#support/promotion.ts';
import { create, id, plantQueues } from '#support/queue-rows.ts';
import { rowsOf, runWith, told, withFolder } from '#support/stage-runs.ts';

const { signal } = new AbortController();
const skill = id(60);
const characteristic = (name: string): Readonly<Record<string, unknown>> => ({
  characteristicid: skill,
  name,
  characteristictype: 1,
});

describe('the snapshot of a run', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'empty' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const at = (name: string): string => join(folder.path, name);
  const namedInSnapshot = async (run: string): Promise<string | undefined> => {
    const rows = await rowsOf(at(`${run}/snapshot`));
    const [row] = [...rows].flatMap(([key, of]) => (key.endsWith('characteristic') ? of : []));
    return row?.cells.find((cell) => typeof cell === 'string' && cell.startsWith('Espa')) as string;
  };

  before(async () => {
    await plantQueues(source);
    await create(source, 'characteristics', characteristic('Spanish'));
    await promotion.export();
  });

  describe('that is not as the run left it is refused before anything is written', () => {
    let since = 0;
    let untouched: ReadonlyMap<string, string>;

    before(async () => {
      await target.reset();
      await create(target, 'characteristics', characteristic('Espanol'));
      for (const run of ['run', 'other-run']) {
        const imported = await promotion.import(run);
        assert.notEqual(imported.outcome, 'failed');
        await target.send('PATCH', `characteristics(${skill})`, { body: { name: 'Espana' } });
      }
      assert.equal(await namedInSnapshot('run'), 'Espanol');
      untouched = stateOf(target.environment);
      since = await requestsSoFar(target);
    });

    /** What every stage says that reads the run folder. */
    const refusals = async (): Promise<void> => {
      const onto = { target: target.url, run: at('copy') };
      const results: readonly StageResult[] = [
        (await runWith(rollBackStage, { ...onto, out: at('back') })).result,
        await promotion.import('copy', { resume: 'true' }),
        (await runWith(checkDriftStage, { ...onto, out: at('drift') })).result,
      ];
      for (const result of results) {
        assert.equal(result.outcome, 'failed');
        assert.deepEqual(told(result.findings.filter(({ severity }) => severity === 'error')), [
          `error URM1416 ${at('copy/snapshot')}`,
        ]);
      }
      assert.deepEqual(await writesOf(target, since), []);
      assert.deepEqual(differences(untouched, stateOf(target.environment)), []);
    };

    beforeEach(async () => {
      await rm(at('copy'), { recursive: true, force: true });
      await cp(at('run'), at('copy'), { recursive: true });
    });

    const zip = async (): Promise<string> => {
      const [name] = (await readdir(at('copy/snapshot'))).filter((each) => each.endsWith('.zip'));
      assert.ok(name !== undefined);
      return at(`copy/snapshot/${name}`);
    };

    it('when a value in it was changed, and its manifest made to fit', async () => {
      const path = await zip();
      const to = (where: string, form: 'zip' | 'folder'): Parameters<typeof convertPackage>[1] => ({
        path: where,
        form,
        files: nodeFiles,
      });
      await convertPackage(path, to(at('loose'), 'folder'), signal);
      const [row] = await readdir(at('loose/characteristic'));
      const text = await readFile(at(`loose/characteristic/${row ?? ''}`), 'utf8');
      await writeFile(at(`loose/characteristic/${row ?? ''}`), text.replace('Espanol', 'Espanole'));
      await rm(path);
      await convertPackage(at('loose'), to(path, 'zip'), signal);
      await refusals();
      const manifest = JSON.parse(await readFile(at('copy/snapshot/migration.json'), 'utf8'));
      for (const step of manifest.steps) delete step.sha256;
      await writeFile(at('copy/snapshot/migration.json'), JSON.stringify(manifest));
      assert.equal((await openPackage(at('copy/snapshot'), nodeFiles, signal)).findings.length, 0);
      await refusals();
    });

    it('when a step of it was cut', async () => {
      const path = await zip();
      await truncate(path, (await readFile(path)).length - 40);
      await refusals();
    });

    it('when its manifest was cut', async () => {
      const path = at('copy/snapshot/migration.json');
      await truncate(path, (await readFile(path)).length - 40);
      await refusals();
    });

    it('when its manifest is missing', async () => {
      await rm(at('copy/snapshot/migration.json'));
      await refusals();
    });

    it('when it is missing', async () => {
      await rm(at('copy/snapshot'), { recursive: true });
      await refusals();
    });

    it('when it is that of another run in the same environment', async () => {
      await rm(at('copy/snapshot'), { recursive: true });
      await cp(at('other-run/snapshot'), at('copy/snapshot'), { recursive: true });
      await refusals();
    });
  });

  it('is taken anew where the run before it ended before its first write', async () => {
    await target.reset();
    await create(target, 'characteristics', characteristic('Espanol'));
    await promotion.import('first');
    // What a run leaves that is killed between its snapshot and its journal.
    await mkdir(at('killed'));
    await cp(at('first/snapshot'), at('killed/snapshot'), { recursive: true });
    await target.reset();
    await create(target, 'characteristics', characteristic('Espana'));
    const wanted = stateOf(target.environment);
    const imported = await promotion.import('killed');
    assert.notEqual(imported.outcome, 'failed');
    assert.equal(await namedInSnapshot('killed'), 'Espana');
    const back = await runWith(rollBackStage, { target: target.url, run: at('killed') });
    assert.equal(back.result.outcome, 'succeeded');
    assert.deepEqual(differences(wanted, stateOf(target.environment)), []);
  });

  it('stays the same while the run is resumed', async () => {
    await target.reset();
    await create(target, 'characteristics', characteristic('Espanol'));
    const wanted = stateOf(target.environment);
    await target.faults('error:method=PATCH,table=characteristic,nth=1,status=400');
    assert.equal((await promotion.import('twice')).outcome, 'failed');
    await target.faults('');
    assert.notEqual((await promotion.import('twice', { resume: 'true' })).outcome, 'failed');
    const starts = (await journalOf(at('twice'))).filter((entry) => entry.is === 'started');
    assert.equal(starts.length, 2);
    assert.equal(starts[0]?.snapshot, starts[1]?.snapshot);
    const back = await runWith(rollBackStage, { target: target.url, run: at('twice') });
    assert.equal(back.result.outcome, 'succeeded');
    assert.deepEqual(differences(wanted, stateOf(target.environment)), []);
  });
});
