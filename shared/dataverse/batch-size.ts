/** How requests of one form grow. */
export interface SizeRule {
  readonly first: number;
  readonly largest: number;
  /** Long enough that the way there and back hardly counts, short enough to stay far from timeouts. */
  readonly aimMs: number;
}

/** The documentation recommends about ten writes in a batch. */
export const batchRule: SizeRule = { first: 10, largest: 100, aimMs: 2000 };
/** Bulk messages are made for a hundred rows up to a thousand. */
export const bulkRule: SizeRule = { first: 25, largest: 1000, aimMs: 5000 };

// A batch this small that takes no longer than the way there and back is not worth splitting further.
const largestLeast = 25;

/** What is known of the time the service takes. */
export interface BatchTimes {
  /** The way there and back: the quickest answer so far. */
  readonly latencyMs: number;
  /** One write, the latest batches counting most. */
  readonly writeMs: number;
}

/** The size of the next request by the time the last one took: doubled when quick, shrunk when slow. */
export function nextBatchSize(
  size: number,
  { sent, tookMs }: { readonly sent: number; readonly tookMs: number },
  { aimMs, largest }: SizeRule,
): number {
  const perWrite = tookMs / Math.max(1, sent);
  const fitting = Math.floor(aimMs / Math.max(1, perWrite));
  const grown = sent >= size ? Math.min(fitting, size * 2) : Math.min(fitting, size);
  return Math.max(1, Math.min(largest, grown));
}

/** What one batch of so many writes teaches about the time one takes. */
export function nextTimes(
  known: BatchTimes | undefined,
  {
    sent,
    tookMs,
    quickestMs,
  }: { readonly sent: number; readonly tookMs: number; readonly quickestMs: number },
): BatchTimes {
  const writeMs = Math.max(0, tookMs - quickestMs) / Math.max(1, sent);
  return {
    latencyMs: quickestMs,
    writeMs: known === undefined ? writeMs : (known.writeMs + writeMs) / 2,
  };
}

/**
 * Writes below which a batch spends more time on the way than on the work: splitting what is ready into
 * smaller ones would gain nothing and cost requests.
 */
export function leastBatchSize(times: BatchTimes | undefined): number {
  if (times === undefined) return 1;
  const least = Math.ceil(times.latencyMs / Math.max(0.1, times.writeMs));
  return Math.max(1, Math.min(largestLeast, least));
}
