import { nodeFiles } from '#shared/host/node-ports.ts';

/** Writes what `--json` asked for, whole or not at all. */
export async function writeJson(path: string, text: string): Promise<void> {
  await nodeFiles.write(path, `${text}\n`);
}
