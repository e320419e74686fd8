import type { CodeEntry } from './code-entry.ts';

/** 19xx: faults of this tool. */
export const faultCodes = {
  URM1901: {
    title: 'A fault of this tool',
    cause: 'Something happened that the tool should have foreseen.',
    remedy: 'Report it with the log and the command line; no secret is in either.',
  },
} as const satisfies Record<`URM19${number}`, CodeEntry>;
