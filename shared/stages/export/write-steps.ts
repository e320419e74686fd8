import type { PackageWriter, WrittenStep } from '../../cmt/package.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Host } from '../../host/host.ts';
import type { RuleBook } from '../../model/rules.ts';
import type { SourceTable } from '../../model/table.ts';
import { neverExportedTable } from '../../routing/never-exported.ts';
import { ReferenceCheck } from './reference-check.ts';
import { SecretScan } from './secret-scan.ts';
import { SelectionError } from './selection-error.ts';
import type { Selection } from './selection.ts';
import { ReadAhead, TableReading } from './table-reading.ts';
import { withheldFindings, type Withheld } from './withheld.ts';

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
  const readings = new Map<SourceTable, TableReading>();
  for (const table of tables) {
    const environment = selection.metadata.get(table.name);
    if (environment === undefined || neverExportedTable(table.name) !== undefined) continue;
    const parts = { references, isRead, book, scan };
    readings.set(table, new TableReading(reader, table, environment, parts));
  }
  // Data sets of any size come by a schema of their own: their pages are asked for one at a time.
  const ahead = new ReadAhead(
    selection.form === 'package' ? [...readings.values()] : [],
    reader.gathered?.() ?? reader,
    signal,
  );
  for (const { step, area, schema } of selection.steps) {
    const stepWriter = await writer.step(step, schema);
    for (const table of schema.tables) {
      const source = readings.get(table);
      if (source === undefined) continue;
      ahead.reach(source);
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
