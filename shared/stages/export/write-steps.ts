import type { PackageWriter, StepWriter, WrittenStep } from '../../cmt/package.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { FileDownload } from '../../dataverse/file-transfer.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Host } from '../../host/host.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, nameOf, type Link, type Row, type Shape } from '../../model/row.ts';
import type { RuleBook, WithheldReason } from '../../model/rules.ts';
import type { EnvironmentTable, SourceTable } from '../../model/table.ts';
import { neverExportedTable } from '../../routing/never-exported.ts';
import { securedBook } from '../../routing/secured-book.ts';
import { ReferenceCheck } from './reference-check.ts';
import { SecretScan } from './secret-scan.ts';
import { SelectionError } from './selection-error.ts';
import type { Selection } from './selection.ts';
import {
  countFilled,
  isSetByHand,
  namesTold,
  withheldColumnsOf,
  withheldFindings,
  type Withheld,
} from './withheld.ts';

export interface Exported {
  readonly steps: readonly (WrittenStep & { readonly area: string })[];
  readonly withheld: readonly Withheld[];
  /** Rows in all steps. */
  readonly rows: number;
  /** The same, each row once however many steps hold it. */
  readonly distinctRows: number;
  readonly links: number;
  readonly findings: readonly Finding[];
}

/** Where steps are written to, and by which rules. */
export interface WriteFrame {
  readonly writer: PackageWriter;
  readonly host: Pick<Host, 'log' | 'progress'>;
  readonly book: RuleBook;
}

/** Reads every table of a selection and writes it, step by step; rows stream through. */
export async function writeSteps(
  reader: DataverseReader,
  selection: Selection,
  { writer, host, book }: WriteFrame,
  signal: AbortSignal,
): Promise<Exported> {
  const tables = selection.steps.flatMap(({ schema }) => schema.tables);
  const references = new ReferenceCheck(
    tables.map(({ name }) => name),
    book,
  );
  const scan = new SecretScan();
  const steps: (WrittenStep & { readonly area: string })[] = [];
  const withheld: Withheld[] = [];
  const secured: Finding[] = [];
  const leftOut: Finding[] = [];
  const total = { rows: 0, links: 0, tables: 0 };
  // A schema that was given is used as it is: what its links lead to is told when they are planned.
  const isRead =
    selection.form === 'package'
      ? (name: string) => !unread(tables, total.tables).has(name)
      : never;
  for (const { step, area, schema } of selection.steps) {
    const stepWriter = await writer.step(step, schema);
    for (const table of schema.tables) {
      const environment = selection.metadata.get(table.name);
      if (environment === undefined || neverExportedTable(table.name) !== undefined) continue;
      const source = new TableReading(reader, table, environment, {
        references,
        isRead,
        book,
        scan,
      });
      const written = await naming(table, () =>
        stepWriter.table(table, source.rows(stepWriter, signal), source.links(signal), signal),
      );
      withheld.push(...(await source.withheld(signal)));
      if (written.rows > 0) secured.push(...source.emptySecured());
      leftOut.push(...source.linksLeftOut());
      total.rows += written.rows;
      total.links += written.links;
      total.tables += 1;
      host.progress(`${step} ${table.name}`.trim(), total.tables, tables.length);
      host.log('info', `${table.name}: ${counted(written.rows, written.links)}`, step);
    }
    steps.push({ ...(await stepWriter.close()), area });
  }
  return {
    steps,
    withheld,
    rows: total.rows,
    distinctRows: references.rows,
    links: total.links,
    findings: [
      ...withheldFindings(withheld),
      ...secured,
      ...scan.findings(),
      ...leftOut,
      ...references.findings(),
    ],
  };
}

/** Tables of which rows are still to come after the one at this place. */
function unread(tables: readonly SourceTable[], at: number): ReadonlySet<string> {
  return new Set(tables.slice(at + 1).map(({ name }) => name));
}

function never(): boolean {
  return false;
}

function counted(rows: number, links: number): string {
  const text = rows === 1 ? '1 row' : `${rows} rows`;
  return links === 0 ? text : `${text}, ${links === 1 ? '1 link' : `${links} links`}`;
}

/** One table's stream of rows, with what is to be known when it has ended. */
class TableReading {
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

  /** The content of files goes to the step as their rows come. */
  async *rows(step: StepWriter, signal: AbortSignal): AsyncGenerator<Row> {
    const { filter } = this.#table;
    // A secret is not even read; other withheld values are, to tell how many rows had one.
    const columns = [...this.#table.columns.keys()].filter(
      (column) => this.#withheld.get(column) !== 'secret',
    );
    const query = {
      table: this.#environment,
      columns,
      takeFile: ({ fileName, content }: FileDownload) => step.payload(fileName, content),
      ...(filter === undefined ? {} : { where: { by: 'fetch', fetchXml: filter } as const }),
    };
    for await (const row of this.#reader.rows(query, signal)) {
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
          ? await countFilled(this.#reader, this.#table, this.#environment, column, signal)
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

/** The service's refusal of a filter, told with the table whose filter it is. */
async function naming<Result>(table: SourceTable, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const refused =
      error instanceof DataverseError && (error.status === 400 || error.code === 'URM1050');
    if (!refused || table.filter === undefined) throw error;
    const said = error.serviceMessage === '' ? error.what : error.serviceMessage;
    throw new SelectionError(
      'URM1224',
      {
        what: `The filter of ${table.name} was refused: ${said.replace(/\.$/, '')}`,
        where: `${table.step} ${table.name}`.trim(),
        next: 'Correct the FetchXML in the <filter> of the table.',
      },
      { cause: error },
    );
  }
}
