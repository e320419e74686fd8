import type { Write } from '../../dataverse/client.ts';
import { InternalError } from '../../errors/migration-error.ts';
import type { Host } from '../../host/host.ts';
import type { Action, Change, PlannedValue } from '../../model/plan.ts';
import { isFileValue, type FileValue, type Value } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { isLongText, isVariable } from '../../plan/planned-value.ts';
import type { TextStore } from '../planning/file-spool.ts';
import { stampColumn, type ColumnAction } from './row-reads.ts';

export interface WriteFrame {
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly texts: TextStore;
  readonly host: Pick<Host, 'variable' | 'maskSecret'>;
  readonly runNumber: number;
  /** The content of a file that the package carries in a step. */
  readonly payload: (step: string, file: FileValue) => AsyncIterable<Uint8Array>;
  /** Tables, as `step/table`, whose schema asks that custom server logic is bypassed. */
  readonly bypassing: ReadonlySet<string>;
}

/** Turns an action into what the client sends. Actions that write nothing never come here. */
export async function writeOf(
  action: Action,
  version: string | undefined,
  frame: WriteFrame,
): Promise<Write> {
  const table = tableOf(action.row.table, frame);
  const { id } = action.row;
  const versioned = version === undefined ? {} : { version };
  switch (action.kind) {
    case 'create': {
      const cells = await cellsOf(action.changes, frame);
      if (table.columns.get(stampColumn)?.creatable === true)
        cells.set(stampColumn, frame.runNumber);
      return { kind: 'create', table, id, cells, ...detailsOf(action, cells, frame) };
    }
    case 'update': {
      const cells = await cellsOf(action.changes, frame);
      const details = detailsOf(action, cells, frame);
      return { kind: 'update', table, id, cells, ...versioned, ...details };
    }
    case 'link':
    case 'unlink': {
      const { link } = action;
      const relationship = table.manyToMany.find(({ name }) => name === link.relationship);
      if (relationship === undefined)
        throw new InternalError('A planned relationship is gone', link.relationship);
      const targetEntitySet = tableOf(link.to.table, frame).entitySet;
      return { kind: action.kind, table, relationship, link, targetEntitySet };
    }
    case 'delete':
      return { kind: 'delete', table, id, ...versioned };
    case 'blocked':
    case 'manual':
      throw new InternalError(
        `A ${action.kind} action is never written`,
        `action ${action.number}`,
      );
  }
}

/** What goes with the cells of a write: the content of files, and whether server logic is bypassed. */
export function detailsOf(
  action: ColumnAction,
  cells: ReadonlyMap<string, Value>,
  frame: WriteFrame,
): Pick<Extract<Write, { kind: 'create' }>, 'content' | 'bypassLogic'> {
  const { step, row } = action;
  const hasFiles = [...cells.values()].some(isFileValue);
  return {
    ...(hasFiles ? { content: (file: FileValue) => frame.payload(step, file) } : {}),
    ...(frame.bypassing.has(`${step}/${row.table}`) ? { bypassLogic: true } : {}),
  };
}

/** The changed columns with their whole values. */
export async function cellsOf(
  changes: readonly Change[],
  frame: WriteFrame,
): Promise<Map<string, Value>> {
  const cells = new Map<string, Value>();
  for (const { column, after } of changes) cells.set(column, await valueOf(after, frame));
  return cells;
}

async function valueOf(planned: PlannedValue, frame: WriteFrame): Promise<Value> {
  if (isLongText(planned)) {
    const text = await frame.texts.text(planned.sha256);
    if (text === undefined)
      throw new InternalError('A long text of the plan was not kept', planned.sha256);
    return text;
  }
  if (!isVariable(planned)) return planned;
  const value = frame.host.variable(planned.variable);
  if (value === undefined)
    throw new InternalError('A variable of the plan has no value', planned.variable);
  frame.host.maskSecret(value);
  return value;
}

function tableOf(name: string, frame: WriteFrame): EnvironmentTable {
  const table = frame.tables.get(name);
  if (table === undefined) throw new InternalError('A planned table is gone', name);
  return table;
}
