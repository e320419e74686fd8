import type { PlanHead } from '../model/plan.ts';
import type { Counts } from '../model/result.ts';

// Fixed figures, so that equal plans have equal estimates: rows per read, writes per batch, and
// what a request of each kind takes on an ordinary environment.
const estimate = { rowsPerRead: 250, writesPerBatch: 10, readSeconds: 0.3, writeSeconds: 0.4 };

/** What carrying out a plan takes. */
export function estimateOf(counts: Counts, tables: number): PlanHead['estimate'] {
  const reads = tables * 2 + 2 * Math.ceil(counts.in / estimate.rowsPerRead);
  const writes = counts.created + counts.updated + counts.linked + counts.unlinked + counts.deleted;
  const batches = Math.ceil(writes / estimate.writesPerBatch);
  const seconds = Math.ceil(
    reads * estimate.readSeconds + batches * estimate.writeSeconds * estimate.writesPerBatch * 0.5,
  );
  return { reads, writes, seconds };
}
