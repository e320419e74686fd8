import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Files, JournalFile } from '#shared/host/files.ts';
import type { StageName } from '#shared/stages/stage-entry.ts';

/**
 * Where a run is killed: as it writes its n-th part of the journal, before any of it is on disk, after
 * half of it is, or after all of it is; before its n-th other file is there, or with half of it; or before
 * its n-th folder takes its place.
 */
export interface KillPoint {
  readonly at:
    | 'before-journal'
    | 'torn-journal'
    | 'after-journal'
    | 'before-file'
    | 'torn-file'
    | 'before-rename';
  readonly n: number;
}

/** How often a run gave its journal and its other files something to write. */
export interface WriteCounts {
  journal: number;
  file: number;
  rename?: number;
}

/** Files that call `kill` at a point; without a point they only count. */
export function killingFiles(
  files: Files,
  counts: WriteCounts,
  point?: KillPoint,
  kill: () => void = () => {},
): Files {
  const isAt = (at: KillPoint['at'], n: number): boolean => point?.at === at && point.n === n;
  const openJournal = async (path: string): Promise<JournalFile> => {
    const journal = await files.openJournal(path);
    return {
      append: async (lines) => {
        counts.journal += 1;
        if (isAt('before-journal', counts.journal)) kill();
        if (isAt('torn-journal', counts.journal)) {
          await journal.append(lines.slice(0, Math.ceil(lines.length / 2)));
          kill();
        }
        await journal.append(lines);
        if (isAt('after-journal', counts.journal)) kill();
      },
      close: () => journal.close(),
    };
  };
  return {
    ...files,
    openJournal,
    write: async (path, content, mode) => {
      counts.file += 1;
      if (isAt('before-file', counts.file)) kill();
      const isTorn = isAt('torn-file', counts.file);
      await files.write(path, isTorn ? killedHalfWay(content, kill) : content, mode);
    },
    rename: async (from, to) => {
      counts.rename = (counts.rename ?? 0) + 1;
      if (isAt('before-rename', counts.rename)) kill();
      await files.rename(from, to);
    },
  };
}

/** Half of a content; then the end, once that half has had time to reach the disk. */
async function* killedHalfWay(
  content: AsyncIterable<Uint8Array> | Uint8Array | string,
  kill: () => void,
): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = [];
  if (typeof content === 'string' || content instanceof Uint8Array)
    chunks.push(Buffer.from(content));
  else for await (const chunk of content) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  const half = whole.subarray(0, Math.ceil(whole.length / 2));
  yield half;
  await setTimeout(20);
  kill();
}

/** Runs an import in a process of its own that kills itself at a point, and waits for its end. */
export function killImport(
  inputs: Readonly<Record<string, string>>,
  point: KillPoint,
): ReturnType<typeof killStage> {
  return killStage('import', inputs, point);
}

/** Runs a stage in a process of its own that kills itself at a point, and waits for its end. */
export async function killStage(
  stage: StageName,
  inputs: Readonly<Record<string, string>>,
  point: KillPoint,
): Promise<{ readonly signal: NodeJS.Signals | null; readonly err: string }> {
  const program = fileURLToPath(new URL('./killed-stage.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', program, JSON.stringify({ stage, inputs, point })],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { signal, err };
}

/** Numbers that look random and are the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
