import { Session, type Profiler } from 'node:inspector';

/** Tells which inputs reach code that none before them reached, by the engine's own counters. */
export interface CoverageGuide {
  /** What ran since the last question and never before, by block; forgets it. */
  news(): ReadonlySet<string>;
  /** Whether what ran since the last question holds one of these blocks; takes those out. */
  takes(blocks: Set<string>): boolean;
  /** Blocks of the product's code that ran so far. */
  readonly blocks: number;
  close(): void;
}

/** Watches files whose address holds one of the parts. */
export function watchCoverage(parts: readonly string[]): CoverageGuide {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const seen = new Set<string>();
  const ran = (): readonly string[] =>
    take(session)
      .filter(({ url }) => parts.some((part) => url.includes(part)))
      .flatMap(({ url, functions }) =>
        functions.flatMap(({ ranges }) =>
          ranges
            .filter(({ count }) => count > 0)
            .map(
              ({ startOffset, endOffset, count }) =>
                `${url.slice(-50)} ${String(startOffset)}-${String(endOffset)} ${bucket(count)}`,
            ),
        ),
      );
  return {
    get blocks() {
      return seen.size;
    },
    news: () => {
      const fresh = new Set(ran().filter((block) => !seen.has(block)));
      for (const block of fresh) seen.add(block);
      return fresh;
    },
    takes: (blocks) => {
      const before = blocks.size;
      for (const block of ran()) blocks.delete(block);
      return blocks.size < before;
    },
    close: () => {
      session.disconnect();
    },
  };
}

function take(session: Session): readonly Profiler.ScriptCoverage[] {
  let taken: readonly Profiler.ScriptCoverage[] = [];
  // The session is of this very thread: it answers before it returns.
  session.post('Profiler.takePreciseCoverage', (error, { result }) => {
    if (error === null) taken = result;
  });
  return taken;
}

/** Counts of a whole batch and of one input differ: only "ran" and "ran very often" are told apart. */
function bucket(count: number): string {
  return count < 2000 ? '' : 'often';
}
