// npm run campaign -- --runs 1000 --seed 7 [--run K] [--stage NAME] [--fault NAME] [--workers N] [--keep] [--write]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCampaign, type CampaignOptions, type CampaignRun } from './campaign.ts';
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
    workers: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    /** For workers: the runs of one, and where it tells them. */
    share: { type: 'string' },
    json: { type: 'string' },
  },
});
const seed = Number(values.seed);
const runs = Number(values.runs);
const workers = Number(values.workers);
const [from, to] = (values.share ?? values.run ?? '').split('-').map(Number);
const options: CampaignOptions = {
  runs,
  seed,
  keep: values.keep,
  ...(values.run === undefined || from === undefined ? {} : { from, to: from + 1 }),
  ...(values.share === undefined || from === undefined || to === undefined ? {} : { from, to }),
  ...(values.stage === undefined ? {} : { stage: values.stage }),
  ...(values.fault === undefined ? {} : { fault: values.fault }),
};

/** Runs the campaign, or a share of it, in this process. */
async function here(): Promise<readonly CampaignRun[]> {
  const folder = await mkdtemp(join(tmpdir(), 'urm-campaign-'));
  const world = await openWorld(folder);
  const done: CampaignRun[] = [];
  try {
    for await (const run of runCampaign(world, options)) {
      done.push(run);
      const complaints = complaintsOf(run);
      if (complaints.length > 0 || values.verbose || values.run !== undefined)
        console.log(runLine(run));
      for (const complaint of complaints.slice(0, 6)) console.log(`  ✗ ${complaint}`);
      if (done.length % 100 === 0) console.log(`${done.length} runs`);
    }
  } finally {
    await world.close();
    if (values.keep) console.log(`kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
  return done;
}

/** Shares the campaign among processes, each with environments of its own. */
async function shared(): Promise<readonly CampaignRun[]> {
  const folder = await mkdtemp(join(tmpdir(), 'urm-campaign-'));
  const size = Math.ceil(runs / workers);
  const shares = Array.from({ length: workers }, async (_, index) => {
    const file = join(folder, `${index}.json`);
    const share = `${index * size}-${Math.min(runs, (index + 1) * size)}`;
    const program = fileURLToPath(import.meta.url);
    const given = [...process.argv.slice(2), '--seed', values.seed, '--workers', '1'];
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', program, ...given, '--share', share, '--json', file],
      { stdio: 'inherit' },
    );
    await once(child, 'close');
    return JSON.parse(await readFile(file, 'utf8')) as readonly CampaignRun[];
  });
  try {
    return (await Promise.all(shares)).flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (values.share === undefined)
  console.log(`seed ${seed}; --seed ${seed} --run K repeats one run with the same filters`);
const started = performance.now();
const done = workers > 1 ? await shared() : await here();
const totals = totalsOf(done);
if (values.json === undefined) {
  const seconds = Math.round((performance.now() - started) / 1000);
  for (const line of renderTally(done)) console.log(line);
  console.log(`${totalsLine(totals)}, in ${seconds} s`);
  if (values.write) await writeCampaignPage(done, { seed, seconds });
} else await writeFile(values.json, JSON.stringify(done));
process.exitCode = isFlawless(totals) ? 0 : 1;
