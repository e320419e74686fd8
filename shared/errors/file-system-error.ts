import { MigrationError, type ErrorText } from './migration-error.ts';

/** The disk of this machine fails: nothing is wrong with the tool or the environment. */
export class FileSystemError extends MigrationError {
  readonly code = 'URM1004';
}

const reasons: Readonly<Record<string, Pick<ErrorText, 'what' | 'next'>>> = {
  ENOSPC: { what: 'The disk is full', next: 'Make room on the disk, then run again.' },
  EDQUOT: {
    what: 'The disk space that this user may take is used up',
    next: 'Make room, or ask for more, then run again.',
  },
  EROFS: { what: 'The disk is read-only', next: 'Give a path on another disk, then run again.' },
  EACCES: {
    what: 'This user may not use the path',
    next: 'Give another path, or let the user write there.',
  },
  EPERM: {
    what: 'This user may not use the path',
    next: 'Give another path, or let the user write there.',
  },
  EIO: { what: 'The disk does not work', next: 'Look at the health of the disk, then run again.' },
  EBUSY: { what: 'Another program holds the file', next: 'Close it there, then run again.' },
  EMFILE: {
    what: 'Too many files are open on this machine',
    next: 'Raise the limit of open files, or run less at once.',
  },
  ENFILE: {
    what: 'Too many files are open on this machine',
    next: 'Raise the limit of open files, or run less at once.',
  },
  ENOENT: {
    what: 'A file or folder went away during the run',
    next: 'See that nothing else cleans the folder meanwhile, then run again.',
  },
  ENOTDIR: { what: 'A file stands where a folder is needed', next: 'Give another path.' },
  EISDIR: { what: 'A folder stands where a file is needed', next: 'Give another path.' },
  ENAMETOOLONG: { what: 'The path is too long', next: 'Give a shorter path.' },
};

/** What the system says of a file, in three parts; `undefined` for any other error. */
export function fileSystemError(error: unknown): FileSystemError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return undefined;
  const reason = reasons[error.code];
  if (reason === undefined) return undefined;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  return new FileSystemError({ ...reason, where: path ?? pathIn(error.message) }, { cause: error });
}

/** Where the error does not name its file apart, its text does. */
function pathIn(message: string): string {
  return /'([^']+)'/.exec(message)?.[1] ?? 'file system';
}
