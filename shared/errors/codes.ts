/**
 * The registry of codes. A code never changes its meaning and is never used twice; the
 * troubleshooting page is generated from here. Ranges:
 * 10xx inputs, sign-in and connection · 11xx files and packages · 12xx validation of environments ·
 * 13xx planning and identities · 14xx import · 15xx verification · 16xx drift · 17xx roll-back ·
 * 18xx channel providers · 19xx our own faults.
 */
export interface CodeEntry {
  /** What the code means, as a heading: `A required table is missing`. */
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}

export const codes = {
  URM1001: {
    title: 'An input is missing or wrong',
    cause: 'A task input or a command line flag is absent, or its value cannot be read.',
    remedy: 'Correct the input named in the message. Nothing was sent.',
  },
  URM1901: {
    title: 'A fault of this tool',
    cause: 'Something happened that the tool should have foreseen.',
    remedy: 'Report it with the log and the command line; no secret is in either.',
  },
} as const satisfies Record<`URM${number}`, CodeEntry>;

/** A finding's or an error's stable code. */
export type FindingCode = keyof typeof codes;
