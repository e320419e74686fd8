import { parseGuid } from '#shared/model/guid.ts';
import { isReference, type StoredRow } from '../store/store.ts';
import {
  cellReader,
  comparableOf,
  comparableOfText,
  isLookup,
  kindOf,
  nameOf,
  optionLabels,
  scalarText,
  type Comparable,
} from './column-value.ts';
import { hasIndexedCondition, scannedRows, visitTuples } from './evaluate.ts';
import type { RowSource } from './related-rows.ts';
import type { ColumnOf, OrderTerm, QueryForm, Source, Tuple } from './query-form.ts';

/** One part of the order of a query, with the text a paging cookie keeps of it. */
export interface SortTerm {
  /** `fullname`, or `alias.fullname` of a joined table. */
  readonly name: string;
  readonly slot: number;
  readonly descending: boolean;
  text(tuple: Tuple): string | undefined;
  key(tuple: Tuple): Comparable | undefined;
  keyOfText(text: string): Comparable | undefined;
}

type Keys = readonly (Comparable | undefined)[];

/** Where a page starts: after the row that had these values in the order's terms. */
export interface Position {
  readonly keys: Keys;
  /** As the cookie has them. */
  readonly texts: readonly (string | undefined)[];
}

/** The position that a cookie names. */
export function positionOf(
  terms: readonly SortTerm[],
  texts: readonly (string | undefined)[],
): Position {
  const keys = terms.map((term, index) => {
    const text = texts[index];
    return text === undefined ? undefined : term.keyOfText(text);
  });
  return { keys, texts };
}

/** Which rows of a result are wanted. */
export interface PageRequest {
  readonly limit: number;
  readonly skip?: number;
  readonly after?: Position;
  /** Rows of the whole query have to be counted; else the page may end the search. */
  readonly counted: boolean;
}

/** Some rows of a result. */
export interface Page {
  readonly tuples: readonly Tuple[];
  readonly more: boolean;
  /** Of the whole query, whatever the page; meaningless where it was not asked for. */
  readonly total: number;
}

/**
 * The order of a query made total: the terms asked for, then the ids of all tables that take part. What
 * comes after a position is so the same whatever is written meanwhile.
 */
export function sortTerms(rows: RowSource, form: QueryForm): readonly SortTerm[] {
  const terms = form.order.map((term) => sortTerm(rows, form, term));
  const named = new Set(terms.map((term) => term.name));
  const ids = [form.root, ...multiplied(form.root)]
    .map((source) => idTerm(source))
    .filter((term) => !named.has(term.name));
  return [...terms, ...ids];
}

/** Joined tables that can add more than one row to a row of the root. */
function multiplied(source: Source): readonly Source[] {
  return source.joins.flatMap((join) => [
    ...(join.from.logicalName === join.source.entity.primaryId ? [] : [join.source]),
    ...multiplied(join.source),
  ]);
}

function sourcesOf(source: Source): readonly Source[] {
  return [source, ...source.joins.flatMap((join) => sourcesOf(join.source))];
}

function termName(source: Source | undefined, column: string): string {
  return source === undefined || source.slot === 0
    ? column
    : `${source.alias ?? source.entity.logicalName}.${column}`;
}

function idTerm(source: Source): SortTerm {
  const keyOf = comparableOf('guid');
  const { slot } = source;
  return {
    name: termName(source, source.entity.primaryId),
    slot,
    descending: false,
    text: (tuple) => {
      const id = tuple[slot]?.id;
      return id === undefined ? undefined : `{${id.toUpperCase()}}`;
    },
    key: (tuple) => keyOf(tuple[slot]?.id ?? null),
    keyOfText: (text) => comparableOfText('guid', text),
  };
}

function sortTerm(rows: RowSource, form: QueryForm, term: OrderTerm): SortTerm {
  const { slot, attribute } = term.column;
  const source = sourcesOf(form.root).find((candidate) => candidate.slot === slot);
  const { read, kind } = sortValue(rows, term.column, term.raw);
  const keyOf = kind === undefined ? comparableOf(kindOf(attribute)) : comparableOf(kind);
  const textKind = kind ?? kindOf(attribute);
  const cellOf = (tuple: Tuple) => {
    const row = tuple[slot];
    return row === undefined ? null : read(row);
  };
  return {
    name: termName(source, attribute.logicalName),
    slot,
    descending: term.descending,
    text: (tuple) => {
      const cell = cellOf(tuple);
      if (cell === null) return undefined;
      return textKind === 'guid' ? `{${scalarText(cell).toUpperCase()}}` : scalarText(cell);
    },
    key: (tuple) => keyOf(cellOf(tuple)),
    keyOfText: (text) => comparableOfText(textKind, text),
  };
}

// Lookups sort by the name of the row they point at and choices by their label, unless
// `useraworderby` asks for the number: learn.microsoft.com/power-apps/developer/data-platform/fetchxml/order-rows
function sortValue(
  rows: RowSource,
  column: ColumnOf,
  raw: boolean,
): { readonly read: (row: StoredRow) => ReturnType<ReturnType<typeof cellReader>>; kind?: 'text' } {
  const { entity, attribute } = column;
  const read = cellReader(rows, entity, attribute);
  if (isLookup(attribute)) {
    return {
      kind: 'text',
      read: (row) => {
        const cell = read(row);
        return isReference(cell) ? nameOf(rows, cell) : null;
      },
    };
  }
  if (attribute.options !== undefined && attribute.type !== 'Boolean' && !raw) {
    return {
      kind: 'text',
      read: (row) => {
        const cell = read(row);
        return optionLabels(attribute, cell) ?? (cell === null ? null : scalarText(cell));
      },
    };
  }
  return { read };
}

interface Keyed {
  readonly tuple: Tuple;
  readonly keys: Keys;
}

/**
 * In the order of ids a page is read straight from where it starts. Not where an index finds the rows,
 * nor where a row of the root can stand for several of the result.
 */
function inKeyOrder(
  rows: RowSource,
  form: QueryForm,
  request: { readonly terms: readonly SortTerm[]; readonly page: PageRequest },
): Iterable<StoredRow> | undefined {
  const { terms, page } = request;
  const [term] = terms;
  if (term === undefined || terms.length > 1 || term.descending) return undefined;
  if (page.counted || term.name !== form.root.entity.primaryId) return undefined;
  if (hasIndexedCondition(form)) return undefined;
  if (page.after === undefined) return scannedRows(rows, form);
  const start = parseGuid(page.after.texts[0] ?? '');
  return start === undefined ? undefined : scannedRows(rows, form, start);
}

/** Smaller tables are sorted as fast as a kept order is found. */
const fewRows = 2000;

/**
 * In the order of columns of the root a page is read from where it starts in a list that is kept until
 * the table changes. Not where the order depends on other rows: names of lookups, joined tables.
 */
function inColumnOrder(
  rows: RowSource,
  form: QueryForm,
  request: { readonly terms: readonly SortTerm[]; readonly page: PageRequest },
): Iterable<StoredRow> | undefined {
  const { terms, page } = request;
  const { root, order } = form;
  const table = root.entity.logicalName;
  if (order.length === 0 || page.counted || form.distinct || root.joins.length > 0)
    return undefined;
  if (rows.store.count(table) < fewRows || hasIndexedCondition(form)) return undefined;
  const isOwn = order.every(({ column: { slot, attribute } }) => {
    return slot === root.slot && !isLookup(attribute) && attribute.attributeOf === undefined;
  });
  if (!isOwn) return undefined;
  const tuple: (StoredRow | undefined)[] = [];
  const keysOf = (row: StoredRow): Keys => {
    tuple[root.slot] = row;
    return terms.map((term) => term.key(tuple));
  };
  const name = order.map(
    (term, index) => `${terms[index]?.name ?? ''} ${term.descending} ${term.raw}`,
  );
  const list = rows.store.listed(table, `${rows.metadata.version} ${name.join()}`, (all) =>
    Array.from(all, (row) => ({ row, keys: keysOf(row) }))
      .sort((left, right) => comparePositions(terms, left.keys, right.keys))
      .map(({ row }) => row),
  );
  const after = page.after?.keys;
  if (after === undefined) return list;
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = list[middle];
    if (row !== undefined && comparePositions(terms, keysOf(row), after) > 0) high = middle;
    else low = middle + 1;
  }
  return from(list, low);
}

function* from(list: readonly StoredRow[], start: number): Iterable<StoredRow> {
  for (let at = start; at < list.length; at++) {
    const row = list[at];
    if (row !== undefined) yield row;
  }
}

/** Runs a query and keeps one page of it: memory stays within a few pages, whatever the table holds. */
export function pageRows(
  rows: RowSource,
  form: QueryForm,
  page: PageRequest,
  within?: Iterable<StoredRow>,
): Page {
  const terms = sortTerms(rows, form);
  const ordered =
    within === undefined
      ? (inKeyOrder(rows, form, { terms, page }) ?? inColumnOrder(rows, form, { terms, page }))
      : undefined;
  const found: Found =
    ordered === undefined
      ? firstInOrder(rows, form, { terms, page, within })
      : firstOf(rows, form, { page, ordered });
  const from = page.skip ?? 0;
  return {
    tuples: found.tuples.slice(from, from + page.limit),
    more: found.tuples.length > from + page.limit,
    total: found.total,
  };
}

/** The tuples of a page and one more, in order, and how many were seen for it. */
interface Found {
  readonly tuples: readonly Tuple[];
  readonly total: number;
}

/** How many tuples from the start of the page tell all of it, and whether another page follows. */
function wantedOf(page: PageRequest): number {
  return page.limit + (page.skip ?? 0) + 1;
}

/** From rows that come in the order of the page, and from its start on: nothing is left to compare. */
function firstOf(
  rows: RowSource,
  form: QueryForm,
  request: { readonly page: PageRequest; readonly ordered: Iterable<StoredRow> },
): Found {
  const wanted = wantedOf(request.page);
  const isRepeated = repeatedTest(rows, form);
  const tuples: Tuple[] = [];
  visitTuples(
    rows,
    form,
    (tuple) => {
      if (isRepeated(tuple)) return false;
      tuples.push(tuple.slice());
      return tuples.length >= wanted;
    },
    request.ordered,
  );
  return { tuples, total: tuples.length };
}

/** From rows in any order: all are seen, and no more are kept than may yet belong to the page. */
function firstInOrder(
  rows: RowSource,
  form: QueryForm,
  request: {
    readonly terms: readonly SortTerm[];
    readonly page: PageRequest;
    readonly within: Iterable<StoredRow> | undefined;
  },
): Found {
  const { terms, page, within } = request;
  const compare = (left: Keys, right: Keys): number => comparePositions(terms, left, right);
  const wanted = wantedOf(page);
  const capacity = Math.max(wanted * 2, 1024);
  const isRepeated = repeatedTest(rows, form);
  let kept: Keyed[] = [];
  let bound: Keys | undefined;
  let total = 0;
  visitTuples(
    rows,
    form,
    (tuple) => {
      if (isRepeated(tuple)) return false;
      total++;
      const keys = terms.map((term) => term.key(tuple));
      if (page.after !== undefined && compare(keys, page.after.keys) <= 0) return false;
      if (bound !== undefined && compare(keys, bound) >= 0) return false;
      kept.push({ tuple: tuple.slice(), keys });
      if (kept.length >= capacity) {
        kept.sort((left, right) => compare(left.keys, right.keys));
        kept = kept.slice(0, wanted);
        bound = kept.at(-1)?.keys;
      }
      return false;
    },
    within,
  );
  kept.sort((left, right) => compare(left.keys, right.keys));
  return { tuples: kept.map(({ tuple }) => tuple), total };
}

/** Of queries for distinct rows: whether the same values were there before. */
function repeatedTest(rows: RowSource, form: QueryForm): (tuple: Tuple) => boolean {
  if (!form.distinct) return () => false;
  const keyOf = distinctKeyOf(rows, form);
  const seen = new Set<string>();
  return (tuple) => {
    const key = keyOf(tuple);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  };
}

// Null sorts first, as in SQL Server.
function comparePositions(terms: readonly SortTerm[], left: Keys, right: Keys): number {
  for (const [index, term] of terms.entries()) {
    const a = left[index];
    const b = right[index];
    if (a === b) continue;
    const less = a === undefined || (b !== undefined && a < b);
    return less === term.descending ? 1 : -1;
  }
  return 0;
}

function distinctKeyOf(rows: RowSource, form: QueryForm): (tuple: Tuple) => string {
  const readers = sourcesOf(form.root).flatMap((source) =>
    source.columns.map(({ attribute }) => {
      const read = cellReader(rows, source.entity, attribute);
      const keyOf = comparableOf(kindOf(attribute));
      return (tuple: Tuple): string => {
        const row = tuple[source.slot];
        const key = row === undefined ? undefined : keyOf(read(row));
        return key === undefined ? 'n' : `${typeof key}${key.toString()}`;
      };
    }),
  );
  return (tuple) => readers.map((read) => read(tuple)).join('\u0000');
}
