import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { brokenImport, defects, type Defect } from './broken-stages.ts';
import { runCampaign, type CampaignOptions, type CampaignRun } from './campaign.ts';
import { complaintsOf, runLine, totalsOf, type Totals } from './tally.ts';
import { openWorld, type World } from './world.ts';

// SEED=7 RUNS=200 node --import tsx node_modules/mocha/bin/mocha.js test/campaign/campaign.test.ts
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const runs = Number(process.env['RUNS'] ?? 8);

describe(`the fault campaign (seed ${seed})`, function () {
  this.timeout(600_000);
  let world: World | undefined;
  let folder = '';
  const campaign = async (options: Partial<CampaignOptions>): Promise<readonly CampaignRun[]> => {
    assert.ok(world !== undefined);
    const done: CampaignRun[] = [];
    for await (const run of runCampaign(world, { runs, seed, ...options })) done.push(run);
    return done;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'urm-campaign-'));
    world = await openWorld(folder);
  });

  after(async () => {
    await world?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('ends every stage as planned, or in a stop that says so and can be resumed', async () => {
    const wrong = (await campaign({})).flatMap((run) =>
      complaintsOf(run).map((complaint) => `${runLine(run)}: ${complaint}`),
    );
    assert.deepEqual(wrong, []);
  });

  it('repeats one run of a seed, at the same moment', async () => {
    const of = { seed: 11, stage: 'validate of a package' };
    const [, second] = await campaign({ ...of, runs: 2 });
    const [again] = await campaign({ ...of, runs: 2, from: 1 });
    assert.equal(again?.told, second?.told);
    assert.equal(again?.fault, second?.fault);
  });

  describe('with an import that', () => {
    const noticed: Readonly<Record<Defect, readonly (keyof Totals)[]>> = {
      'tells every end as a success': ['falseGreens'],
      'forgets rows that failed': ['untruths'],
      'counts links that it never sends': ['falseGreens'],
      'creates again under another id when an answer is lost': ['duplicated', 'falseGreens'],
      'never ends once it failed': ['hangs'],
    };
    const faults: Readonly<Record<Defect, string>> = {
      'tells every end as a success': 'refusal',
      'forgets rows that failed': 'refusal',
      'counts links that it never sends': '503',
      'creates again under another id when an answer is lost': 'everything at random',
      'never ends once it failed': 'token refused',
    };
    for (const defect of defects)
      it(`${defect} it does not stay silent`, async () => {
        const broken = { import: brokenImport(defect), rollBack: rollBackStage };
        assert.ok(world !== undefined);
        const options = {
          runs: 12,
          seed: 5,
          stage: 'import of a saved plan',
          fault: faults[defect],
          stages: broken,
          patienceMs: 4000,
        };
        const seen: CampaignRun[] = [];
        const isNoticed = (): boolean => noticed[defect].some((what) => totalsOf(seen)[what] > 0);
        for await (const run of runCampaign(world, options)) {
          seen.push(run);
          if (isNoticed()) break;
        }
        assert.ok(isNoticed(), JSON.stringify(totalsOf(seen)));
      });
  });
});
