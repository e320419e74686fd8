import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import { scopeWithConfiguration } from '../configuration.ts';

/** Settings that would change what is written. */
const unknownHere = ['match', 'environments', 'ignore', 'delete', 'carriedBy'] as const;

/**
 * Reads the configuration file and refuses settings that would change what is written and are not
 * applied: leaving one out without a word could overwrite what it protects.
 */
export async function checkConfiguration(path: string | undefined, files: Files): Promise<void> {
  if (path === undefined) return;
  const everything = { channels: [], queues: [], workstreams: [] };
  await scopeWithConfiguration(everything, path, files);
  const { parse } = await import('yaml');
  const content: unknown = parse(Buffer.from(await files.readWhole(path)).toString('utf8'));
  const given = typeof content === 'object' && content !== null ? Object.keys(content) : [];
  const refused = unknownHere.filter((name) => given.includes(name));
  if (refused.length > 0)
    throw new InputError(
      'config',
      `'${path}' sets ${refused.join(', ')}, which planning does not apply`,
      'Take these settings out, or leave the configuration away.',
    );
}
