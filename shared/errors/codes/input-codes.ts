import type { CodeEntry } from './code-entry.ts';

/** 10xx: inputs, sign-in, connection and what the service answers. */
export const inputCodes = {
  URM1001: {
    title: 'An input is missing or wrong',
    cause: 'A task input or a command line flag is absent, or its value cannot be read.',
    remedy: 'Correct the input named in the message. Nothing was sent.',
  },
} as const satisfies Record<`URM10${number}`, CodeEntry>;
