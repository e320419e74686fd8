import type { Finding } from '../errors/finding.ts';
import type { Change, Rewrite } from '../model/plan.ts';
import {
  cell,
  isLookup,
  isPartyList,
  type Lookup,
  type Row,
  type RowRef,
  type Value,
} from '../model/row.ts';
import type { TextReferences } from '../model/rules.ts';
import type { EnvironmentColumn, EnvironmentTable, SourceTable } from '../model/table.ts';
import { isFilledByPlatform, missingRequired, problemWithValue } from './allowed-values.ts';
import { parseGuid } from '../model/guid.ts';
import type { ResolvedIdentities } from './identity.ts';
import type { Overlay, PlanPolicy, PolicyRow } from './policy.ts';
import { isKeptByPlatform, isNeverCompared } from './platform-columns.ts';
import { shiftDate } from './relative-dates.ts';
import { placeOf, rowProblem, type FindingText, type NamedRow } from './row-finding.ts';
import type { IndexedTable, Node, SourceIndex } from './source-index.ts';
import { sameValue } from './values.ts';

/** What holds for all rows of one comparison. */
export interface ComparisonFrame {
  readonly index: SourceIndex;
  readonly identities: ResolvedIdentities;
  readonly deferredOf: (node: Node) => ReadonlySet<string>;
  readonly policy?: PlanPolicy;
  /** Rows that a solution is to bring, by `table/id`, with the solution's name where one is known. */
  readonly carried?: ReadonlyMap<string, string | undefined>;
  /** When the package is applied, for relative dates. */
  readonly now: number;
  readonly exportedAt: ReadonlyMap<string, string>;
  /** Told of lookups to rows that are nowhere; absent: such a lookup blocks its row. */
  readonly leave?: (row: NamedRow, column: string, to: Lookup) => void;
}

/** A row of the package, merged from the steps it occurs in, and what the target has of it. */
export interface RowPair {
  readonly node: Node;
  readonly row: Row;
  readonly table: IndexedTable;
  readonly described: EnvironmentTable;
  readonly sources: readonly SourceTable[];
  /** Absent when the row is to be created. */
  readonly target?: Row;
}

/** What has to happen so that the target row says what the source row says. */
export interface Comparison {
  readonly fate: 'created' | 'updated' | 'unchanged' | 'skipped' | 'blocked';
  readonly rows: readonly Change[];
  readonly references: readonly Change[];
  readonly states: readonly Change[];
  /** The changes take effect on live conversations at once. */
  readonly live: boolean;
  readonly problem?: Finding;
  readonly notices: readonly Finding[];
}

/** Columns of the target that the comparison of a table needs. */
export function comparedColumns(
  table: IndexedTable,
  described: EnvironmentTable,
  policy?: PlanPolicy,
): string[] {
  const names = new Set(
    policy
      ?.overlaidColumns(table.name)
      .filter((column) => described.columns.get(column)?.readable === true),
  );
  for (const source of table.sources)
    for (const column of source.columns.keys())
      if (isCompared(column, table, described)) names.add(column);
  if (described.columns.get('ismanaged')?.readable === true) names.add('ismanaged');
  return [...names];
}

function isCompared(column: string, table: IndexedTable, described: EnvironmentTable): boolean {
  const known = described.columns.get(column);
  return (
    column !== described.idColumn &&
    !isNeverCompared(column) &&
    !table.rules.withheld.has(column) &&
    known?.readable === true
  );
}

/** Compares one row of the package with the target's; pure. */
export function compareRow(pair: RowPair, frame: ComparisonFrame): Comparison {
  const leftAlone = pair.target !== undefined && pair.sources.every((source) => source.skipUpdate);
  const changes = new ChangeList(pair, frame);
  const overlays = frame.policy?.overlaysOf(changes.row) ?? [];
  for (const [at, column] of pair.row.shape.columns.entries()) {
    const value = pair.row.cells[at];
    if (value !== undefined && !overlays.some((overlay) => overlay.column === column))
      changes.add(column, value);
  }
  for (const overlay of overlays) changes.lay(overlay);
  const isCarried = frame.policy?.isCarried(pair.sources) === true || changes.isCarried;
  if (isCarried && pair.target === undefined) return changes.waitForSolution();
  if (leftAlone) {
    const fate = changes.isEmpty && changes.problem === undefined ? 'unchanged' : 'skipped';
    return { ...nothingToDo, fate };
  }
  const isManaged = pair.target !== undefined && cell(pair.target, 'ismanaged') === true;
  if (isCarried && !isManaged) return changes.leaveToSolution();
  if (pair.target === undefined) changes.requireAll();
  else if (!changes.isEmpty && isManaged) changes.refuseManaged();
  return changes.finish();
}

const nothingToDo = { rows: [], references: [], states: [], live: false, notices: [] } as const;

/** Collects the changes of one row: lives as long as its comparison. */
class ChangeList {
  readonly #pair: RowPair;
  readonly #frame: ComparisonFrame;
  readonly #named: NamedRow;
  readonly #rows: Change[] = [];
  readonly #references: Change[] = [];
  readonly #states: Change[] = [];
  /** Notices by column: only those of columns that change are told. */
  readonly #notices = new Map<string, Finding>();
  readonly #said = new Set<string>();
  #live = false;
  problem: Finding | undefined;

  constructor(pair: RowPair, frame: ComparisonFrame) {
    this.#pair = pair;
    this.#frame = frame;
    this.#named = { ref: frame.index.refOf(pair.node), name: frame.index.nameOf(pair.node) };
  }

  get isEmpty(): boolean {
    return this.#rows.length + this.#references.length + this.#states.length === 0;
  }

  /** The row as a policy knows it. */
  get row(): PolicyRow {
    const { ref, name } = this.#named;
    return { table: ref.table, source: ref.id, target: this.#pair.target?.id, name };
  }

  /** Whether the package says that a solution is to bring the row. */
  get isCarried(): boolean {
    return this.#frame.carried?.has(keyOf(this.#named.ref)) === true;
  }

  /** A row that solutions carry and that is not there has to come with them. */
  waitForSolution(): Comparison {
    const solution = this.#frame.carried?.get(keyOf(this.#named.ref));
    this.problem = undefined;
    this.#refuse('URM1348', undefined, {
      summary: `The target lacks this row, and ${solution === undefined ? 'a solution' : `the solution ${solution}`} carries it`,
      remedy: `Import ${solution === undefined ? 'the solution that holds the row' : solution} first, then plan again.`,
    });
    return {
      ...nothingToDo,
      fate: 'blocked',
      ...(this.problem === undefined ? {} : { problem: this.problem }),
    };
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
      this.#refuse('URM1316', overlay.column, {
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
        this.#refuse('URM1316', name, {
          summary: `The target table has no column ${name}`,
          remedy: 'Import the solution that has the column, or leave it out of the package.',
        });
      return;
    }
    const mode = this.#dateModeOf(name);
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
    const wanted = this.#inTarget(column, value);
    if (wanted === undefined) return;
    if (target === undefined) this.#addToCreate(column, wanted);
    else this.#addToUpdate(column, wanted, target);
  }

  /** Refuses a create for which the target would ask more than the package says. */
  requireAll(): void {
    const missing = missingRequired(this.#pair.described, this.#said);
    if (missing.length > 0)
      this.#refuse('URM1321', missing.join(', '), {
        summary: `The target requires a value of ${missing.join(', ')}, and the package has none`,
        remedy: 'Add the column to the schema and export again.',
      });
  }

  refuseManaged(): void {
    const columns = [...this.#rows, ...this.#references, ...this.#states].map(
      (change) => change.column,
    );
    this.#refuse('URM1319', columns.join(', '), {
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
      notices: changed.flatMap((column) => this.#notices.get(column) ?? []),
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
      this.#refuse('URM1318', column.name, {
        summary: `${column.name} differs, and the service fixes it when a row is created`,
        detail: `Target: ${shown(before)}. Package: ${shown(wanted.value)}.`,
        remedy: 'Delete the target row so that it is created anew, or accept its value.',
      });
      return;
    }
    if (!column.updatable && !isState) {
      this.#refuse('URM1326', column.name, {
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
      this.#refuse('URM1315', column.name, {
        summary: problem,
        remedy: 'Bring the target column up to date with the source, or correct the value.',
      });
  }

  /** The value as the target would have it; `undefined` where it is to be left alone. */
  #inTarget(column: EnvironmentColumn, value: Value): Wanted | undefined {
    if (isLookup(value)) return this.#lookupInTarget(column, value);
    if (isPartyList(value)) return this.#partiesInTarget(column, value);
    const texts = this.#pair.table.rules.textReferences.get(column.name);
    if (texts !== undefined && typeof value === 'string')
      return this.#textInTarget(column.name, value, texts);
    const mode = this.#dateModeOf(column.name);
    if (mode !== 'absolute' && typeof value === 'string') {
      const exportedAt = this.#frame.exportedAt.get(this.#frame.index.stepOf(this.#pair.node));
      return { value: shiftDate(value, { mode, exportedAt, now: this.#frame.now }) };
    }
    return { value };
  }

  #lookupInTarget(column: EnvironmentColumn, value: Lookup): Wanted | undefined {
    const { index, identities } = this.#frame;
    const node = index.nodeOf(value);
    if (node !== undefined && identities.matchOf(node).is === 'dropped') return undefined;
    const target = node === undefined ? undefined : identities.targetOf(node);
    if (target !== undefined)
      return {
        value: value.name === undefined ? target : { ...target, name: value.name },
      };
    const { leave } = this.#frame;
    const isNeeded = column.required === 'system' && !isFilledByPlatform(column);
    if (leave !== undefined && (this.#pair.target !== undefined || !isNeeded)) {
      leave(this.#named, column.name, value);
      return undefined;
    }
    if (this.#waitsFor(column.name, column.name, [value])) return undefined;
    this.#refuse('URM1313', column.name, {
      summary: `${column.name} refers to ${value.table} ${value.id}${value.name === undefined ? '' : ` ${value.name}`}, which is neither in the package nor in the target`,
      remedy: 'Bring the referenced row along, create it in the target, or map it.',
    });
    return undefined;
  }

  #partiesInTarget(column: EnvironmentColumn, parties: readonly Row[]): Wanted {
    const moved: Row[] = [];
    for (const party of parties) {
      const at = party.shape.columns.indexOf('partyid');
      const who = party.cells[at];
      if (!isLookup(who)) {
        moved.push(party);
        continue;
      }
      const wanted = this.#lookupInTarget(column, who);
      if (wanted !== undefined) moved.push({ ...party, cells: party.cells.with(at, wanted.value) });
    }
    return { value: moved };
  }

  #textInTarget(column: string, text: string, texts: TextReferences): Wanted {
    const { index, identities } = this.#frame;
    const { references, problem } = texts.find(text);
    if (problem !== undefined)
      this.#notices.set(column, {
        severity: 'warning',
        code: 'URM1324',
        where: placeOf(this.#named, column),
        summary: 'The text cannot be searched for references; it moves unchanged',
        detail: problem,
        remedy: 'Check the row by hand after the import.',
      });
    const rewrites: Rewrite[] = [];
    const targets = new Map<string, RowRef>();
    for (const reference of references) {
      const node = index.nodeOfAny(reference.tables, reference.id);
      const target = node === undefined ? undefined : identities.targetOf(node);
      if (target === undefined) {
        if (reference.isOptional) continue;
        const { id } = reference;
        if (
          this.#waitsFor(
            column,
            reference.at,
            reference.tables.map((table) => ({ table, id })),
          )
        )
          continue;
        this.#refuse('URM1314', column, {
          summary: `${reference.at} names ${reference.tables.join(' or ')} ${reference.id}, which is neither in the package nor in the target`,
          remedy: 'Bring the referenced row along, create it in the target, or map it.',
        });
        continue;
      }
      targets.set(`${reference.tables.join('|')}/${reference.id}`, target);
      if (target.id !== reference.id)
        rewrites.push({ from: reference.id, to: target.id, at: reference.at });
    }
    if (rewrites.length === 0) return { value: text };
    const rewritten = texts.rewrite(
      text,
      (reference) => targets.get(`${reference.tables.join('|')}/${reference.id}`)?.id,
    );
    return { value: rewritten, rewrites };
  }

  #dateModeOf(column: string): 'absolute' | 'relative' | 'relativeDaily' {
    for (const source of this.#pair.sources) {
      const mode = source.columns.get(column)?.dateMode;
      if (mode !== undefined) return mode;
    }
    return 'absolute';
  }

  /** Refuses a reference to a row that a solution is to bring and has not brought yet. */
  #waitsFor(column: string, at: string, candidates: readonly Lookup[]): boolean {
    const to = candidates.find((each) => this.#frame.carried?.has(keyOf(each)) === true);
    if (to === undefined) return false;
    const solution = this.#frame.carried?.get(keyOf(to)) ?? 'the solution that holds it';
    this.#refuse('URM1351', column, {
      summary: `${at} refers to ${to.table} ${to.name ?? to.id}, which a solution carries and the target lacks`,
      remedy: `Import ${solution} first, then plan again.`,
    });
    return true;
  }

  /** The first problem of a row is told; the next plan finds what is left. */
  #refuse(code: Finding['code'], column: string | undefined, text: FindingText): void {
    const at = column === undefined ? {} : { column };
    this.problem ??= rowProblem(code, { ...this.#named, ...at }, text);
  }
}

/** A value of the configuration as the column takes it. */
function overlayValue(value: string | number | boolean | null, column: EnvironmentColumn): Value {
  if (value === null) return null;
  switch (column.type) {
    case 'lookup':
    case 'owner':
      return { table: column.targets[0] ?? 'systemuser', id: parseGuid(String(value)) ?? '' };
    case 'boolean':
      return typeof value === 'boolean' ? value : String(value).toLowerCase() === 'true';
    case 'integer':
    case 'double':
    case 'choice':
    case 'state':
    case 'status':
      return Number(value);
    case 'choices':
      return String(value).split(',').map(Number);
    case 'text':
    case 'memo':
    case 'bigint':
    case 'decimal':
    case 'money':
    case 'datetime':
    case 'date':
    case 'party-list':
    case 'guid':
    case 'image':
    case 'file':
      return String(value);
  }
}

function keyOf({ table, id }: RowRef): string {
  return `${table}/${id}`;
}

interface Wanted {
  readonly value: Value;
  readonly rewrites?: readonly Rewrite[];
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
