import { condition, readFetch, type FetchElement } from './fetch-xml.ts';
import { parseGuid, type Guid } from '../model/guid.ts';
import type { Link } from '../model/row.ts';
import type { EnvironmentManyToMany, EnvironmentTable } from '../model/table.ts';
import { textIn, type JsonObject } from './json.ts';
import { inParallel } from './parallel.ts';
import { fetchPages } from './read-rows.ts';
import { withFilter } from './row-fetches.ts';
import type { Session } from './session.ts';
import { slices } from './slices.ts';

const idsPerQuery = 400;
const alias = 'pair';

/** Streams the pairs of a many-to-many relationship, hundreds of rows of the first side per request. */
export async function* readLinks(
  session: Session,
  table: EnvironmentTable,
  relationship: EnvironmentManyToMany,
  from: readonly Guid[] | undefined,
  signal: AbortSignal,
): AsyncGenerator<Link> {
  const groups = from === undefined ? [undefined] : slices([...new Set(from)].sort(), idsPerQuery);
  const pages = inParallel(
    groups,
    () => session.concurrency,
    (ids) => pairs(session, table, relationship, ids, signal),
  );
  for await (const links of pages) yield* links;
}

async function pairs(
  session: Session,
  table: EnvironmentTable,
  relationship: EnvironmentManyToMany,
  ids: readonly Guid[] | undefined,
  signal: AbortSignal,
): Promise<readonly Link[]> {
  const { sourceColumn, targetColumn, name, target, intersectEntitySet } = relationship;
  const links: Link[] = [];
  const take = (json: JsonObject, source: string, other: string): void => {
    const fromId = parseGuid(textIn(json[source]) ?? '');
    const toId = parseGuid(textIn(json[other]) ?? '');
    if (fromId !== undefined && toId !== undefined)
      links.push({
        relationship: name,
        from: { table: table.name, id: fromId },
        to: { table: target, id: toId },
      });
  };
  if (intersectEntitySet === undefined) {
    // Without an entity set of its own the intersect table is reached through a join.
    const shape = { table: table.name, idColumn: table.idColumn, columns: [] };
    const join: FetchElement = {
      name: 'link-entity',
      attributes: {
        name,
        from: sourceColumn,
        to: table.idColumn,
        alias,
        'link-type': 'inner',
      },
      children: [{ name: 'attribute', attributes: { name: targetColumn }, children: [], text: '' }],
      text: '',
    };
    const joined = withElement(
      ids === undefined
        ? readFetch('', shape)
        : withFilter(shape, condition(table.idColumn, 'in', ids)),
      join,
    );
    for await (const page of fetchPages(session, table, joined, false, signal))
      for (const json of page) take(json, table.idColumn, `${alias}.${targetColumn}`);
    return links;
  }
  const shape = { table: name, idColumn: sourceColumn, columns: [sourceColumn, targetColumn] };
  const intersect = { name, entitySet: intersectEntitySet, columns: table.columns };
  const query =
    ids === undefined
      ? readFetch('', shape)
      : withFilter(shape, condition(sourceColumn, 'in', ids));
  const ordered = withElement(query, {
    name: 'order',
    attributes: { attribute: targetColumn },
    children: [],
    text: '',
  });
  for await (const page of fetchPages(session, intersect, ordered, false, signal))
    for (const json of page) take(json, sourceColumn, targetColumn);
  return links;
}

function withElement(
  query: ReturnType<typeof readFetch>,
  added: FetchElement,
): ReturnType<typeof readFetch> {
  const [entity] = query.fetch.children;
  if (entity === undefined) return query;
  return {
    ...query,
    fetch: { ...query.fetch, children: [{ ...entity, children: [...entity.children, added] }] },
  };
}
