import type { Files } from '../../host/files.ts';
import { textLines, utf8Text } from '../../model/text-lines.ts';
import type { Spool } from '../../plan/ports.ts';

/** Long texts of a plan by their hash. */
export interface TextStore {
  /** A text that was kept; `undefined` where none was. */
  text(sha256: string): Promise<string | undefined>;
}

/** A spool on disk. */
export interface FileSpool extends Spool, TextStore {
  /** Removes everything. */
  remove(): Promise<void>;
}

const maxBufferedChars = 4_000_000;

/** Opens a spool in a temporary folder. Small plans never touch the disk. */
export async function openFileSpool(files: Files): Promise<FileSpool> {
  const folder = await files.makeTemporaryFolder('urm-plan-');
  const buckets = new Map<string, { parts: number; lines: string[] }>();
  const texts = new Map<string, string>();
  const kept = new Set<string>();
  let buffered = 0;
  let bufferedTexts = 0;

  const flush = async (): Promise<void> => {
    for (const [bucket, held] of buckets) {
      if (held.lines.length === 0) continue;
      await files.write(`${folder}/${bucket}.${held.parts}`, `${held.lines.join('\n')}\n`);
      held.parts += 1;
      held.lines = [];
    }
    buffered = 0;
  };
  const flushTexts = async (): Promise<void> => {
    for (const [sha256, text] of texts) await files.write(`${folder}/${sha256}.txt`, text);
    texts.clear();
    bufferedTexts = 0;
  };
  return {
    append: async (bucket, line) => {
      const held = buckets.get(bucket) ?? { parts: 0, lines: [] };
      buckets.set(bucket, held);
      held.lines.push(line);
      buffered += line.length;
      if (buffered > maxBufferedChars) await flush();
    },
    async *lines(bucket, signal) {
      const held = buckets.get(bucket);
      if (held === undefined) return;
      for (let part = 0; part < held.parts; part += 1)
        yield* textLines(utf8Text(files.read(`${folder}/${bucket}.${part}`, signal)));
      for (const line of held.lines) {
        signal.throwIfAborted();
        yield line;
      }
    },
    keepText: async (sha256, text) => {
      if (kept.has(sha256)) return;
      kept.add(sha256);
      texts.set(sha256, text);
      bufferedTexts += text.length;
      if (bufferedTexts > maxBufferedChars) await flushTexts();
    },
    text: async (sha256) => {
      const held = texts.get(sha256);
      if (held !== undefined || !kept.has(sha256)) return held;
      return Buffer.from(await files.readWhole(`${folder}/${sha256}.txt`)).toString('utf8');
    },
    // A temporary folder that stays is the machine's to clear: it must not hide what became of the work.
    remove: () => files.remove(folder).catch(() => undefined),
  };
}
