import { stageTable } from '#shared/stages/stage-table.ts';
import type { CampaignRun } from './campaign.ts';
import { faultKinds } from './faults.ts';

/** What must never happen, counted over a campaign. */
export interface Totals {
  readonly runs: number;
  readonly planned: number;
  readonly stopped: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly falseGreens: number;
  readonly hangs: number;
  readonly untruths: number;
}

export function totalsOf(runs: readonly CampaignRun[]): Totals {
  const sum = (count: (run: CampaignRun) => number): number =>
    runs.reduce((total, run) => total + count(run), 0);
  return {
    runs: runs.length,
    planned: sum(({ ending }) => (ending === 'planned' ? 1 : 0)),
    stopped: sum(({ ending }) => (ending === 'stopped' ? 1 : 0)),
    lost: sum(({ verdict }) => verdict.lost.length),
    duplicated: sum(({ verdict }) => verdict.duplicated.length),
    falseGreens: sum(({ verdict }) => verdict.falseGreens.length),
    hangs: sum(({ ending }) => (ending === 'hung' ? 1 : 0)),
    untruths: sum(({ verdict }) => verdict.untruths.length),
  };
}

export function isFlawless({ lost, duplicated, falseGreens, hangs, untruths }: Totals): boolean {
  return lost + duplicated + falseGreens + hangs + untruths === 0;
}

/** What is wrong with a run, one line each; empty for almost all of them. */
export function complaintsOf({ ending, verdict }: CampaignRun): readonly string[] {
  return [
    ...(ending === 'hung' ? ['it hangs'] : []),
    ...verdict.lost.map((row) => `lost: ${row}`),
    ...verdict.duplicated.map((row) => `duplicated: ${row}`),
    ...verdict.falseGreens.map((text) => `false green: ${text}`),
    ...verdict.untruths,
  ];
}

/** A run as one line. */
export function runLine({ number, stage, title, fault, told, ending, ms }: CampaignRun): string {
  return `run ${number}: ${stage} ${title} · ${fault} (${told}) · ${ending} · ${Math.round(ms)} ms`;
}

/** Faults × stages: how many runs ended as planned, and how many stopped and were resumed. */
export function renderTally(runs: readonly CampaignRun[]): readonly string[] {
  const stages = stageTable.map(({ name }) => name).filter((name) => has(runs, name));
  const cells = (kind: string, stage: string): string => {
    const own = runs.filter((run) => run.fault === kind && run.stage === stage);
    if (own.length === 0) return '–';
    const { planned, stopped, ...wrong } = totalsOf(own);
    return `${planned} + ${stopped}${isFlawless({ planned, stopped, ...wrong }) ? '' : ' ✗'}`;
  };
  return [
    `| fault | ${stages.join(' | ')} |`,
    `| --- |${stages.map(() => ' ---: |').join('')}`,
    ...faultKinds
      .filter(({ name }) => runs.some(({ fault }) => fault === name))
      .map(({ name }) => `| ${name} | ${stages.map((stage) => cells(name, stage)).join(' | ')} |`),
  ];
}

export function totalsLine(totals: Totals): string {
  const { runs, planned, stopped, lost, duplicated, falseGreens, hangs, untruths } = totals;
  return `${runs} runs: ${planned} ended as planned, ${stopped} stopped and were resumed; ${lost} lost, ${duplicated} duplicated, ${falseGreens} false greens, ${hangs} hangs, ${untruths} other untruths`;
}

function has(runs: readonly CampaignRun[], stage: string): boolean {
  return runs.some((run) => run.stage === stage);
}
