import { badQuery, unknownSavedQuery } from '../errors/query-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { StoredRow } from '../store/store.ts';
import { parseGuid } from '#shared/model/guid.ts';
import { runApply } from './run-apply.ts';
import { collection, maxPageSize } from './collection.ts';
import { rowWriter } from './expand-rows.ts';
import { assertTracked, changesSince, deletedEntry, deltaLink } from './change-tracking.ts';
import type { JsonObject, QueryContext, QueryOptions, RunODataQuery } from './interface.ts';
import { lowerOData } from './lower-odata.ts';
import {
  assertOptions,
  contextColumns,
  readCount,
  readExpand,
  readSelect,
  readTop,
} from './odata-options.ts';
import { pageRows, sortTerms, type Position } from './page-rows.ts';
import { composeCookie, readSkipToken, skipTokenText, wrapCookie } from './paging-cookie.ts';
import type { QueryForm } from './query-form.ts';
import { rowSourceOf } from './row-source.ts';
import { runFetchXml } from './run-fetch-xml.ts';

/** Answers a query of a set, or of the rows a navigation property leads to. */
export const runODataQuery: RunODataQuery = (context, entity, options, requestUrl, within) => {
  assertOptions(options);
  const fetchXml = options.get('fetchXml');
  const counted = readCount(options.get('$count'));
  if (fetchXml !== undefined) return runFetchXml(context, entity, fetchXml, within, counted);
  const saved = savedFetchXml(context, options);
  if (saved !== undefined) return runFetchXml(context, entity, saved, within, counted);
  const apply = options.get('$apply');
  if (apply !== undefined)
    return runApply(context, entity, apply, {
      options,
      ...(within === undefined ? {} : { within }),
    });

  const { metadata } = context.environment;
  const since = options.get('$deltatoken');
  const changes =
    since === undefined ? undefined : changesSince(context.environment, entity, since);
  if (context.preferences.trackChanges === true) assertTracked(entity, options);
  const rows = rowSourceOf(context);
  const selection = readSelect(metadata, entity, options.get('$select'));
  const expand = readExpand(metadata, entity, options.get('$expand'));
  const form = formOf(context, entity, options);
  const terms = sortTerms(rows, form);
  const token = options.get('$skiptoken');
  const start = token === undefined ? undefined : readSkipToken(token, terms);
  const { limit, pages } = pageLimit(context, options);
  const page = pageRows(
    rows,
    form,
    { limit, counted, ...placeOf(start, limit) },
    changes?.changed ?? within,
  );
  const write = rowWriter(context, { entity, selection, expand, etag: true });
  const value: JsonObject[] = [...write(page.tuples.flatMap(([row]) => row ?? []))];
  const number = start?.page ?? 1;
  const isLast = !(pages && page.more);
  const tracked = changes !== undefined || context.preferences.trackChanges === true;
  // The ids of rows that are gone stand behind the rows that are there.
  if (isLast) {
    for (const id of changes?.deleted ?? []) value.push(deletedEntry(context, entity, id));
  }
  return collection(context, {
    context: `${entity.entitySetName}${contextColumns(selection, expand)}${changes === undefined ? '' : '/$delta'}`,
    ...(tracked && isLast ? { deltaLink: deltaLink(context, requestUrl) } : {}),
    total: counted ? page.total : -1,
    related: within !== undefined,
    value,
    ...(counted ? { count: page.total } : {}),
    ...(pages && page.more
      ? {
          nextLink: nextLink(
            context,
            requestUrl,
            wrapCookie(composeCookie(terms, { number, tuples: page.tuples }), number + 1),
          ),
        }
      : {}),
  });
};

/** Where a page starts: behind a row, or so many rows from the first. */
function placeOf(
  start: ReturnType<typeof readSkipToken> | undefined,
  limit: number,
): { readonly after?: Position; readonly skip?: number } {
  if (start === undefined) return {};
  return start.after === undefined ? { skip: (start.page - 1) * limit } : { after: start.after };
}

/** `set/$count`: rows that satisfy the filter, counted up to the service's cap. */
export function countRows(
  context: QueryContext,
  entity: Entity,
  options: QueryOptions,
  within?: Iterable<StoredRow>,
): number {
  assertOptions(options);
  const form = formOf(context, entity, options);
  return Math.min(
    pageRows(rowSourceOf(context), form, { limit: 0, counted: true }, within).total,
    maxPageSize,
  );
}

function formOf(context: QueryContext, entity: Entity, options: QueryOptions): QueryForm {
  return lowerOData(
    { rows: rowSourceOf(context), caller: context.caller, now: context.environment.now() },
    entity,
    { filter: options.get('$filter'), orderBy: options.get('$orderby') },
  );
}

// A page size beats `$top`, which then has no effect:
// learn.microsoft.com/power-apps/developer/data-platform/webapi/query/page-results
function pageLimit(
  context: QueryContext,
  options: QueryOptions,
): { readonly limit: number; readonly pages: boolean } {
  const { maxPageSize: asked } = context.preferences;
  if (asked !== undefined) return { limit: Math.min(Math.max(asked, 1), maxPageSize), pages: true };
  const top = readTop(options.get('$top'));
  if (top !== undefined) return { limit: Math.min(top, maxPageSize), pages: false };
  return { limit: maxPageSize, pages: true };
}

function nextLink(context: QueryContext, requestUrl: string, wrapper: string): string {
  const [path = '', query = ''] = splitOnce(requestUrl, '?');
  const relative = path.replace(/^.*?\/api\/data\/v\d+(\.\d+)?\//, '').replace(/^\//, '');
  const kept = query.split('&').filter((part) => part !== '' && !/^(\$|%24)skiptoken=/i.test(part));
  const parts = [...kept, `$skiptoken=${skipTokenText(wrapper)}`];
  return `${context.rootUrl}${relative}?${parts.join('&')}`;
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function savedFetchXml(context: QueryContext, options: QueryOptions): string | undefined {
  const stored = [
    ['savedQuery', 'savedquery'],
    ['userQuery', 'userquery'],
  ] as const;
  for (const [option, table] of stored) {
    const text = options.get(option);
    if (text === undefined) continue;
    const id = parseGuid(text);
    if (id === undefined) throw badQuery(`Invalid ${option} value '${text}'.`);
    const fetchXml = context.environment.store.get(table, id)?.cells.get('fetchxml');
    if (typeof fetchXml !== 'string') throw unknownSavedQuery(table, id);
    return fetchXml;
  }
  return undefined;
}
