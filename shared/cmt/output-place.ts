import type { Files } from '../host/files.ts';
import { FileFormatError } from './file-format-error.ts';

/** A place where an output appears whole or not at all. */
export interface OutputPlace {
  /** Where to write meanwhile: a folder that exists, or a file's name beside the output. */
  readonly staging: string;
  /** Puts what was written, or a part of it, in the output's place. */
  commit(written?: string): Promise<void>;
  /** Removes what was written; does nothing after `commit`. */
  discard(): Promise<void>;
}

/** What may be replaced: a file, or a folder that holds one of these files. */
export type Replaceable =
  | { readonly kind: 'file' }
  | { readonly kind: 'folder'; readonly marks: readonly string[] };

/** Opens an output path. An earlier output is replaced at `commit`; anything else there is refused. */
export async function openOutput(
  path: string,
  replaceable: Replaceable,
  files: Files,
): Promise<OutputPlace> {
  const target = path.replace(/(?<=[^\\/])[\\/]+$/, '');
  await recover(target, replaceable, files);
  await checkTaken(target, replaceable, files);
  const staging = `${target}.part`;
  await files.remove(staging);
  if (replaceable.kind === 'folder') await files.makeFolder(staging);
  const discard = (): Promise<void> => files.remove(staging);
  return {
    staging,
    commit: async (written = staging) => {
      try {
        await replace(written, target, files);
      } finally {
        await discard();
      }
    },
    discard,
  };
}

async function checkTaken(path: string, replaceable: Replaceable, files: Files): Promise<void> {
  const stat = await files.stat(path);
  if (stat === undefined || (stat.kind === 'file' && replaceable.kind === 'file')) return;
  if (stat.kind === 'folder' && replaceable.kind === 'folder') {
    const names = await files.list(path);
    if (names.every(isBystander)) return;
    if (names.some((name) => replaceable.marks.includes(name))) return;
  }
  throw new FileFormatError(
    'URM1110',
    { path },
    {
      what:
        stat.kind === 'folder'
          ? 'The output folder holds something that is no package, and is not overwritten'
          : 'Something that is no folder stands at the output path',
      next: 'Give another path, or remove what stands there.',
    },
  );
}

/** What people keep beside a package: it stays when the package is replaced. */
function isBystander(name: string): boolean {
  return name.startsWith('.') || /\.(md|txt)$/i.test(name);
}

/** A replacement that was killed half-way left the earlier output, or what people keep beside it, here. */
async function recover(target: string, replaceable: Replaceable, files: Files): Promise<void> {
  const old = `${target}.old`;
  const stat = await files.stat(old);
  const isOurs =
    stat?.kind === replaceable.kind &&
    (replaceable.kind === 'file' ||
      (await files.list(old)).some((name) => replaceable.marks.includes(name)));
  if (!isOurs) return;
  if ((await files.stat(target)) === undefined) {
    await files.rename(old, target);
    return;
  }
  if (stat.kind === 'folder') await keepBystanders(old, target, files);
  await files.remove(old);
}

async function keepBystanders(from: string, to: string, files: Files): Promise<void> {
  for (const name of await files.list(from))
    if (isBystander(name) && (await files.stat(`${to}/${name}`)) === undefined)
      await files.rename(`${from}/${name}`, `${to}/${name}`);
}

async function replace(written: string, target: string, files: Files): Promise<void> {
  const stat = await files.stat(target);
  if (stat === undefined) {
    await files.rename(written, target);
    return;
  }
  const old = `${target}.old`;
  await files.remove(old);
  await files.rename(target, old);
  try {
    await files.rename(written, target);
  } catch (error) {
    await files.rename(old, target);
    throw error;
  }
  if (stat.kind === 'folder') await keepBystanders(old, target, files);
  await files.remove(old);
}
