import type { CodeEntry } from './code-entry.ts';

/** 15xx: verification. */
export const verifyCodes = {} as const satisfies Record<`URM15${number}`, CodeEntry>;
