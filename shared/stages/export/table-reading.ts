import type { StepWriter } from '../../cmt/package.ts';
import type { DataverseReader, RowQuery } from '../../dataverse/client.ts';
import type { FileDownload } from '../../dataverse/file-transfer.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, nameOf, type FileValue, type Link, type Row, type Shape } from '../../model/row.ts';
import type { RuleBook, WithheldReason } from '../../model/rules.ts';
import type { EnvironmentTable, SourceTable } from '../../model/table.ts';
import { securedBook } from '../../routing/secured-book.ts';
import type { ReferenceCheck } from './reference-check.ts';
import type { SecretScan } from './secret-scan.ts';
import {
  countFilled,
  isSetByHand,
  namesTold,
  withheldColumnsOf,
  type Filled,
  type Withheld,
} from './withheld.ts';

/** A failure is told when its turn comes; until then it must not count as unhandled. */
function handledLater<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

const tablesAtATime = 12;

/** Asks for the first pages of some tables with one request: most tables of the catalogue have no second. */
export class ReadAhead {
  readonly #readings: readonly TableReading[];
  readonly #gathered: DataverseReader;
  readonly #signal: AbortSignal;
  #opened = 0;

  constructor(readings: readonly TableReading[], gathered: DataverseReader, signal: AbortSignal) {
    this.#readings = readings;
    this.#gathered = gathered;
    this.#signal = signal;
  }

  /** Opens the next tables when their first is reached. */
  reach(reading: TableReading): void {
    if (this.#readings[this.#opened] !== reading) return;
    const next = this.#readings.slice(this.#opened, this.#opened + tablesAtATime);
    for (const each of next) each.open(this.#gathered, this.#signal);
    this.#opened += next.length;
  }
}

/** Rows that were asked for before their turn came. */
interface OpenedRows {
  readonly rows: AsyncIterator<Row>;
  readonly first: Promise<IteratorResult<Row>>;
}

async function* continued({ rows, first }: OpenedRows): AsyncGenerator<Row> {
  for (let next = await first; next.done !== true; next = await rows.next()) yield next.value;
}

/** One table's stream of rows, with what is to be known when it has ended. */
export class TableReading {
  readonly #reader: DataverseReader;
  readonly #table: SourceTable;
  readonly #environment: EnvironmentTable;
  readonly #references: ReferenceCheck;
  /** Whether all rows of a table were read by now. */
  readonly #isRead: (table: string) => boolean;
  readonly #leftOut = new Map<string, number>();
  readonly #ids: Guid[] = [];
  /** Rows with a value, by column; by name where people have to set it. */
  readonly #filled = new Map<string, { rows: number; readonly names: string[] }>();
  readonly #withheld: ReadonlyMap<string, WithheldReason>;
  /** What the catalogue withholds. */
  readonly #known: ReadonlyMap<string, WithheldReason>;
  readonly #scan: SecretScan;
  readonly #emptySecured: string[] = [];
  #opened: OpenedRows | undefined;
  readonly #counts = new Map<string, Promise<Filled>>();
  readonly #shape: Shape;

  constructor(
    reader: DataverseReader,
    table: SourceTable,
    environment: EnvironmentTable,
    parts: {
      readonly references: ReferenceCheck;
      readonly isRead: (table: string) => boolean;
      readonly book: RuleBook;
      readonly scan: SecretScan;
    },
  ) {
    this.#reader = reader;
    this.#table = table;
    this.#environment = environment;
    this.#references = parts.references;
    this.#isRead = parts.isRead;
    this.#scan = parts.scan;
    this.#known = parts.book.of(table.name).withheld;
    this.#withheld = withheldColumnsOf(
      table,
      securedBook(parts.book, new Map([[table.name, environment]])),
    );
    const columns = [...table.columns.keys()].filter((column) => !this.#withheld.has(column));
    this.#shape = { table: environment, columns };
  }

  /** Asks for the first page, and for how many rows hold a secret, before their turn comes. */
  open(gathered: DataverseReader, signal: AbortSignal): void {
    const isFile = ({ type }: { readonly type: string }): boolean =>
      type === 'file' || type === 'image';
    // The content of files goes to a step, and only one step is open.
    if ([...this.#table.columns.values()].some(isFile)) return;
    const rows = gathered.rows(this.#query(), signal)[Symbol.asyncIterator]();
    this.#opened = { rows, first: handledLater(rows.next()) };
    for (const [column, reason] of this.#withheld)
      if (reason === 'secret') {
        const counting = countFilled(gathered, this.#table, this.#environment, column, signal);
        this.#counts.set(column, handledLater(counting));
      }
  }

  #query(): RowQuery {
    const { filter } = this.#table;
    // A secret is not even read; other withheld values are, to tell how many rows had one.
    const columns = [...this.#table.columns.keys()].filter(
      (column) => this.#withheld.get(column) !== 'secret',
    );
    return {
      table: this.#environment,
      columns,
      ...(filter === undefined ? {} : { where: { by: 'fetch', fetchXml: filter } as const }),
    };
  }

  /** The content of files goes to the step as their rows come. */
  async *rows(step: StepWriter, signal: AbortSignal): AsyncGenerator<Row> {
    const takeFile = ({ fileName, content }: FileDownload): Promise<FileValue> =>
      step.payload(fileName, content);
    const rows =
      this.#opened === undefined
        ? this.#reader.rows({ ...this.#query(), takeFile }, signal)
        : continued(this.#opened);
    for await (const row of rows) {
      for (const [at, column] of row.shape.columns.entries())
        if (row.cells[at] !== undefined && row.cells[at] !== null) this.#count(column, row);
      const told = this.#withheld.size === 0 ? row : this.#without(row);
      this.#references.see(told);
      this.#scan.see(this.#table.step, told);
      if (this.#table.manyToMany.length > 0) this.#ids.push(row.id);
      yield told;
    }
  }

  #count(column: string, row: Row): void {
    const reason = this.#withheld.get(column);
    const filled = this.#filled.get(column) ?? { rows: 0, names: [] };
    this.#filled.set(column, filled);
    filled.rows += 1;
    if (reason !== undefined && isSetByHand(column, reason) && filled.names.length < namesTold)
      filled.names.push(nameOf(row));
  }

  /** The row without its withheld values. */
  #without(row: Row): Row {
    const cells = this.#shape.columns.map((column) => cell(row, column));
    return { ...row, shape: this.#shape, cells };
  }

  async withheld(signal: AbortSignal): Promise<readonly Withheld[]> {
    const told: Withheld[] = [];
    for (const [column, reason] of this.#withheld) {
      const { rows, names } =
        reason === 'secret'
          ? await (this.#counts.get(column) ??
              countFilled(this.#reader, this.#table, this.#environment, column, signal))
          : (this.#filled.get(column) ?? { rows: 0, names: [] });
      if (rows === 0 && reason === 'secret' && !this.#known.has(column))
        this.#emptySecured.push(column);
      told.push({
        step: this.#table.step,
        table: this.#table.name,
        column,
        rows,
        reason,
        ...(names.length === 0 ? {} : { names: names.toSorted() }),
      });
    }
    return told;
  }

  async *links(signal: AbortSignal): AsyncGenerator<Link> {
    if (this.#ids.length === 0) return;
    for (const { name } of this.#table.manyToMany) {
      const relationship = this.#environment.manyToMany.find((known) => known.name === name);
      if (relationship === undefined) continue;
      for await (const link of this.#reader.links(
        this.#environment,
        relationship,
        this.#ids,
        signal,
      )) {
        if (!this.#isRead(link.to.table) || this.#references.has(link.to)) yield link;
        else this.#leftOut.set(name, (this.#leftOut.get(name) ?? 0) + 1);
      }
    }
  }

  /** Links whose other row does not move would lead nowhere in the target. */
  linksLeftOut(): readonly Finding[] {
    return [...this.#leftOut].map(([name, links]) => {
      const target = this.#table.manyToMany.find((known) => known.name === name)?.target ?? '';
      return {
        severity: 'info',
        code: 'URM1231',
        where: `${this.#table.step} ${this.#table.name} ${name}`,
        summary: `${links === 1 ? '1 link' : `${links} links`} to ${target} left out: the other row does not move`,
        detail: 'It is outside of the channels or workstreams of the export.',
        remedy: 'Nothing, unless the other row should move too: then widen the scope.',
      };
    });
  }

  /** Column security gives nothing and no error: a protected column that is empty in all rows is told. */
  emptySecured(): readonly Finding[] {
    return this.#emptySecured.map((column) => ({
      severity: 'warning',
      code: 'URM1225',
      where: `${this.#table.step} ${this.#table.name}.${column}`,
      summary: `The secured column ${this.#table.name}.${column} came empty in every row`,
      detail: 'Without a column security profile the service returns nothing.',
      remedy: 'Set the values in the target by hand: secured values are never exported.',
    }));
  }
}
