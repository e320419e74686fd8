// npm run campaign -- --runs 1000 --seed 7 [--run K] [--stage NAME] [--fault NAME] [--keep] [--write]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCampaign, type CampaignRun } from './campaign.ts';
import { writeCampaignPage } from './campaign-page.ts';
import { complaintsOf, isFlawless, renderTally, runLine, totalsLine, totalsOf } from './tally.ts';
import { openWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    run: { type: 'string' },
    stage: { type: 'string' },
    fault: { type: 'string' },
    write: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
console.log(`seed ${seed}; --seed ${seed} --run K repeats one run with the same filters`);
const folder = await mkdtemp(join(tmpdir(), 'urm-campaign-'));
const world = await openWorld(folder);
const runs: CampaignRun[] = [];
const started = performance.now();
try {
  const options = {
    runs: Number(values.runs),
    seed,
    keep: values.keep,
    ...(values.run === undefined ? {} : { only: Number(values.run) }),
    ...(values.stage === undefined ? {} : { stage: values.stage }),
    ...(values.fault === undefined ? {} : { fault: values.fault }),
  };
  for await (const run of runCampaign(world, options)) {
    runs.push(run);
    const complaints = complaintsOf(run);
    if (complaints.length > 0 || values.verbose || values.run !== undefined)
      console.log(runLine(run));
    for (const complaint of complaints.slice(0, 6)) console.log(`  ✗ ${complaint}`);
  }
} finally {
  await world.close();
  if (values.keep) console.log(`kept: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}
for (const line of renderTally(runs)) console.log(line);
const totals = totalsOf(runs);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(`${totalsLine(totals)}, in ${seconds} s`);
if (values.write) await writeCampaignPage(runs, { seed, seconds });
process.exitCode = isFlawless(totals) ? 0 : 1;
