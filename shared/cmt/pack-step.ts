import { createHash } from 'node:crypto';
import type { Files } from '../host/files.ts';
import { writeArchive } from './archive.ts';
import type { ArchivePart } from './archive.ts';
import { hashing, stepHash } from './content-hash.ts';
import { contentTypesFor } from './content-types.ts';
import type { StepSource } from './step-source.ts';

/** Writes a step as a Configuration Migration zip and gives the hash of its content. */
export async function packStep(
  source: StepSource,
  { path, files }: { readonly path: string; readonly files: Files },
  signal: AbortSignal,
): Promise<string> {
  const hashes = new Map<string, ReturnType<typeof createHash>>();
  const parts: ArchivePart[] = [];
  for (const name of entryNames(source)) {
    if (name === '[Content_Types].xml' && !source.names.includes(name)) {
      parts.push({ name, content: contentTypesFor(source.names) });
      continue;
    }
    if (!/^data(_schema)?\.xml$/i.test(name)) {
      parts.push({ name, content: source.read(name, signal) });
      continue;
    }
    const hash = createHash('sha256');
    hashes.set(name.toLowerCase(), hash);
    parts.push({ name, content: hashing(source.read(name, signal), hash) });
  }
  await writeArchive(path, parts, files);
  const hashOf = (name: string): string => hashes.get(name)?.digest('hex') ?? '';
  return stepHash(hashOf('data_schema.xml'), hashOf('data.xml'));
}

/** The order of the folder form, which knows it; else the stock tool's. */
function entryNames(source: StepSource): readonly string[] {
  if (source.form === 'folder') return source.names;
  const rank = (name: string): number => {
    const at = ['data.xml', 'data_schema.xml', '[content_types].xml'].indexOf(name.toLowerCase());
    return at < 0 ? 3 : at;
  };
  const names = source.names.some((name) => rank(name) === 2)
    ? source.names
    : [...source.names, '[Content_Types].xml'];
  return [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
