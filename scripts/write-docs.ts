// Writes every generated file: task manifests, reference pages, the table in the README, troubleshooting.
import { mkdir, writeFile } from 'node:fs/promises';
import { generatedFiles } from './generated-files.ts';

const root = new URL('../', import.meta.url);
for (const [path, text] of await generatedFiles(root)) {
  const file = new URL(path, root);
  await mkdir(new URL('.', file), { recursive: true });
  await writeFile(file, text);
  console.log(path);
}
