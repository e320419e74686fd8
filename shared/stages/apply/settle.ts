import { runSchedule } from '../../dataverse/run-schedule.ts';
import type { ScheduledWrite } from '../../dataverse/schedule.ts';
import type { Action } from '../../model/plan.ts';
import { cell, type Row } from '../../model/row.ts';
import { placeOf } from '../../plan/row-finding.ts';
import type { ApplyFrame, Part } from './apply-frame.ts';
import { cellsOf, detailsOf } from './prepare-write.ts';
import {
  chunked,
  readRowsOf,
  rowKey,
  stampColumn,
  unshown,
  writesColumns,
  type ColumnAction,
} from './row-reads.ts';
import { changedMeanwhile, failureOf } from './run-log.ts';

// Several queries of some hundred ids, side by side.
const actionsPerRead = 2000;

/**
 * Reads back what a part wrote; what differs is written once more, and told when it differs again. Of the
 * last part the versions are noted: in them the run leaves its rows, so that nobody has to read them again.
 */
export async function settle(
  frame: ApplyFrame,
  part: Part,
  { isLast }: { readonly isLast: boolean },
  signal: AbortSignal,
): Promise<void> {
  const { log, plan, writer, tables } = frame;
  const isWritten = (action: Action): action is ColumnAction =>
    part(action) && writesColumns(action) && log.fateOf(action.number) === 'done';
  for await (const actions of chunked(only(plan.actions(signal), isWritten), actionsPerRead)) {
    const differing: Difference[] = [];
    const rows = await readRowsOf(actions, tables, writer, signal);
    for (const difference of differences(actions, rows, frame)) {
      if (!difference.isForeign) {
        differing.push(difference);
        continue;
      }
      const { number } = difference.action;
      const finding = changedMeanwhile(difference.action);
      await frame.journal.write({ is: 'failed', action: number, finding });
      log.fail(number, finding);
    }
    if (differing.length === 0) {
      if (isLast) await noteVersions(actions, rows, frame);
      continue;
    }
    log.forgetLeft();
    const rewritten = new Set<number>();
    await runSchedule(
      writer,
      rewrites(differing, frame),
      {
        sending: (keys, requestId) =>
          frame.journal.write({ is: 'intent', actions: keys, requestId }),
        answered: async (key, outcome) => {
          const action = differing.find((each) => each.action.number === key)?.action;
          if (action === undefined) return;
          if (outcome.is === 'done') {
            await frame.journal.write({
              is: 'settled',
              action: key,
              ...(outcome.version === undefined ? {} : { version: outcome.version }),
            });
            rewritten.add(key);
            return;
          }
          const finding = failureOf(action, outcome, (number) => log.findingOf(number));
          await frame.journal.write({ is: 'failed', action: key, finding });
          log.fail(key, finding);
        },
      },
      signal,
    );
    log.settled += rewritten.size;
    const again = differing
      .map(({ action }) => action)
      .filter(({ number }) => rewritten.has(number));
    const rowsAgain = await readRowsOf(again, tables, writer, signal);
    for (const { action, open } of differences(again, rowsAgain, frame)) {
      const table = tables.get(action.row.table);
      const columns = open.map(({ column }) => column).join(', ');
      log.fail(action.number, {
        severity: 'error',
        code: 'URM1406',
        where: placeOf({ ref: action.row, name: action.name }, columns),
        summary: `The environment keeps another value of ${columns}`,
        detail: `It was written twice; logic of table ${table?.displayName ?? action.row.table} sets it back.`,
        remedy:
          'Find the server logic that sets the value, or leave the column out of the package.',
      });
    }
  }
}

interface Difference {
  readonly action: ColumnAction;
  readonly version: string | undefined;
  readonly open: ColumnAction['changes'];
  /** The row that this run meant to create carries another mark: somebody else made it. */
  readonly isForeign: boolean;
}

/** Notes in which versions rows are left. */
async function noteVersions(
  actions: readonly ColumnAction[],
  rows: ReadonlyMap<string, Row>,
  { log, journal }: ApplyFrame,
): Promise<void> {
  const versions = actions.flatMap(({ number, row }): (readonly [number, string])[] => {
    const version = rows.get(rowKey(row))?.version;
    return version === undefined || log.fateOf(number) !== 'done' ? [] : [[number, version]];
  });
  await journal.write({ is: 'left', versions });
  for (const [number] of versions) log.leave(number);
}

function differences(
  actions: readonly ColumnAction[],
  rows: ReadonlyMap<string, Row>,
  frame: ApplyFrame,
): readonly Difference[] {
  const found: Difference[] = [];
  for (const action of actions) {
    const row = rows.get(rowKey(action.row));
    const table = frame.tables.get(action.row.table);
    if (table === undefined) continue;
    // A row that is gone again: the service's answer to the next write says so.
    const open = row === undefined ? action.changes : unshown(action.changes, row, table, 'after');
    const isForeign =
      action.kind === 'create' &&
      row !== undefined &&
      table.columns.get(stampColumn)?.creatable === true &&
      cell(row, stampColumn) !== frame.runNumber;
    if (open.length > 0) found.push({ action, version: row?.version, open, isForeign });
  }
  return found;
}

async function* rewrites(
  differing: readonly Difference[],
  frame: ApplyFrame,
): AsyncGenerator<ScheduledWrite> {
  for (const { action, version, open } of differing) {
    const table = frame.tables.get(action.row.table);
    if (table === undefined) continue;
    const cells = await cellsOf(open, frame);
    const details = detailsOf(action, cells, frame);
    const write = { kind: 'update', table, id: action.row.id, cells, ...details } as const;
    yield {
      key: action.number,
      after: [],
      write: version === undefined ? write : { ...write, version },
    };
  }
}

async function* only<Kind extends Action>(
  actions: AsyncIterable<Action>,
  isWanted: (action: Action) => action is Kind,
): AsyncGenerator<Kind> {
  for await (const action of actions) if (isWanted(action)) yield action;
}
