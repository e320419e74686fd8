import { DataverseError } from './dataverse-error.ts';
import {
  condition,
  filter,
  readFetch,
  type FetchElement,
  type FetchQuery,
  type FetchShape,
} from './fetch-xml.ts';
import { slices } from './slices.ts';
import type { Guid } from '../model/guid.ts';
import { isLookup, type Value } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';

// As many as fit an address of 32,768 characters: an id takes 61 of them once encoded.
const idsPerQuery = 400;
// The service takes up to 500 conditions.
const conditionsPerQuery = 300;
const longestValues = 24_000;

/** Queries for rows by id, hundreds at a time. */
export function fetchesForIds(ids: readonly Guid[], shape: FetchShape): readonly FetchQuery[] {
  return slices([...new Set(ids)], idsPerQuery).map((some) =>
    withFilter(shape, condition(shape.idColumn, 'in', some)),
  );
}

/** Queries for rows by the values of columns; a key of one column needs one condition for many. */
export function fetchesForKeys(
  table: EnvironmentTable,
  columns: readonly string[],
  keys: readonly (readonly Value[])[],
  shape: FetchShape,
): readonly FetchQuery[] {
  const texts = unique(
    keys.map((key) => columns.map((column, at) => keyText(table, column, key[at]))),
  );
  const single = columns.length === 1 ? columns[0] : undefined;
  if (single !== undefined) {
    const values = texts.flatMap(([text]) => (text === undefined ? [] : [text]));
    const queries = bySize(values, idsPerQuery, encodedSize).map((some) =>
      withFilter(shape, condition(single, 'in', some)),
    );
    return texts.length === values.length
      ? queries
      : [...queries, withFilter(shape, condition(single, 'null', []))];
  }
  return bySize(texts, Math.floor(conditionsPerQuery / columns.length), sizeOf).map((some) =>
    withFilter(
      shape,
      filter(
        'or',
        some.map((key) =>
          filter(
            'and',
            columns.map((column, at) => {
              const text = key[at];
              return text === undefined
                ? condition(column, 'null', [])
                : condition(column, 'eq', [text]);
            }),
          ),
        ),
      ),
    ),
  );
}

/** A query with one more element beside what the shape brings. */
export function withFilter(shape: FetchShape, added: FetchElement): FetchQuery {
  const query = readFetch('', shape);
  const [entity] = query.fetch.children;
  if (entity === undefined) return query;
  const body = added.name === 'filter' ? added : filter('and', [added]);
  return {
    ...query,
    fetch: { ...query.fetch, children: [{ ...entity, children: [...entity.children, body] }] },
  };
}

/** A value as a condition compares it; `undefined` for none. */
function keyText(
  table: EnvironmentTable,
  column: string,
  value: Value | undefined,
): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (isLookup(value)) return value.id;
  throw new DataverseError(
    'URM1053',
    {
      what: `The column ${column} cannot be part of a key`,
      where: `${table.name}.${column}`,
      next: 'Compare rows by columns of text, numbers, choices, dates or lookups.',
    },
    {},
  );
}

function unique(
  keys: readonly (readonly (string | undefined)[])[],
): readonly (readonly (string | undefined)[])[] {
  return [
    ...new Map(keys.map((key) => [JSON.stringify(key.map((text) => text ?? null)), key])).values(),
  ];
}

function sizeOf(key: readonly (string | undefined)[]): number {
  return key.reduce((sum, text) => sum + encodedSize(text ?? '') + 90, 60);
}

/** Characters of a `<value>` in an address. */
function encodedSize(text: string): number {
  return encodeURIComponent(text).length + 25;
}

function bySize<Item>(
  items: readonly Item[],
  most: number,
  size: (item: Item) => number,
): readonly (readonly Item[])[] {
  const groups: Item[][] = [];
  let total = Infinity;
  for (const item of items) {
    const group = groups.at(-1);
    const itemSize = size(item);
    if (group === undefined || group.length >= most || total + itemSize > longestValues) {
      groups.push([item]);
      total = itemSize;
    } else {
      group.push(item);
      total += itemSize;
    }
  }
  return groups;
}
