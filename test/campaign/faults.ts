import type { Clock } from '#shared/host/clock.ts';
import type { Files } from '#shared/host/files.ts';
import { failingFiles } from './faulty-files.ts';
import { foreignChange, sourceLosesRows } from './foreign-changes.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** One thing that goes wrong in one run. */
export interface Fault {
  /** What exactly, to be read beside the seed. */
  readonly told: string;
  /** Rules for the emulator. */
  readonly rules?: string;
  /** Called before the n-th operation that the environment is asked for. */
  readonly onOperation?: (n: number) => void;
  readonly files?: (files: Files) => Files;
  readonly clock?: (clock: Clock) => Clock;
  /** Sign in by a client secret, so that a token can be had anew. */
  readonly signsIn?: true;
  /** Answers may take no longer, on real clocks: stalls do. */
  readonly timeoutMs?: number;
  /** The stage is started so many times at once. */
  readonly copies?: 2;
  /** What somebody else changed, by `table/id`: filled while it happens. */
  readonly overtaken?: Overtaken;
}

/** Rows that somebody else changed during the run. */
export interface Overtaken {
  /** Rows of which the outcome is theirs as much as ours. */
  readonly rows: Set<string>;
  /** Rows that were changed in planned columns before this run had written them. */
  readonly before: Set<string>;
}

export interface FaultContext {
  readonly random: () => number;
  /** How many operations the scenario takes when nothing goes wrong. */
  readonly operations: number;
  /** How many files it writes. */
  readonly writes: number;
  readonly scenario: Scenario;
  readonly world: World;
  readonly cancel: () => void;
}

/** A kind of fault: what it is called in the table, where it can happen, and how. */
export interface FaultKind {
  readonly name: string;
  readonly suits: (scenario: Scenario) => boolean;
  readonly make: (context: FaultContext) => Fault;
}

const always = (): boolean => true;
const isWriting = ({ states }: Scenario): boolean => states !== undefined;

export const faultKinds: readonly FaultKind[] = [
  ruled('429 with seconds', (pick) => `429:${pick.storm(12)},seconds=${pick.below(40)}`),
  ruled('429 without Retry-After', (pick) => `429:${pick.storm(8)},seconds=none`),
  ruled('429 with a wrong Retry-After', (pick) => `429:${pick.storm(8)},seconds=bad`),
  ruled(
    '429 that never ends',
    (pick) => `429:nth=${pick.point()}-9999,seconds=${pick.one([60, 600])}`,
  ),
  ruled('503', (pick) => `503:${pick.storm(8)}`),
  ruled(
    'error page of a gateway',
    (pick) => `html:${pick.storm(8)},status=${pick.one([502, 504])}`,
  ),
  ruled('sign-in page', (pick) => `html:${pick.storm(7)}`),
  ruled('reset before the work', (pick) => `drop-before:${pick.storm(7)}`),
  ruled('reset after the work', (pick) => `drop-after:${pick.storm(7)}`),
  ruled('stall', (pick) => `slow:nth=${pick.point()},times=${pick.one([1, 1, 3])},seconds=3`, {
    timeoutMs: 800,
  }),
  ruled('truncated answer', (pick) => `truncate:${pick.storm(7)}`),
  ruled('deadlock', (pick) => `deadlock:${pick.storm(7)}`),
  ruled(
    'duplicate answer',
    (pick) => `duplicate:${pick.one(['method=POST,', ''])}nth=${pick.point()}`,
  ),
  ruled('refusal', (pick) => `error:nth=${pick.point()},status=${pick.one([400, 403])}`),
  ruled('everything at random', (pick) =>
    ['503', 'drop-before', 'drop-after', 'truncate', 'deadlock', 'html', '429']
      .map((kind) => `${kind}:p=0.03,seed=${pick.below(1e6)}`)
      .join(';'),
  ),
  {
    name: 'expired token',
    suits: always,
    make: ({ random, operations, scenario }) => {
      const at = 1 + Math.floor(random() * operations);
      return {
        told: `tokens expire before operation ${at}`,
        signsIn: true,
        onOperation: (n) => {
          if (n === at) scenario.place.emulator.offsetMs += 2 * 3_600_000;
        },
      };
    },
  },
  ruled('token refused from now on', (pick) => `error:nth=${pick.point()}-9999,status=401`),
  {
    name: 'clock jump',
    suits: always,
    make: ({ random, operations }) => {
      const at = 1 + Math.floor(random() * operations);
      const jumpMs = Math.round((random() - 0.5) * 2 * 86_400_000);
      let offsetMs = 0;
      return {
        told: `the clock jumps by ${jumpMs} ms before operation ${at}, beside 429`,
        rules: `429:nth=${at},seconds=20`,
        onOperation: (n) => {
          if (n === at) offsetMs = jumpMs;
        },
        clock: (clock) => ({
          now: () => clock.now() + offsetMs,
          sleep: (ms, signal) => clock.sleep(ms, signal),
        }),
      };
    },
  },
  disk('disk full', 'full'),
  disk('disk read-only', 'read-only'),
  {
    name: 'target changed midway',
    suits: ({ stage }) => ['import', 'roll-back', 'plan', 'verify', 'check-drift'].includes(stage),
    make: foreignChange,
  },
  {
    name: 'source rows deleted midway',
    suits: ({ stage, place }) =>
      ['export', 'validate', 'generate-schema'].includes(stage) &&
      place.emulator.state().name === 'contoso',
    make: sourceLosesRows,
  },
  {
    name: 'two at once',
    suits: isWriting,
    make: () => ({ told: 'the stage is started twice at once', copies: 2 }),
  },
  {
    name: 'cancelled',
    suits: always,
    make: ({ random, operations, cancel }) => {
      const at = 1 + Math.floor(random() * operations);
      return {
        told: `cancelled at operation ${at}`,
        onOperation: (n) => {
          if (n === at) cancel();
        },
      };
    },
  },
];

/** Choices for a rule, all from the seed. */
interface Picker {
  below(limit: number): number;
  one<Item>(items: readonly Item[]): Item;
  /** The number of an operation. */
  point(): number;
  /** `nth` of one operation or of several in a row, or `every`. */
  storm(longest: number): string;
}

function ruled(
  name: string,
  rules: (pick: Picker) => string,
  more: Partial<Fault> = {},
): FaultKind {
  return {
    name,
    suits: always,
    make: ({ random, operations }) => {
      const below = (limit: number): number => Math.floor(random() * limit);
      const point = (): number => 1 + below(operations);
      const pick: Picker = {
        below,
        one: (items) => {
          const item = items[below(items.length)];
          if (item === undefined) throw new Error('There is nothing to choose from.');
          return item;
        },
        point,
        storm: (longest) => {
          if (below(4) === 0) return `every=${3 + below(10)}`;
          const from = point();
          return `nth=${from}-${from + below(longest)}`;
        },
      };
      const text = rules(pick);
      return { ...more, told: text, rules: text };
    },
  };
}

function disk(name: string, fault: 'full' | 'read-only'): FaultKind {
  return {
    name,
    suits: always,
    make: ({ random, writes }) => {
      const at = 1 + Math.floor(random() * Math.max(1, writes));
      return {
        told: `${name} from write ${at} on`,
        files: (files) => failingFiles(files, fault, at),
      };
    },
  };
}
