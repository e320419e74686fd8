import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';

/** Refuses a path for output that is a file: nothing was sent yet. */
export async function checkOutputFolder(path: string, files: Files): Promise<void> {
  const stat = await files.stat(path);
  if (stat !== undefined && stat.kind !== 'folder')
    throw new InputError('out', `'${path}' is a file, not a folder`, 'Give a folder.');
}
