import type { DataverseReader } from '../../dataverse/client.ts';
import type { Action, Plan } from '../../model/plan.ts';
import { cell, type Row, type Value } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { keyText } from '../../plan/identity-keys.ts';
import { isLongText, isVariable } from '../../plan/planned-value.ts';
import { rowKey, stampColumn, unshown, writesColumns, type ColumnAction } from './row-reads.ts';

/** What finding them needs of the target. */
interface ServerMadeFrame {
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  readonly reader: DataverseReader;
}

/** A planned create whose row the server may make by itself. */
export function isServerMade(
  action: Action,
): action is Extract<Action, { kind: 'create' }> &
  Required<Pick<Extract<Action, { kind: 'create' }>, 'serverMade'>> {
  return action.kind === 'create' && action.serverMade !== undefined;
}

/**
 * Rows that the server made by itself, by the number of the action that was to create them. They have
 * ids of its own choice and are found by the key the plan names.
 */
export async function findServerMade(
  actions: readonly Action[],
  { tables, reader }: ServerMadeFrame,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Row>> {
  const sought = new Map<string, Map<string, number>>();
  const questions = new Map<string, { columns: readonly string[]; keys: (readonly Value[])[] }>();
  for (const action of actions) {
    const table = tables.get(action.row.table);
    if (!isServerMade(action) || table === undefined) continue;
    const { key: columns } = action.serverMade;
    const key = columns.map((column) => plannedCell(action, column));
    if (key.includes(null)) continue;
    const question = questions.get(table.name) ?? { columns, keys: [] };
    questions.set(table.name, question);
    question.keys.push(key);
    const numbers = sought.get(table.name) ?? new Map<string, number>();
    sought.set(table.name, numbers.set(keyText(key, columns, table), action.number));
  }
  const found = new Map<number, Row>();
  for (const [name, { columns, keys }] of questions) {
    const table = tables.get(name);
    if (table === undefined) continue;
    const asked = [...table.columns.values()]
      .filter(({ readable, type }) => readable && type !== 'file' && type !== 'party-list')
      .map((column) => column.name)
      .filter((column) => isWritten(column, name, actions) || columns.includes(column));
    const where = { by: 'keys', columns, keys } as const;
    for await (const row of reader.rows({ table, columns: asked, where }, signal)) {
      const values = columns.map((column) => cell(row, column));
      const number = sought.get(name)?.get(keyText(values, columns, table));
      if (number !== undefined) found.set(number, row);
    }
  }
  return found;
}

function isWritten(column: string, table: string, actions: readonly Action[]): boolean {
  return (
    column === stampColumn ||
    actions.some(
      (action) =>
        action.row.table === table &&
        writesColumns(action) &&
        action.changes.some((change) => change.column === column),
    )
  );
}

function plannedCell(action: ColumnAction, column: string): Value {
  const after = action.changes.find((change) => change.column === column)?.after ?? null;
  return isLongText(after) || isVariable(after) ? null : after;
}

/** The rows that were found to be there, known for the rest of a run. */
export class ServerMadeRows {
  readonly #rows = new Map<string, Row>();

  add(action: Action, row: Row): void {
    // Our own create of an earlier run has the planned id.
    if (row.id !== action.row.id) this.#rows.set(rowKey(action.row), row);
  }

  /** Whether a row has another id than the one that was planned for it. */
  has(action: Action): boolean {
    return [...this.#rows.values()].some(({ id }) => id === action.row.id);
  }

  /** The plan with these rows as updates of what the server made. */
  in(plan: Plan, tables: ReadonlyMap<string, EnvironmentTable>): Plan {
    const inTarget = (action: Action): Action => this.#inTarget(action, tables);
    return {
      ...plan,
      async *actions(signal) {
        for await (const action of plan.actions(signal)) yield inTarget(action);
      },
    };
  }

  #inTarget(action: Action, tables: ReadonlyMap<string, EnvironmentTable>): Action {
    const made = this.#rows.get(rowKey(action.row));
    const table = tables.get(action.row.table);
    if (made === undefined || table === undefined) return action;
    const row = { table: action.row.table, id: made.id };
    if (action.kind !== 'create') return { ...action, row };
    const { serverMade: _, ...rest } = action;
    const changes = unshown(action.changes, made, table, 'after').map((change) => ({
      ...change,
      before: cell(made, change.column) ?? null,
    }));
    const version = made.version === undefined ? {} : { version: made.version };
    return { ...rest, kind: 'update', row, ...version, changes };
  }
}
