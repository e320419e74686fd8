import { mutate } from './mutate.ts';
import type { CoverageGuide } from './coverage.ts';
import { bytesOf, violationOf, type FuzzTarget } from './fuzz-target.ts';
import { createRandom } from './random.ts';

/** An input that breaks the law, and how. */
export interface Violation {
  readonly input: Uint8Array;
  readonly what: string;
}

/** What happens while fuzzing. */
export interface FuzzEvents {
  /** Before an input is read: what is told here survives a reader that never comes back. */
  readonly reading?: (input: Uint8Array) => void;
  readonly violated: (violation: Violation) => void;
  /** An input that reached new code. */
  readonly found?: (input: Uint8Array) => void;
}

export interface FuzzOptions {
  readonly seed: number;
  /** Inputs kept from earlier runs. */
  readonly corpus: readonly Uint8Array[];
  readonly maxBytes: number;
  /** Absent: inputs are chosen from the seeds and the corpus alone. */
  readonly guide?: CoverageGuide;
  /** Asked before each batch. */
  readonly goesOn: (inputs: number) => boolean;
}

const batchSize = 16;

/**
 * Reads inputs that are nearly right, and keeps those as parents of others that reach code which none
 * reached before. Gives the number of inputs.
 */
export async function fuzz(
  target: FuzzTarget,
  options: FuzzOptions,
  events: FuzzEvents,
): Promise<number> {
  const random = createRandom(options.seed);
  const { guide } = options;
  const pool: Uint8Array[] = [...target.seeds.map(bytesOf), ...options.corpus];
  const read = async (input: Uint8Array): Promise<void> => {
    events.reading?.(input);
    const what = await violationOf(target, input);
    if (what !== undefined) events.violated({ input, what });
  };
  for (const input of pool) await read(input);
  guide?.news();
  let inputs = pool.length;
  while (options.goesOn(inputs)) {
    const batch = Array.from({ length: batchSize }, () => {
      const parent = random.pick(pool);
      if (target.change !== undefined && !random.oneIn(4)) return target.change(parent, random);
      const { words } = target;
      return mutate(parent, { random, others: pool, words, maxBytes: options.maxBytes });
    });
    for (const input of batch) await read(input);
    inputs += batch.length;
    if (guide === undefined) continue;
    const news = new Set(guide.news());
    // Some of them were it: each again, alone, until all that is new has its input.
    for (const input of news.size === 0 ? [] : batch) {
      if (news.size === 0) break;
      guide.takes(new Set());
      events.reading?.(input);
      await violationOf(target, input);
      if (!guide.takes(news)) continue;
      pool.push(input);
      events.found?.(input);
    }
  }
  return inputs;
}
