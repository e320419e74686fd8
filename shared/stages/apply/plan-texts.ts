import { InternalError } from '../../errors/migration-error.ts';
import type { Change, Plan } from '../../model/plan.ts';
import { cell } from '../../model/row.ts';
import type { RowSource } from '../../model/row-source.ts';
import type { RuleBook } from '../../model/rules.ts';
import { hashOf, isLongText, type LongText } from '../../plan/planned-value.ts';
import type { FileSpool } from '../planning/file-spool.ts';
import { rowKey, writesColumns } from './row-reads.ts';

/**
 * Finds the long texts of a saved plan in its package: the plan has only their hashes, and the ids
 * it rewrote in them.
 */
export async function gatherTexts(
  plan: Plan,
  source: RowSource,
  book: RuleBook,
  spool: FileSpool,
  signal: AbortSignal,
): Promise<void> {
  const wanted = new Map<string, (Change & { readonly after: LongText })[]>();
  for await (const action of plan.actions(signal)) {
    if (!writesColumns(action)) continue;
    const long = action.changes.filter((change) => isLongChange(change));
    if (long.length === 0) continue;
    const key = rowKey({ table: action.row.table, id: action.source ?? action.row.id });
    wanted.set(key, [...(wanted.get(key) ?? []), ...long]);
  }
  if (wanted.size === 0) return;
  const tables = new Set([...wanted.keys()].map((key) => key.slice(0, key.indexOf('/'))));
  for (const table of source.tables) {
    if (!tables.has(table.name)) continue;
    const references = book.of(table.name).textReferences;
    for await (const row of source.rows(table, signal))
      for (const change of wanted.get(rowKey({ table: table.name, id: row.id })) ?? []) {
        const value = cell(row, change.column);
        if (typeof value !== 'string') continue;
        const moved = new Map((change.rewrites ?? []).map(({ from, to }) => [from, to]));
        const text =
          references.get(change.column)?.rewrite(value, ({ id }) => moved.get(id)) ?? value;
        if (hashOf(text) === change.after.sha256) await spool.keepText(change.after.sha256, text);
      }
  }
  for (const changes of wanted.values())
    for (const { column, after } of changes)
      if ((await spool.text(after.sha256)) === undefined)
        throw new InternalError(
          `The package does not hold the text that the plan has for ${column}`,
          plan.hash,
        );
}

function isLongChange(change: Change): change is Change & { readonly after: LongText } {
  return isLongText(change.after);
}
