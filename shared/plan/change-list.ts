import type { Finding } from '../errors/finding.ts';
import type { Change } from '../model/plan.ts';
import { cell, isLookup, type Row, type Value } from '../model/row.ts';
import type { EnvironmentColumn } from '../model/table.ts';
import { missingRequired, problemWithValue } from './allowed-values.ts';
import { nothingToDo, type Comparison, type ComparisonFrame, type RowPair } from './comparison.ts';
import { overlayValue } from './overlay-value.ts';
import { isKeptByPlatform, isNeverCompared } from './platform-columns.ts';
import type { Overlay, PolicyRow } from './policy.ts';
import { RowRefusals } from './row-refusals.ts';
import { ValueInTarget, type Wanted } from './value-in-target.ts';
import { sameValue } from './values.ts';

/** Collects the changes of one row: lives as long as its comparison. */
export class ChangeList {
  readonly #pair: RowPair;
  readonly #frame: ComparisonFrame;
  readonly #refusals: RowRefusals;
  readonly #values: ValueInTarget;
  readonly #rows: Change[] = [];
  readonly #references: Change[] = [];
  readonly #states: Change[] = [];
  readonly #said = new Set<string>();
  #live = false;

  constructor(pair: RowPair, frame: ComparisonFrame) {
    this.#pair = pair;
    this.#frame = frame;
    this.#refusals = new RowRefusals(pair, frame);
    this.#values = new ValueInTarget(pair, frame, this.#refusals);
  }

  get isEmpty(): boolean {
    return this.#rows.length + this.#references.length + this.#states.length === 0;
  }

  /** The row as a policy knows it. */
  get row(): PolicyRow {
    const { ref, name } = this.#refusals.named;
    return { table: ref.table, source: ref.id, target: this.#pair.target?.id, name };
  }

  get problem(): Finding | undefined {
    return this.#refusals.problem;
  }

  /** Whether the package says that a solution is to bring the row. */
  get isCarried(): boolean {
    return this.#refusals.isCarried;
  }

  /** A row that solutions carry and that is not there has to come with them. */
  waitForSolution(): Comparison {
    return { ...nothingToDo, fate: 'blocked', problem: this.#refusals.waitForSolution() };
  }

  /** Rows that solutions carry are left alone. */
  leaveToSolution(): Comparison {
    if (this.isEmpty && this.problem === undefined) return { ...nothingToDo, fate: 'unchanged' };
    this.#frame.policy?.leaveToSolution(this.row);
    return { ...nothingToDo, fate: 'skipped' };
  }

  /** Takes a value that the environment has of its own: it is the target's, nothing in it moves. */
  lay(overlay: Overlay): void {
    const { described, target } = this.#pair;
    const column = described.columns.get(overlay.column);
    if (column === undefined) {
      this.#refusals.refuse('URM1316', overlay.column, {
        summary: `The target table has no column ${overlay.column}, which the configuration sets`,
        remedy: 'Correct the configuration.',
      });
      return;
    }
    const { value } = overlay;
    if (typeof value === 'object' && value !== null) {
      this.#said.add(column.name);
      if (target === undefined || overlay.writeSecrets)
        this.#rows.push({ column: column.name, before: null, after: value });
      return;
    }
    const typed = overlayValue(value, column);
    if (target === undefined) this.#addToCreate(column, { value: typed });
    else this.#addToUpdate(column, { value: typed }, target);
  }

  add(name: string, value: Value): void {
    const { described, table, target } = this.#pair;
    if (name === described.idColumn || table.rules.withheld.has(name)) return;
    // What the platform only keeps comes along with a new row, and is not a difference of an old one.
    if (isNeverCompared(name) && (target !== undefined || isKeptByPlatform(name))) return;
    const column = described.columns.get(name);
    if (column === undefined) {
      if (value !== null)
        this.#refusals.refuse('URM1316', name, {
          summary: `The target table has no column ${name}`,
          remedy: 'Import the solution that has the column, or leave it out of the package.',
        });
      return;
    }
    const mode = this.#values.dateModeOf(name);
    if (mode !== 'absolute' && target !== undefined) return;
    if (
      target !== undefined &&
      this.#frame.policy?.leaves(
        this.row,
        name,
        () => !sameValue(cell(target, name) ?? null, value, column.type),
      ) === true
    )
      return;
    const wanted = this.#values.of(column, value);
    if (wanted === undefined) return;
    if (target === undefined) this.#addToCreate(column, wanted);
    else this.#addToUpdate(column, wanted, target);
  }

  /** Refuses a create for which the target would ask more than the package says. */
  requireAll(): void {
    const missing = missingRequired(this.#pair.described, this.#said);
    if (missing.length > 0)
      this.#refusals.refuse('URM1321', missing.join(', '), {
        summary: `The target requires a value of ${missing.join(', ')}, and the package has none`,
        remedy: 'Add the column to the schema and export again.',
      });
  }

  refuseManaged(): void {
    const columns = [...this.#rows, ...this.#references, ...this.#states].map(
      (change) => change.column,
    );
    this.#refusals.refuse('URM1319', columns.join(', '), {
      summary: 'The row differs, but it belongs to a managed solution of the target',
      detail: 'Updating it would put an unmanaged layer over the solution.',
      remedy: 'Bring the change with the solution, or take the row out of the package.',
    });
  }

  finish(): Comparison {
    const changed = [...this.#rows, ...this.#references].map(({ column }) => column);
    const changes = {
      rows: this.#rows,
      references: this.#references,
      states: this.#states,
      live: this.#live,
      notices: changed.flatMap((column) => this.#values.notices.get(column) ?? []),
    };
    if (this.problem !== undefined) return { ...changes, fate: 'blocked', problem: this.problem };
    if (this.#pair.target === undefined) return { ...changes, fate: 'created' };
    return { ...changes, fate: this.isEmpty ? 'unchanged' : 'updated' };
  }

  #addToCreate(column: EnvironmentColumn, wanted: Wanted): void {
    if (wanted.value === null) return;
    this.#said.add(column.name);
    this.#check(column, wanted.value);
    const change = changeOf(column, null, wanted);
    const list = this.#listForCreate(column);
    if (list !== undefined) list.push(change);
  }

  // Rows are created active; another state is set when all rows are there:
  // learn.microsoft.com/power-apps/developer/data-platform/webapi/update-delete-entities-using-web-api
  #listForCreate(column: EnvironmentColumn): Change[] | undefined {
    if (column.type === 'state') return this.#isCreatedInactive() ? this.#states : undefined;
    if (column.type === 'status')
      return this.#isCreatedInactive() || !column.creatable ? this.#states : this.#rows;
    if (this.#frame.deferredOf(this.#pair.node).has(column.name)) return this.#references;
    if (column.creatable) return this.#rows;
    return column.updatable ? this.#references : undefined;
  }

  #isCreatedInactive(): boolean {
    const { row, described } = this.#pair;
    const state = cell(row, 'statecode');
    if (typeof state === 'number') return state !== 0;
    const status = cell(row, 'statuscode');
    if (typeof status !== 'number') return false;
    return (described.columns.get('statuscode')?.stateOfStatus?.get(status) ?? 0) !== 0;
  }

  #addToUpdate(column: EnvironmentColumn, wanted: Wanted, target: Row): void {
    const isState = column.type === 'state' || column.type === 'status';
    if (!column.readable || (!column.creatable && !column.updatable && !isState)) return;
    const before = cell(target, column.name) ?? null;
    if (sameValue(before, wanted.value, column.type)) return;
    const { rules } = this.#pair.table;
    if (rules.createOnly.has(column.name)) {
      this.#refusals.refuse('URM1318', column.name, {
        summary: `${column.name} differs, and the service fixes it when a row is created`,
        detail: `Target: ${shown(before)}. Package: ${shown(wanted.value)}.`,
        remedy: 'Delete the target row so that it is created anew, or accept its value.',
      });
      return;
    }
    if (!column.updatable && !isState) {
      this.#refusals.refuse('URM1326', column.name, {
        summary: `${column.name} differs, and the target lets nobody update it`,
        detail: `Target: ${shown(before)}. Package: ${shown(wanted.value)}.`,
        remedy: 'Set the value in the target by the means the product offers for it.',
      });
      return;
    }
    this.#check(column, wanted.value);
    if (rules.liveColumns?.has(column.name) === true) this.#live = true;
    (isState ? this.#states : this.#rows).push(changeOf(column, before, wanted));
  }

  #check(column: EnvironmentColumn, value: Value): void {
    const problem = problemWithValue(column, value);
    if (problem !== undefined)
      this.#refusals.refuse('URM1315', column.name, {
        summary: problem,
        remedy: 'Bring the target column up to date with the source, or correct the value.',
      });
  }
}

function changeOf(column: EnvironmentColumn, before: Value, wanted: Wanted): Change {
  const change = { column: column.name, before, after: wanted.value };
  return wanted.rewrites === undefined ? change : { ...change, rewrites: wanted.rewrites };
}

function shown(value: Value): string {
  if (value === null) return 'empty';
  if (isLookup(value)) return `${value.table} ${value.id}`;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
