import { createHash } from 'node:crypto';
import { MigrationError } from '../../errors/migration-error.ts';
import type { JournalEntry } from '../../model/journal.ts';
import { parseJson } from '../../plan/action-json.ts';
import { maxEntryChars, textLines, utf8Text } from '../../model/text-lines.ts';
import { isRecord } from '../../plan/planned-value.ts';

/** A journal that is not as a run left it. */
export class JournalConflict extends MigrationError {
  readonly code = 'URM1415';
}

/**
 * The line of an entry. Its sum covers the entry and the line before it, so that a line which was
 * changed, put in or taken out is noticed.
 */
export function journalLine(
  entry: JournalEntry,
  sumBefore: string,
): { readonly line: string; readonly sum: string } {
  const text = JSON.stringify(entry);
  const sum = sumOf(text, sumBefore);
  return { line: `${text.slice(0, -1)},"sum":"${sum}"}`, sum };
}

/** Where a journal ended: the sum of its last whole line. */
export interface ChainEnd {
  readonly sum: string;
  /** Bytes after the last line end, or none. */
  readonly isCut: boolean;
}

/**
 * The entries of a journal. A line that a crash cut is left out: the last one, and one after which
 * another run went on.
 */
export async function* chainedEntries(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<{ readonly entry: Readonly<Record<string, unknown>>; readonly sum: string }> {
  let sum = '';
  let number = 0;
  const conflict = (what: string): JournalConflict =>
    new JournalConflict({
      what: `The journal is not as the run left it: ${what}`,
      where: `${path} line ${String(number)}`,
      next: 'Use the run folder as the run left it. Without its journal a run cannot be resumed: plan again, and what is there already is recognized.',
    });
  const limit = {
    maxChars: maxEntryChars,
    tooLong: () => conflict('the line after this is longer than any entry'),
  };
  for await (const line of textLines(utf8Text(bytes), limit)) {
    number += 1;
    if (line === '') continue;
    const entry = parseJson(line);
    if (!isRecord(entry)) continue;
    const found = /^(.*),"sum":"([0-9a-f]{16})"\}$/.exec(line);
    const [, text = '', said] = found ?? [];
    if (said === undefined || sumOf(`${text}}`, sum) !== said)
      throw conflict('a line was changed, put in or taken out');
    sum = said;
    yield { entry, sum };
  }
}

function sumOf(entry: string, sumBefore: string): string {
  return createHash('sha256').update(`${sumBefore}\n${entry}`).digest('hex').slice(0, 16);
}
