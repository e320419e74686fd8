import type { CodeEntry } from './code-entry.ts';

/** 17xx: roll-back. */
export const rollBackCodes = {
  URM1701: {
    title: 'The run folder does not fit',
    cause: 'Its journal, its plan and its snapshot do not belong together, or to this environment.',
    remedy: 'Give the run folder as the import left it, and the environment it wrote to.',
  },
  URM1702: {
    title: 'There is nothing to roll back',
    cause: 'The run ended before its first write, or everything is as it was already.',
    remedy: 'Nothing has to be done.',
  },
  URM1703: {
    title: 'Somebody changed a row since the run',
    cause:
      'The row is neither as the run left it nor as it was before; rolling back would overwrite the change.',
    remedy: 'Look at the row. Set overwriteChanged to roll it back all the same.',
  },
  URM1704: {
    title: 'A row was not made by the run',
    cause: 'It has the planned id, but not the mark of the run, so that it is not deleted.',
    remedy: 'Nothing has to be done; delete the row by hand if it is not wanted.',
  },
  URM1705: {
    title: 'A row belongs to a managed solution',
    cause: 'Managed rows are never deleted.',
    remedy: 'Remove the row with its solution.',
    seenAs: ['A managed row cannot be deleted'],
  },
  URM1706: {
    title: 'A row stays, because another one needs it',
    cause: 'A row that cannot be rolled back refers to it.',
    remedy: 'Resolve the finding of the other row, then roll back again.',
  },
  URM1707: {
    title: 'A row is gone',
    cause: 'The run updated it, and somebody deleted it since.',
    remedy: 'Create it again by hand if it is needed.',
  },
  URM1708: {
    title: 'A value cannot come back',
    cause:
      'The run wrote a secret or a column that cannot be read: what it was before nobody wrote down.',
    remedy: 'Set the value by hand.',
  },
  URM1709: {
    title: 'The snapshot lacks what a row was',
    cause: 'A long text, a file or a deleted row is not in the snapshot of the run folder.',
    remedy: 'Give the run folder of the first run of the plan, or restore the row by hand.',
  },
  URM1710: {
    title: 'The server made a row by itself',
    cause: 'It came about because the run created another row; the run did not create it.',
    remedy: 'Delete it by hand if it is not wanted.',
  },
} as const satisfies Record<`URM17${number}`, CodeEntry>;
