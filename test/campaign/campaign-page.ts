import { writeFile } from 'node:fs/promises';
import type { CampaignRun } from './campaign.ts';
import { renderTally, totalsLine, totalsOf } from './tally.ts';

const page = new URL('../../docs/fault-campaign.md', import.meta.url);

/** Writes the page that shows what a campaign found. */
export async function writeCampaignPage(
  runs: readonly CampaignRun[],
  { seed, seconds }: { readonly seed: number; readonly seconds: number },
): Promise<void> {
  const lines = [
    '# The fault campaign',
    '',
    '<!-- Written by `npm run campaign -- --write`. -->',
    '',
    'Every stage runs against an emulator that misbehaves: it throttles, breaks connections before and after a',
    'write took effect, stalls, cuts answers off, answers with web pages, lets tokens expire; disks fill up,',
    'clocks jump, somebody else works in the target, the stage is cancelled. Stage, fault and moment follow',
    'from a seed. After each run the target is compared row by row with the state that was planned; a stage',
    'that stopped is started again without faults, and must reach that state.',
    '',
    '```text',
    'npm run campaign -- --runs 1000 --seed 7            the campaign',
    'npm run campaign -- --runs 1000 --seed 7 --run 42   one run of it again',
    'npm run campaign -- --stage import --fault stall    one stage, one fault',
    '```',
    '',
    `The last one that was written down: seed ${seed}, ${seconds} seconds.`,
    '',
    `**${totalsLine(totalsOf(runs))}.**`,
    '',
    'Each cell: runs that ended as planned in spite of the fault + runs that stopped, said so, and reached the',
    'planned end when they were started again.',
    '',
    ...renderTally(runs),
    '',
  ];
  await writeFile(page, lines.join('\n'));
}
