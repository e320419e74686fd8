import { basename, dirname, join } from 'node:path';
import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import type { Ids } from '../../host/ids.ts';

/** Refuses a folder that holds anything but earlier schemas: it would be replaced. */
export async function checkSchemaFolder(path: string, files: Files): Promise<void> {
  const found = await files.stat(path);
  if (found === undefined) return;
  if (found.kind !== 'folder') refuse(path, 'it is no folder');
  for (const name of await files.list(path)) {
    const inside = join(path, name);
    const kind = (await files.stat(inside))?.kind;
    const names = kind === 'folder' ? await files.list(inside) : [];
    if (!/^\d\d-/.test(name) || kind !== 'folder' || names.some((each) => each !== schemaFile))
      refuse(path, `it holds '${name}', which is no generated schema`);
  }
}

export const schemaFile = 'data_schema.xml';

/** Writes `NN-step/data_schema.xml` for each step; the folder appears whole or stays as it was. */
export async function writeSchemaFolder(
  path: string,
  schemas: readonly { readonly step: string; readonly text: string }[],
  { files, ids }: { readonly files: Files; readonly ids: Ids },
): Promise<void> {
  const mark = ids.next().slice(0, 8);
  const beside = (kind: string): string => join(dirname(path), `${basename(path)}.${mark}.${kind}`);
  const fresh = beside('part');
  const old = beside('old');
  try {
    for (const { step, text } of schemas) await files.write(join(fresh, step, schemaFile), text);
    const replaced = (await files.stat(path)) !== undefined;
    if (replaced) await files.rename(path, old);
    await files.rename(fresh, path);
    if (replaced) await files.remove(old);
  } catch (error) {
    await files.remove(fresh);
    if ((await files.stat(path)) === undefined && (await files.stat(old)) !== undefined)
      await files.rename(old, path);
    throw error;
  }
}

function refuse(path: string, why: string): never {
  throw new InputError(
    'out',
    `'${path}' is not replaced, because ${why}`,
    'Name another folder, or empty this one.',
  );
}
