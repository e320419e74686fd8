import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Real files of others, which are not part of the project: beside it where they are at hand. */
const folder = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));

export interface CorpusSample {
  readonly id: string;
  readonly kind: 'zip' | 'data' | 'schema';
  readonly generator: string;
  /** Rows, where the sample holds data. */
  readonly records?: number;
  readonly files: readonly {
    readonly name: string;
    readonly role: 'zip' | 'data' | 'schema' | 'ct';
  }[];
}

/** Whether the corpus is there; tests that need it skip, visibly, where it is not. */
export const hasCorpus = existsSync(join(folder, 'manifest.json'));

/** All samples, in the order of their numbers. */
export function corpusSamples(): readonly CorpusSample[] {
  if (!hasCorpus) return [];
  const samples: readonly CorpusSample[] = JSON.parse(
    readFileSync(join(folder, 'manifest.json'), 'utf8'),
  );
  return samples.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Samples of many rows take minutes together: they run with CORPUS=all, as they do in CI. */
export function isLeftForLater({ records = 0 }: CorpusSample): boolean {
  return records > 5000 && process.env['CORPUS'] !== 'all';
}

/** The path of one of a sample's files. */
export function corpusFile(sample: CorpusSample, name: string): string {
  return join(folder, 'files', sample.id, name);
}

/** Where a sample can be opened: its zip, or a folder with its documents under their usual names. */
export async function openableSample(sample: CorpusSample, target: string): Promise<string> {
  const zip = sample.files.find(({ role }) => role === 'zip');
  if (zip !== undefined) return corpusFile(sample, zip.name);
  await mkdir(target, { recursive: true });
  const names = { data: 'data.xml', schema: 'data_schema.xml', ct: '[Content_Types].xml' };
  const taken = new Set<string>();
  for (const { name, role } of sample.files) {
    if (role === 'zip' || taken.has(role)) continue;
    taken.add(role);
    await copyFile(corpusFile(sample, name), join(target, names[role]));
  }
  return target;
}
