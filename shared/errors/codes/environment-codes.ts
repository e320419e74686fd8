import type { CodeEntry } from './code-entry.ts';

/** 12xx: what validation and export find in environments. */
export const environmentCodes = {} as const satisfies Record<`URM12${number}`, CodeEntry>;
