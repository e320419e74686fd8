import { InputError } from '#shared/errors/migration-error.ts';
import type { Files } from '#shared/host/files.ts';

/** The path that a command is to read, once something is there: a slip of the pen is wrong usage. */
export async function existingPath(
  path: string | undefined,
  place: string,
  files: Pick<Files, 'stat'>,
): Promise<string> {
  const given = path ?? '';
  if ((await files.stat(given)) !== undefined) return given;
  throw new InputError(place, `There is nothing at '${given}'`, 'Check the path.');
}
