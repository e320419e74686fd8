import type { Finding } from '#shared/errors/finding.ts';
import { exitStatus, type StageEnd } from '#shared/stages/run-stage.ts';
import { deviationOf, deviationText, type Holdings } from './environment-copy.ts';
import type { Fault } from './faults.ts';
import type { Scenario } from './scenario.ts';

/** How the faulty start of a stage ended. */
export type Ending =
  /** As if nothing had gone wrong. */
  | 'planned'
  /** It stopped and said so. */
  | 'stopped';

/** What is wrong with a run: nothing of it may ever happen. */
export interface Verdict {
  readonly lost: readonly string[];
  readonly duplicated: readonly string[];
  readonly falseGreens: readonly string[];
  /** Counts that do not add up, a wrong exit status, a stop that cannot be resumed, and the like. */
  readonly untruths: readonly string[];
}

/** What a stage showed when it was looked at. */
export interface Seen {
  readonly end: StageEnd;
  /** Absent where its output cannot be read. */
  readonly text: string | undefined;
  /** What the place holds; only where the stage writes. */
  readonly holdings?: Holdings;
}

/** The same stage when nothing goes wrong. */
export interface Baseline {
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly leftovers: readonly string[];
  /** Rows counted as created that do not stand in states. */
  readonly unseenCreates: number;
}

export function isGreen(end: StageEnd): boolean {
  return exitStatus(end, { detailed: false }) === 0;
}

/** Looks at the ends of the faulty starts. */
export function judgeFaulty(
  scenario: Scenario,
  fault: Fault,
  { seen, baseline, leftovers, wrote }: FaultySight,
): { readonly ending: Ending; readonly verdict: Verdict } {
  const untruths = seen.flatMap(({ end }) => untruthsOf(end, baseline));
  const falseGreens: string[] = [];
  const { states } = scenario;
  const last = seen.at(-1);
  if (states === undefined) {
    if (wrote) untruths.push('it wrote, although it only reads');
    const isPlanned = seen.every(({ text }) => text === baseline.text);
    if (isPlanned) return { ending: 'planned', verdict: verdictOf({ untruths }) };
    for (const { end, text } of seen)
      if (isGreen(end) && fault.overtaken === undefined && !tellsWhy(end, baseline))
        falseGreens.push(`it says ${text ?? 'nothing'} instead of ${baseline.text}`);
    for (const left of leftovers)
      if (
        !baseline.leftovers.includes(left) &&
        fault.overtaken === undefined &&
        !isTold(left, seen)
      )
        untruths.push(`it stopped with ${shown(errorsOf(seen))} and left ${left} behind`);
    return { ending: 'stopped', verdict: verdictOf({ untruths, falseGreens }) };
  }
  const held = last?.holdings ?? new Map<string, string>();
  const touched = fault.overtaken?.rows ?? new Set<string>();
  const { lost, extra } = deviationOf(states.wanted, held);
  const off = [...lost, ...extra].filter((key) => !touched.has(key));
  const isAnyGreen = seen.some(({ end }) => isGreen(end));
  if (isAnyGreen)
    falseGreens.push(
      ...off.map((key) => `it succeeded, and ${deviationText(key, states.wanted, held)}`),
    );
  const isSaved = !scenario.title.includes('plans itself');
  if (isAnyGreen && isSaved)
    for (const key of fault.overtaken?.before ?? [])
      falseGreens.push(`it succeeded, and ${key} had been changed by somebody else before`);
  for (const { end } of seen) {
    // Some rows the server makes by itself: they are planned, and do not stand in states. Others somebody
    // took away after they were created and read back.
    const taken = [...touched].filter(
      (key) => !held.has(key) && !states.start.has(key) && !key.includes('{'),
    ).length;
    const made = rowsMade(scenario, held) + baseline.unseenCreates + taken;
    if (scenario.stage === 'import' && seen.length === 1 && end.result.counts.created > made)
      untruths.push(`it counts ${end.result.counts.created} created rows, and ${made} are there`);
  }
  const isEveryGreen = seen.every(({ end }) => isGreen(end));
  return {
    ending: isEveryGreen ? 'planned' : 'stopped',
    verdict: verdictOf({ untruths, falseGreens }),
  };
}

/** How many rows are there that were not at the start; pairs of rows are none. */
export function rowsMade({ states }: Scenario, held: Holdings): number {
  return [...held.keys()].filter((key) => states?.start.has(key) === false && !key.includes('{'))
    .length;
}

/** An output that the result itself names, such as a plan with rows that are blocked. */
function isTold(left: string, seen: readonly Seen[]): boolean {
  return seen.some(({ end: { result } }) =>
    Object.values(result.outputs).some(
      (value) => String(value).length > 8 && left.includes(String(value)),
    ),
  );
}

/** It warns of what it could not do: reports that are missing, rows that it may not read. */
function tellsWhy({ result: { findings } }: StageEnd, { findings: usual }: Baseline): boolean {
  return findings.some(
    ({ severity, code, where }) =>
      severity === 'warning' &&
      !usual.some((known) => known.code === code && known.where === where),
  );
}

/** What is known after the faulty starts of a run. */
export interface FaultySight {
  readonly seen: readonly Seen[];
  readonly baseline: Baseline;
  readonly leftovers: readonly string[];
  readonly wrote: boolean;
}

/** Looks at the end after everything was put right and the stage was started again. */
export function judgeFinal(
  scenario: Scenario,
  fault: Fault,
  { seen, baseline }: { readonly seen: Seen; readonly baseline: Baseline },
): Verdict {
  const untruths = [...untruthsOf(seen.end, baseline)];
  const { states } = scenario;
  if (states === undefined) {
    if (seen.text !== baseline.text && fault.overtaken === undefined)
      untruths.push(`started again it ends as ${seen.text ?? 'something broken'}`);
    return verdictOf({ untruths });
  }
  const errors = seen.end.result.findings.filter(({ severity }) => severity === 'error');
  if (!isGreen(seen.end)) untruths.push(`it cannot be resumed: ${shown(errors)}`);
  const held = seen.holdings ?? new Map<string, string>();
  const { lost, extra } = deviationOf(states.wanted, held);
  const touched = fault.overtaken?.rows ?? new Set<string>();
  const told = (keys: readonly string[]): readonly string[] =>
    keys.filter((key) => !touched.has(key)).map((key) => deviationText(key, states.wanted, held));
  return verdictOf({
    untruths,
    lost: told(lost),
    duplicated: told(extra),
  });
}

/** What no end may be, whatever went wrong. */
function untruthsOf(end: StageEnd, { findings: usual }: Baseline): string[] {
  const { outcome, counts, findings } = end.result;
  const untruths: string[] = [];
  const sum = counts.created + counts.updated + counts.unchanged + counts.skipped + counts.failed;
  if (counts.in !== sum) untruths.push(`the counts do not add up: ${JSON.stringify(counts)}`);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (isGreen(end) !== (outcome !== 'failed' && errors.length === 0))
    untruths.push(`exit status and outcome ${outcome} do not agree`);
  if (outcome === 'failed' && errors.length === 0) untruths.push('it failed without a word');
  for (const { code, summary, remedy, where } of errors) {
    if (usual.some((known) => known.code === code && known.where === where)) continue;
    if (code === 'URM1901') untruths.push(`it blames itself: ${summary}`);
    if (remedy === '') untruths.push(`${code} says not what to do next`);
    if (end.usage) untruths.push(`it blames the inputs: ${summary}`);
  }
  return untruths;
}

function errorsOf(seen: readonly Seen[]): readonly Finding[] {
  return seen.flatMap(({ end }) =>
    end.result.findings.filter(({ severity }) => severity === 'error'),
  );
}

function shown(findings: readonly Finding[]): string {
  return findings
    .slice(0, 3)
    .map(({ code, where, summary, detail }) => `${code} ${where}: ${summary} ${detail}`)
    .join(' | ');
}

function verdictOf(parts: Partial<Verdict>): Verdict {
  return { lost: [], duplicated: [], falseGreens: [], untruths: [], ...parts };
}
