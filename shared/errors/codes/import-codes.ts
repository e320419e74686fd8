import type { CodeEntry } from './code-entry.ts';

/** 14xx: import. */
export const importCodes = {} as const satisfies Record<`URM14${number}`, CodeEntry>;
