import { runSchedule } from '../../dataverse/run-schedule.ts';
import type { ScheduledWrite } from '../../dataverse/schedule.ts';
import { cell, isLookup } from '../../model/row.ts';
import type { DerivedRows } from '../../model/rules.ts';
import type { ApplyFrame, Part } from './apply-frame.ts';
import { cellsOf } from './prepare-write.ts';
import { writesColumns, type ColumnAction } from './row-reads.ts';
import { failureOf } from './run-log.ts';

/**
 * Saves texts once more whose list of what they name the server did not write: rulesets may arrive
 * without dependency mappings, and the documented remedy is to import them again.
 */
export async function settleDerivedRows(
  frame: ApplyFrame,
  part: Part,
  signal: AbortSignal,
): Promise<void> {
  const byTable = new Map<string, ColumnAction[]>();
  if (![...frame.tables.keys()].some((name) => frame.book.of(name).derivedRows !== undefined))
    return;
  for await (const action of frame.plan.actions(signal)) {
    if (!part(action) || !writesColumns(action) || !(await namesRows(action, frame))) continue;
    const list = byTable.get(action.row.table) ?? [];
    byTable.set(action.row.table, [...list, action]);
  }
  for (const [table, actions] of byTable) {
    const derived = frame.book.of(table).derivedRows;
    if (derived !== undefined) await settleTable(actions, derived, frame, signal);
  }
}

/** Whether the action wrote a text of which the server keeps a list, and the text names something. */
async function namesRows(action: ColumnAction, frame: ApplyFrame): Promise<boolean> {
  const { derivedRows, textReferences, textNames } = frame.book.of(action.row.table);
  if (derivedRows === undefined) return false;
  if (frame.log.fateOf(action.number) !== 'done') return false;
  const change = action.changes.find(({ column }) => column === derivedRows.from);
  if (change === undefined) return false;
  const text = (await cellsOf([change], frame)).get(derivedRows.from);
  if (typeof text !== 'string') return false;
  const references = textReferences.get(derivedRows.from)?.find(text).references ?? [];
  return references.length > 0 || (textNames?.get(derivedRows.from)?.find(text) ?? []).length > 0;
}

async function settleTable(
  actions: readonly ColumnAction[],
  derived: DerivedRows,
  frame: ApplyFrame,
  signal: AbortSignal,
): Promise<void> {
  const { writer, log, journal } = frame;
  const listed = (await writer.tables([derived.table], signal)).get(derived.table);
  // An older version may keep no such list.
  if (listed?.columns.has(derived.lookup) !== true) return;
  const keys = actions.map(({ row }) => [row]);
  const where = { by: 'keys', columns: [derived.lookup], keys } as const;
  const present = new Set<string>();
  for await (const row of writer.rows(
    { table: listed, columns: [derived.lookup], where },
    signal,
  )) {
    const holder = cell(row, derived.lookup);
    if (isLookup(holder)) present.add(holder.id);
  }
  const lacking = actions.filter(({ row }) => !present.has(row.id));
  if (lacking.length === 0) return;
  log.forgetLeft();
  await runSchedule(
    writer,
    savedAgain(lacking, derived, frame),
    {
      sending: (numbers, requestId) => journal.write({ is: 'intent', actions: numbers, requestId }),
      answered: async (number, outcome) => {
        const action = lacking.find((each) => each.number === number);
        if (action === undefined) return;
        if (outcome.is === 'done') {
          const version = outcome.version === undefined ? {} : { version: outcome.version };
          await journal.write({ is: 'settled', action: number, ...version });
          log.settled += 1;
          return;
        }
        const finding = failureOf(action, outcome, (each) => log.findingOf(each));
        await journal.write({ is: 'failed', action: number, finding });
        log.fail(number, finding);
      },
    },
    signal,
  );
}

async function* savedAgain(
  actions: readonly ColumnAction[],
  derived: DerivedRows,
  frame: ApplyFrame,
): AsyncGenerator<ScheduledWrite> {
  for (const action of actions) {
    const table = frame.tables.get(action.row.table);
    if (table === undefined) continue;
    const changes = action.changes.filter(({ column }) => column === derived.from);
    const cells = await cellsOf(changes, frame);
    yield {
      key: action.number,
      after: [],
      write: { kind: 'update', table, id: action.row.id, cells },
    };
  }
}
