import type { Finding } from '../errors/finding.ts';
import type { SourceTable } from '../model/table.ts';
import { isCulturalDate, orderToldBy } from './dates.ts';
import type { DateOrder } from './dates.ts';
import { createRowDecoder, decodeLinks, noId } from './decode-row.ts';
import type { RowDecoder, RowProblem } from './decode-row.ts';
import type { DecodeContext } from './decode-value.ts';
import { placeName } from './file-format-error.ts';
import type { FileCode } from './file-format-error.ts';
import type { CmtSchema } from './package.ts';
import type { DocumentEvent, TableStart } from './read-document.ts';
import type { XmlElement } from './xml/element.ts';

/** What one reading of a data.xml tells: where its tables stand, how much is in them, what is odd. */
export interface DataIndex {
  readonly tables: ReadonlyMap<string, IndexedTable>;
  readonly dateOrder: DateOrder;
  readonly timestamp: string | undefined;
  readonly findings: readonly Finding[];
}

export interface IndexedTable {
  /** A table may stand in the document more than once. */
  readonly starts: readonly TableStart[];
  readonly rows: number;
  readonly links: number;
}

/** Reads the document once, decodes every value to see that it can be, and keeps counts and places. */
export async function indexData(
  events: AsyncIterable<readonly DocumentEvent[]>,
  schema: CmtSchema,
  source: { readonly path: string; readonly files: DecodeContext['file'] },
): Promise<DataIndex> {
  const tables = new Map<string, { starts: TableStart[]; rows: number; links: number }>();
  const dates = createDateVotes();
  const problems = createProblemLog(source.path);
  // The order of day and month is known only at the end: dates of a culture are judged then.
  const context: DecodeContext = { dateOrder: 'month-first', file: source.files };
  const definitions = new Map(schema.tables.map((table) => [table.name, table]));
  let current: Current | undefined;
  let timestamp: string | undefined;

  for await (const batch of events)
    for (const event of batch) {
      switch (event.kind) {
        case 'root':
          timestamp = event.attributes['timestamp'];
          break;
        case 'table': {
          const name = event.attributes['name'] ?? '';
          const entry = tables.get(name) ?? { starts: [], rows: 0, links: 0 };
          tables.set(name, entry);
          entry.starts.push({ start: event.start, startByte: event.startByte });
          current = openTable(name, definitions.get(name), entry, context);
          break;
        }
        case 'record':
          if (current !== undefined) indexRecord(current, event.element, { dates, problems });
          break;
        case 'link':
          if (current !== undefined) indexLinks(current, event.element, problems);
          break;
        case 'other':
          problems.unknown(event.element, event.inside);
          break;
        case 'end-table':
          current = undefined;
      }
    }

  return {
    tables,
    dateOrder: dates.order(timestamp),
    timestamp,
    findings: [...problems.findings(), ...dates.findings(source.path, timestamp)],
  };
}

interface Current {
  readonly name: string;
  readonly table: SourceTable | undefined;
  readonly decode: RowDecoder | undefined;
  readonly dateColumns: ReadonlySet<string>;
  readonly entry: { rows: number; links: number };
  lastId: string;
}

function openTable(
  name: string,
  table: SourceTable | undefined,
  entry: { rows: number; links: number },
  context: DecodeContext,
): Current {
  const columns = [...(table?.columns.values() ?? [])];
  return {
    name,
    table,
    entry,
    decode: table === undefined ? undefined : createRowDecoder(table, context),
    dateColumns: new Set(
      columns
        .filter(({ type }) => type === 'datetime' || type === 'date')
        .map((column) => column.name),
    ),
    lastId: '',
  };
}

function indexRecord(
  current: Current,
  element: XmlElement,
  tell: { readonly dates: DateVotes; readonly problems: ProblemLog },
): void {
  current.entry.rows++;
  const { name, table, decode } = current;
  if (table === undefined || decode === undefined) {
    tell.problems.add(name, {
      code: 'URM1121',
      column: '',
      text: `Table '${name}' is not in the schema`,
      element,
    });
    return;
  }
  for (const field of element.children) {
    const column = field.attributes['name'] ?? '';
    const value = field.attributes['value'];
    if (value !== undefined && current.dateColumns.has(column)) tell.dates.vote(value);
  }
  const row = decode(element, (problem) => {
    const isDate = current.dateColumns.has(problem.column);
    const value = problem.element.attributes['value'] ?? '';
    if (!isDate || !isCulturalDate(value)) tell.problems.add(name, problem);
  });
  if (row.id === current.lastId && row.id !== noId)
    tell.problems.add(name, {
      code: 'URM1123',
      column: 'id',
      text: `Two rows have the id ${row.id}`,
      element,
    });
  current.lastId = row.id;
}

function indexLinks(current: Current, element: XmlElement, problems: ProblemLog): void {
  const { name, table } = current;
  if (table === undefined) return;
  const links = decodeLinks(table, element, (problem) => {
    problems.add(name, problem);
  });
  current.entry.links += links.length;
}

interface ProblemLog {
  add(table: string, problem: RowProblem): void;
  unknown(element: XmlElement, inside: string): void;
  findings(): readonly Finding[];
}

/** One finding per table, column and kind, with the first place and how often: files repeat their oddities. */
function createProblemLog(path: string): ProblemLog {
  const log = new Map<string, { readonly finding: Finding; count: number }>();
  const add = (key: string, make: () => Finding): void => {
    const known = log.get(key);
    if (known === undefined) log.set(key, { finding: make(), count: 1 });
    else known.count++;
  };
  return {
    add: (table, { code, column, text, element }) => {
      add(`${code} ${table} ${column}`, () => ({
        severity: severities[code] ?? 'warning',
        code,
        where: `${placeName(path, element.position)}, table ${table}`,
        summary: column === '' || column === 'id' ? text : `${table}.${column}: ${text}`,
        detail: '',
        remedy: remedies[code] ?? 'Correct the value.',
      }));
    },
    unknown: (element, inside) => {
      add(`other ${inside} ${element.name}`, () => ({
        severity: 'info',
        code: 'URM1131',
        where: placeName(path, element.position),
        summary: `The document has an unknown element <${element.name}>`,
        detail: '',
        remedy: 'It is kept as it is; nothing else is done with it.',
      }));
    },
    findings: () =>
      [...log.values()].map(({ finding, count }) =>
        count === 1 ? finding : { ...finding, detail: `${String(count)} times in all.` },
      ),
  };
}

const severities: Partial<Record<FileCode, Finding['severity']>> = { URM1131: 'info' };

const remedies: Partial<Record<FileCode, string>> = {
  URM1120: 'Add the column to data_schema.xml if its values should move; until then they stay out.',
  URM1121: 'Add the table to data_schema.xml if its rows should move; until then they stay out.',
  URM1122: 'Correct the value, or the type of the column in data_schema.xml. It is left out.',
  URM1123: 'Export again with the key column in the schema, or give the rows ids of their own.',
  URM1127: 'Add the relationship to its table in data_schema.xml; the stock tool fails on it.',
  URM1128: 'Export again with files, or remove the value.',
  URM1131: 'It is kept as it is; nothing else is done with it.',
  URM1132: 'Add lookupentity to the value. It is left out.',
};

interface DateVotes {
  vote(text: string): void;
  order(timestamp: string | undefined): DateOrder;
  findings(path: string, timestamp: string | undefined): readonly Finding[];
}

function createDateVotes(): DateVotes {
  const votes = new Set<DateOrder>();
  let seen = 0;
  const told = (timestamp: string | undefined): DateOrder | undefined => {
    for (const order of ['day-first', 'month-first'] as const) if (votes.has(order)) return order;
    return orderToldBy(timestamp ?? '') ?? (votes.has('year-first') ? 'year-first' : undefined);
  };
  return {
    vote: (text) => {
      // Nearly all dates are ISO and begin with a year and a hyphen.
      if (text[4] === '-' && text[10] === 'T') return;
      if (!isCulturalDate(text)) return;
      seen++;
      const order = orderToldBy(text);
      if (order !== undefined) votes.add(order);
    },
    order: (timestamp) => told(timestamp) ?? 'month-first',
    findings: (path, timestamp) => {
      const clash = votes.has('day-first') && votes.has('month-first');
      if (seen === 0 || (told(timestamp) !== undefined && !clash)) return [];
      return [
        {
          severity: 'warning',
          code: 'URM1125',
          where: path,
          summary: clash
            ? 'Dates stand day first in some places and month first in others'
            : 'Nothing in the file tells whether its dates have the day or the month first',
          detail: `${String(seen)} dates are written as the exporting computer shows them. Read as ${clash ? 'day first; those that cannot be are left out' : 'month first'}.`,
          remedy: 'Export again with a current tool, or write the dates as 2024-03-01T09:30:00Z.',
        },
      ];
    },
  };
}
