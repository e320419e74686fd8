import type { CodeEntry } from './code-entry.ts';

/** 13xx: planning and identities. */
export const planCodes = {} as const satisfies Record<`URM13${number}`, CodeEntry>;
