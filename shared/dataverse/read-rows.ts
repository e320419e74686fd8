import type { RowQuery } from './client.ts';
import { DataverseError } from './dataverse-error.ts';
import {
  columnOf,
  createRowDecoder,
  memberOf,
  needsExactNumbers,
  rowAnnotations,
} from './decode-row.ts';
import { composePage, pagingCookie, readFetch, type FetchQuery } from './fetch-xml.ts';
import {
  isObject,
  objectsIn,
  parseJson,
  parseJsonExactly,
  textIn,
  type JsonObject,
} from './json.ts';
import type { Guid } from '../model/guid.ts';
import type { Row } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';
import { inParallel } from './parallel.ts';
import { fetchesForIds, fetchesForKeys } from './row-fetches.ts';
import type { ServiceAnswer } from './service-answer.ts';
import type { Session } from './session.ts';

const pageSize = 5000;
// Pages are limited by bytes where texts are long: learn.microsoft.com/power-apps/developer/data-platform/webapi/query/page-results.
const longTextPageSize = 1000;
const longText = 4000;
// A GET takes 32,768 characters, a part of a batch 65,536; the origin and headers need some of them.
const longestGet = 30_000;
const longestPart = 64_000;

const paging = 'Microsoft.Dynamics.CRM.fetchxmlpagingcookie,Microsoft.Dynamics.CRM.morerecords';

/** Streams the rows of a query; each in the order of its ids, groups in the order given. */
export async function* readRows(
  session: Session,
  query: RowQuery,
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const { table, where } = query;
  const decoder = createRowDecoder(table, query.columns);
  const exact = needsExactNumbers(table, query.columns);
  const pages =
    where === undefined
      ? wholeTable(session, query, exact, signal)
      : where.by === 'fetch'
        ? fetchPages(session, table, readFetch(where.fetchXml, shapeOf(query)), exact, signal)
        : where.by === 'ids'
          ? rowsOfIds(session, query, where.ids, exact, signal)
          : rowsOfKeys(session, query, where, exact, signal);
  for await (const page of pages) for (const json of page) yield decoder.decode(json);
}

function shapeOf(query: RowQuery): FetchQuery['shape'] {
  return { table: query.table.name, idColumn: query.table.idColumn, columns: query.columns };
}

/** The rows of one page, with what leads to the next one. */
export async function* fetchPages(
  session: Session,
  table: Pick<EnvironmentTable, 'name' | 'entitySet' | 'columns'>,
  query: FetchQuery,
  exact: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly JsonObject[]> {
  const size = pageSizeOf(table, query.shape.columns);
  const ask = (number: number, cookie: string | undefined): Promise<ServiceAnswer> => {
    const page = { number, size, ...(cookie === undefined ? {} : { cookie }) };
    return getFetch(session, table, composePage(query, page), signal);
  };
  yield* pagesAhead(ask(1, undefined), (answer, number) => {
    const json = readPage(answer, table.name, exact);
    const rows = objectsIn(json['value']);
    if (json['@Microsoft.Dynamics.CRM.morerecords'] !== true || query.top !== undefined)
      return { rows, next: undefined };
    const annotation = textIn(json['@Microsoft.Dynamics.CRM.fetchxmlpagingcookie']);
    return { rows, next: ask(number + 1, pagingCookie(annotation ?? '')) };
  });
}

/** A filter may leave a page empty that is not the last; so many in a row are a service that never ends. */
const maxEmptyPages = 100;

/** Asks for the next page while the consumer still works on this one. */
async function* pagesAhead(
  first: Promise<ServiceAnswer>,
  read: (
    answer: ServiceAnswer,
    number: number,
  ) => {
    readonly rows: readonly JsonObject[];
    readonly next: Promise<ServiceAnswer> | undefined;
  },
): AsyncGenerator<readonly JsonObject[]> {
  let current: Promise<ServiceAnswer> | undefined = first;
  let empty = 0;
  let before: Buffer | undefined;
  for (let number = 1; current !== undefined; number += 1) {
    const answer = await current;
    const { rows, next }: ReturnType<typeof read> = read(answer, number);
    // A failure is reported when its turn comes; until then it must not count as unhandled.
    next?.catch(() => undefined);
    empty = rows.length === 0 ? empty + 1 : 0;
    const isSame = rows.length > 0 && before !== undefined && answer.body.equals(before);
    if (empty > maxEmptyPages || isSame) throw endlessPages(number);
    yield rows;
    before = answer.body;
    current = next;
  }
}

async function getFetch(
  session: Session,
  table: Pick<EnvironmentTable, 'name' | 'entitySet'>,
  xml: string,
  signal: AbortSignal,
): Promise<ServiceAnswer> {
  const path = `${table.entitySet}?fetchXml=${encodeURIComponent(xml)}`;
  const headers = { Prefer: `odata.include-annotations="${rowAnnotations},${paging}"` };
  if (path.length <= longestGet) return session.get(path, headers, signal);
  if (path.length > longestPart)
    throw new DataverseError(
      'URM1051',
      {
        what: `A query of ${path.length} characters is longer than the service accepts`,
        where: table.name,
        next: 'Shorten the filter of the table, or name fewer columns.',
      },
      {},
    );
  const [answer] = await session.getBatch([{ path, headers }], signal);
  if (answer === undefined) throw unreadablePage(table.name, undefined);
  if (answer.status >= 400) throw session.error(answer, path);
  return answer;
}

async function* wholeTable(
  session: Session,
  query: RowQuery,
  exact: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly JsonObject[]> {
  const { table } = query;
  const members = new Set(query.columns.map((name) => memberOf(columnOf(table, name))));
  members.add(table.idColumn);
  const size = pageSizeOf(table, query.columns);
  const headers = {
    Prefer: `odata.maxpagesize=${size},odata.include-annotations="${rowAnnotations}"`,
  };
  const first = `${table.entitySet}?$select=${[...members].join(',')}&$orderby=${table.idColumn}`;
  yield* pagesAhead(session.get(first, headers, signal), (answer) => {
    const json = readPage(answer, table.name, exact);
    const link = textIn(json['@odata.nextLink']);
    return {
      rows: objectsIn(json['value']),
      next: link === undefined ? undefined : session.get(link, headers, signal),
    };
  });
}

// From so many queries on it is asked first whether the whole table is small.
const worthAsking = 3;

/** Rows by id: a table that holds few others is read as a whole, any other by hundreds of ids. */
async function* rowsOfIds(
  session: Session,
  query: RowQuery,
  ids: readonly Guid[],
  exact: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly JsonObject[]> {
  const { table } = query;
  const queries = fetchesForIds(ids, shapeOf(query));
  const wanted = new Set<string>(ids);
  const size = Math.min(pageSizeOf(table, query.columns), wanted.size * 2);
  const rows =
    queries.length < worthAsking
      ? undefined
      : await wholeIfSmall(session, query, { size, exact }, signal);
  if (rows === undefined) yield* groups(session, table, queries, exact, signal);
  else yield rows.filter((row) => wanted.has(textIn(row[table.idColumn])?.toLowerCase() ?? ''));
}

/** Rows by key: many keys are not looked up in an empty table. */
async function* rowsOfKeys(
  session: Session,
  query: RowQuery,
  where: Extract<NonNullable<RowQuery['where']>, { readonly by: 'keys' }>,
  exact: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly JsonObject[]> {
  const { table } = query;
  const queries = fetchesForKeys(table, where.columns, where.keys, shapeOf(query));
  if (queries.length >= worthAsking) {
    const rows = await wholeIfSmall(session, query, { size: 1, exact }, signal);
    if (rows?.length === 0) return;
  }
  yield* groups(session, table, queries, exact, signal);
}

/** All rows of a table that has no more than so many; `undefined` for a larger one. */
async function wholeIfSmall(
  session: Session,
  query: RowQuery,
  { size, exact }: { readonly size: number; readonly exact: boolean },
  signal: AbortSignal,
): Promise<readonly JsonObject[] | undefined> {
  const { table } = query;
  if ((session.largerThan.get(table.name) ?? 0) >= size) return undefined;
  const xml = composePage(readFetch('', shapeOf(query)), { number: 1, size });
  const json = readPage(await getFetch(session, table, xml, signal), table.name, exact);
  if (json['@Microsoft.Dynamics.CRM.morerecords'] !== true) return objectsIn(json['value']);
  session.largerThan.set(table.name, size);
  return undefined;
}

async function* groups(
  session: Session,
  table: EnvironmentTable,
  queries: readonly FetchQuery[],
  exact: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly JsonObject[]> {
  yield* inParallel(
    queries,
    () => session.concurrency,
    async (query) => {
      const rows: JsonObject[] = [];
      for await (const page of fetchPages(session, table, query, exact, signal)) rows.push(...page);
      return rows;
    },
  );
}

function readPage(answer: ServiceAnswer, table: string, exact: boolean): JsonObject {
  const text = answer.body.toString('utf8');
  const json = exact ? parseJsonExactly(text) : parseJson(text);
  if (isObject(json) && Array.isArray(json['value'])) return json;
  throw unreadablePage(table, answer.status);
}

function unreadablePage(table: string, status: number | undefined): DataverseError {
  return new DataverseError(
    'URM1052',
    {
      what: 'A page of rows cannot be read',
      where: table,
      next: 'Check that the URL is that of a Dataverse environment; when it repeats, report it with the log.',
    },
    status === undefined ? {} : { status },
  );
}

function endlessPages(pages: number): DataverseError {
  return new DataverseError(
    'URM1052',
    {
      what: `The service names page after page without an end: after ${pages} pages nothing new came`,
      where: 'the pages of a query',
      next: 'Check that the URL is that of a Dataverse environment; when it repeats, report it with the log.',
    },
    {},
  );
}

function pageSizeOf(table: Pick<EnvironmentTable, 'columns'>, columns: readonly string[]): number {
  const hasLongTexts = columns.some((name) => {
    const column = table.columns.get(name);
    return (
      column?.type === 'image' ||
      (column?.type === 'memo' && (column.maxLength ?? longText) >= longText)
    );
  });
  return hasLongTexts ? longTextPageSize : pageSize;
}
