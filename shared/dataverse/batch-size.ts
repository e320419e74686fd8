/** Writes in the first batch; the documentation recommends about ten. */
export const startBatchSize = 10;
const smallest = 1;
const largest = 100;
// Long enough that the way there and back hardly counts, short enough to stay far from timeouts.
const aimMs = 2000;

/** The size of the next batch by the time the last one took: doubled when quick, shrunk when slow. */
export function nextBatchSize(size: number, sent: number, tookMs: number): number {
  const perWrite = tookMs / Math.max(1, sent);
  const fitting = Math.floor(aimMs / Math.max(1, perWrite));
  const grown = sent >= size ? Math.min(fitting, size * 2) : Math.min(fitting, size);
  return Math.max(smallest, Math.min(largest, grown));
}
