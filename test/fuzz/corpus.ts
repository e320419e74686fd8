import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../fixtures/fuzz/', import.meta.url));

/** What is kept of a parser's inputs. */
export interface Corpus {
  /** Inputs that reached code of their own, from earlier runs. */
  readonly found: readonly Uint8Array[];
  /** Inputs that broke the law once, by file name. */
  readonly broken: ReadonlyMap<string, Uint8Array>;
}

/** Reads what `test/fixtures/fuzz` keeps for a parser. */
export async function readCorpus(parser: string): Promise<Corpus> {
  const names: readonly string[] = await readdir(root).catch(() => []);
  const broken = new Map<string, Uint8Array>();
  for (const name of names)
    if (name.startsWith(`${parser}.broken-`)) broken.set(name, await readFile(root + name));
  const lines = names.includes(foundName(parser))
    ? (await readFile(root + foundName(parser), 'utf8')).split('\n')
    : [];
  return { found: lines.filter((line) => line !== '').map(decode), broken };
}

// Longer ones say little more, and the repository should stay small.
const maxKeptBytes = 8000;
const maxFileBytes = 200_000;

/** Keeps inputs that reached code of their own: one a line, text where they are text. */
export async function keepFound(parser: string, found: readonly Uint8Array[]): Promise<void> {
  const lines = found.filter(({ length }) => length <= maxKeptBytes).map(encode);
  let bytes = 0;
  const kept = [...new Set(lines)].filter((line) => (bytes += line.length) < maxFileBytes);
  if (kept.length === 0) return;
  await mkdir(root, { recursive: true });
  await writeFile(root + foundName(parser), `${kept.join('\n')}\n`);
}

/** Keeps an input that broke the law; gives its file's name. */
export async function keepBroken(parser: string, input: Uint8Array): Promise<string> {
  await mkdir(root, { recursive: true });
  const digest = createHash('sha256').update(input).digest('hex').slice(0, 10);
  const name = `${parser}.broken-${digest}`;
  await writeFile(root + name, input);
  return name;
}

function foundName(parser: string): string {
  return `${parser}.found.jsonl`;
}

function encode(input: Uint8Array): string {
  return isUtf8(input)
    ? JSON.stringify({ text: Buffer.from(input).toString('utf8') })
    : JSON.stringify({ base64: Buffer.from(input).toString('base64') });
}

function decode(line: string): Uint8Array {
  const { text, base64 } = JSON.parse(line) as { readonly text?: string; readonly base64?: string };
  return text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text);
}
