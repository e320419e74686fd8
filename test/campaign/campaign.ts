import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createFaultPlan, type FaultPlan } from '#emulator/protocol/faults.ts';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import type { Files } from '#shared/host/files.ts';
import type { Credential } from '#shared/host/host.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { StageEnd } from '#shared/stages/run-stage.ts';
import { createInstantClock } from '#support/instant-clock.ts';
import { killingFiles, randomOf, type WriteCounts } from '#support/kill-points.ts';
import { faultKinds, type Fault, type FaultKind } from './faults.ts';
import {
  isGreen,
  judgeFaulty,
  judgeFinal,
  rowsMade,
  type Baseline,
  type Ending,
  type Seen,
  type Verdict,
} from './judge.ts';
import type { Attempt, Scenario } from './scenario.ts';
import { scenariosOf, type WritingStages } from './scenarios.ts';
import { pipelineToken, type Place, type World } from './world.ts';

export interface CampaignOptions {
  readonly runs: number;
  readonly seed: number;
  /** Only these runs of the campaign, to before `to`: to look at one again, or to share the work. */
  readonly from?: number;
  readonly to?: number;
  readonly stage?: string;
  readonly fault?: string;
  /** Replaced by broken ones where the campaign itself is tested. */
  readonly stages?: WritingStages;
  /** Leaves the folders of the runs where they are. */
  readonly keep?: boolean;
  /** Real time after which a start counts as hanging. */
  readonly patienceMs?: number;
}

/** One run, by number: with the seed it can be repeated. */
export interface CampaignRun {
  readonly number: number;
  readonly stage: string;
  /** The situation of the stage. */
  readonly title: string;
  readonly fault: string;
  /** What exactly went wrong, and when. */
  readonly told: string;
  readonly ending: Ending | 'hung';
  readonly verdict: Verdict;
  readonly ms: number;
}

/** How a scenario goes when nothing goes wrong. */
interface Course extends Baseline {
  readonly operations: number;
  readonly writes: number;
}

const secret: Credential = {
  kind: 'secret',
  clientId: applicationIds.releasePipeline,
  clientSecret: 'emulator-secret',
};

/**
 * Runs every stage under every kind of fault, at points that follow from the seed, and judges each: the
 * planned state, or a truthful stop from which it is reached without faults.
 */
export async function* runCampaign(
  world: World,
  options: CampaignOptions,
): AsyncGenerator<CampaignRun> {
  const { seed, runs, from = 0, to = runs } = options;
  const pairs = shuffled(pairsOf(world, options), randomOf(seed));
  if (pairs.length === 0) throw new Error('No stage and fault fit.');
  const courses = new Map<Scenario, Course>();
  for (let number = from; number < to; number += 1) {
    const pair = pairs[number % pairs.length];
    if (pair === undefined) return;
    const [scenario, kind] = pair;
    const course = courses.get(scenario) ?? (await courseOf(scenario, world));
    courses.set(scenario, course);
    yield await runOnce({ world, scenario, kind, course, number, options });
  }
}

type Pair = readonly [Scenario, FaultKind];

function pairsOf(world: World, { stage, fault, stages }: CampaignOptions): readonly Pair[] {
  const scenarios = scenariosOf(world, stages).filter(
    (scenario) => stage === undefined || `${scenario.stage} ${scenario.title}`.startsWith(stage),
  );
  const kinds = faultKinds.filter(({ name }) => fault === undefined || name.startsWith(fault));
  return scenarios.flatMap((scenario) =>
    kinds.filter((kind) => kind.suits(scenario)).map((kind): Pair => [scenario, kind]),
  );
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

/** Runs a scenario without faults: how many operations there are to hit, and how it has to end. */
async function courseOf(scenario: Scenario, world: World): Promise<Course> {
  const folder = join(world.folder, 'course');
  await mkdir(folder, { recursive: true });
  try {
    scenario.begin();
    let operations = 0;
    tap(scenario, createFaultPlan(''), () => (operations += 1));
    const counts: WriteCounts = { journal: 0, file: 0 };
    const attempt = attemptIn(folder, { files: killingFiles(nodeFiles, counts) });
    const end = await scenario.run(attempt);
    const seen = await sightOf(scenario, end, folder);
    const writes = counts.file + counts.journal;
    const leftovers = await scenario.leftovers(folder);
    const { findings, counts: told } = end.result;
    const unseenCreates = told.created - rowsMade(scenario, seen.holdings ?? new Map());
    return { text: seen.text ?? '', findings, leftovers, operations, writes, unseenCreates };
  } finally {
    tap(scenario, createFaultPlan(''));
    await rm(folder, { recursive: true });
  }
}

interface RunFrame {
  readonly world: World;
  readonly scenario: Scenario;
  readonly kind: FaultKind;
  readonly course: Course;
  readonly number: number;
  readonly options: CampaignOptions;
}

async function runOnce(frame: RunFrame): Promise<CampaignRun> {
  const { world, scenario, kind, course, number, options } = frame;
  const started = performance.now();
  const random = randomOf(options.seed * 1_000_003 + number);
  const cancel = new AbortController();
  const { operations, writes } = course;
  scenario.begin();
  const fault = kind.make({
    random,
    operations,
    writes,
    scenario,
    world,
    cancel: () => cancel.abort(new Error('The campaign cancels the stage.')),
  });
  const folder = join(world.folder, `run-${number}`);
  await mkdir(folder, { recursive: true });
  const done = (ending: CampaignRun['ending'], verdict: Verdict): CampaignRun => ({
    number,
    stage: scenario.stage,
    title: scenario.title,
    fault: kind.name,
    told: fault.told,
    ending,
    verdict,
    ms: performance.now() - started,
  });
  try {
    const { emulator } = scenario.place;
    const version = versionOf(scenario);
    tap(scenario, createFaultPlan(fault.rules ?? ''), fault.onOperation);
    const ends = await patiently(
      Promise.all(
        Array.from({ length: fault.copies ?? 1 }, (_, copy) => {
          const own = copy === 0 ? folder : join(folder, 'second');
          return scenario.run(attemptIn(own, { fault, signal: cancel.signal }));
        }),
      ),
      options,
    );
    tap(scenario, createFaultPlan(''));
    emulator.offsetMs = 0;
    await untilQuiet(scenario.place);
    if (ends === undefined) return done('hung', nothingWrong);
    const seen: Seen[] = [];
    for (const end of ends) seen.push(await sightOf(scenario, end, folder));
    const wrote = fault.overtaken === undefined && versionOf(scenario) !== version;
    const leftovers = await scenario.leftovers(folder);
    const faulty = judgeFaulty(scenario, fault, { seen, baseline: course, leftovers, wrote });
    if (faulty.ending === 'planned') return done('planned', faulty.verdict);

    const reason = fault.overtaken === undefined ? 'stopped' : 'overtaken';
    // Who was the second of two and stopped goes on as anybody does whose target was changed.
    const isOneGreen = ends.some(isGreen);
    const again = await patiently(
      scenario.again(
        attemptIn(folder, {}),
        isOneGreen && reason === 'stopped' ? 'overtaken' : reason,
      ),
      options,
    );
    if (again === undefined) return done('hung', faulty.verdict);
    const last = await sightOf(scenario, again, folder);
    const final = judgeFinal(scenario, fault, { seen: last, baseline: course });
    return done('stopped', joined(faulty.verdict, final));
  } finally {
    tap(scenario, createFaultPlan(''));
    scenario.place.emulator.offsetMs = 0;
    if (options.keep !== true) await rm(folder, { recursive: true, force: true });
  }
}

function attemptIn(
  folder: string,
  more: { readonly fault?: Fault; readonly signal?: AbortSignal; readonly files?: Files },
): Attempt {
  const { fault, signal = new AbortController().signal, files = nodeFiles } = more;
  const clock = createInstantClock(Date.now());
  const timeoutMs = fault?.timeoutMs;
  return {
    folder,
    files: fault?.files?.(files) ?? files,
    clock: fault?.clock?.(clock) ?? clock,
    credential: fault?.signsIn === true ? secret : pipelineToken,
    signal,
    ...(timeoutMs === undefined ? {} : { timeouts: { getMs: timeoutMs, batchMs: timeoutMs } }),
  };
}

/** Puts fault rules in place, and tells of each operation before it runs. */
function tap(scenario: Scenario, plan: FaultPlan, onOperation?: (n: number) => void): void {
  let operations = 0;
  scenario.place.emulator.faults = {
    text: plan.text,
    hit: (target) => {
      operations += 1;
      onOperation?.(operations);
      return plan.hit(target);
    },
  };
}

/** What a stage no longer waited for may still be under way to the emulator. */
async function untilQuiet({ emulator }: Place): Promise<void> {
  for (let quiet = 0, last = -1; quiet < 3;) {
    await setTimeout(4);
    const { next } = emulator.log.since(Infinity);
    quiet = next === last ? quiet + 1 : 0;
    last = next;
  }
}

/** Rises with every write. */
function versionOf({ place, states }: Scenario): number {
  return states === undefined ? place.copier.lastVersion : 0;
}

async function sightOf(scenario: Scenario, end: StageEnd, folder: string): Promise<Seen> {
  const text = await scenario.look(end, folder).catch(() => undefined);
  return {
    end,
    text,
    ...(scenario.states === undefined ? {} : { holdings: scenario.place.copier.holdings() }),
  };
}

/** What the work gives; nothing when it takes longer than any run may. */
async function patiently<Result>(
  work: Promise<Result>,
  { patienceMs = 120_000 }: CampaignOptions,
): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = globalThis.setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const nothingWrong: Verdict = { lost: [], duplicated: [], falseGreens: [], untruths: [] };

function joined(one: Verdict, other: Verdict): Verdict {
  return {
    lost: [...one.lost, ...other.lost],
    duplicated: [...one.duplicated, ...other.duplicated],
    falseGreens: [...one.falseGreens, ...other.falseGreens],
    untruths: [...one.untruths, ...other.untruths],
  };
}
