import type { CodeEntry } from './code-entry.ts';

/** 11xx: files and packages. */
export const fileCodes = {} as const satisfies Record<`URM11${number}`, CodeEntry>;
