import type { Guid } from '../model/guid.ts';

/** New ids as a port, so that tests give the same bytes every run. */
export interface Ids {
  next(): Guid;
}
