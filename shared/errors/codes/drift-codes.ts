import type { CodeEntry } from './code-entry.ts';

/** 16xx: drift. */
export const driftCodes = {
  URM1601: {
    title: 'A row was changed',
    cause: 'Somebody changed it in the environment after it was moved there.',
    remedy: 'Import the package again, take the change over into the source, or accept it.',
  },
  URM1602: {
    title: 'A row or link is gone',
    cause: 'Somebody deleted it in the environment.',
    remedy: 'Import the package again, delete it in the source too, or accept it.',
  },
  URM1603: {
    title: 'A row or link is there that nobody brought',
    cause: 'Somebody made it in the environment by hand.',
    remedy: 'Delete it, make it in the source too, or accept it.',
  },
  URM1604: {
    title: 'An ignore rule has expired',
    cause: 'Its date is past: what it accepted counts again.',
    remedy: 'Give the rule a later date, or take it out.',
  },
  URM1605: {
    title: 'Not everything could be compared',
    cause: 'A table is missing, could not be read, or rows could not be recognized.',
    remedy: 'Resolve what the finding names, then check again.',
  },
  URM1606: {
    title: 'An ignore rule ignored nothing',
    cause: 'What it accepted is no longer different, or it names something else.',
    remedy: 'Take the rule out, or correct it.',
  },
} as const satisfies Record<`URM16${number}`, CodeEntry>;
