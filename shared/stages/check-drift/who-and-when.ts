import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, isLookup, type Row } from '../../model/row.ts';
import type { Difference, Drift } from '../../report/drift.ts';
import { rowKey } from '../apply/row-reads.ts';

interface Author {
  readonly who: string;
  readonly when?: string;
}

const unknownLink = 'somebody unknown: links carry no author';

/**
 * Finds out who made each difference: rows say who changed or made them; who deleted one is told by the
 * audit history where auditing is on.
 */
export async function withAuthors(
  differences: readonly Difference[],
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<readonly Drift[]> {
  const present = differences.filter(({ kind, link }) => kind !== 'missing' && link === undefined);
  const gone = differences.filter(({ kind, link }) => kind === 'missing' && link === undefined);
  const authors = new Map([
    ...(await authorsOf(present, reader, signal)),
    ...(await deletersOf(gone, reader, signal)),
  ]);
  return differences.map((difference) => ({
    ...difference,
    ...(difference.link === undefined
      ? (authors.get(rowKey(difference.row)) ?? { who: 'somebody unknown' })
      : { who: unknownLink }),
  }));
}

/** Who changed a row last, or made it. */
async function authorsOf(
  differences: readonly Difference[],
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Author>> {
  const authors = new Map<string, Author>();
  const ids = new Map<string, Set<Guid>>();
  const made = new Set<string>();
  for (const { row, kind } of differences) {
    ids.set(row.table, (ids.get(row.table) ?? new Set()).add(row.id));
    if (kind === 'extra') made.add(rowKey(row));
  }
  const tables = await reader.tables([...ids.keys()], signal);
  for (const [name, wanted] of ids) {
    const table = tables.get(name);
    if (table === undefined) continue;
    const columns = ['modifiedby', 'modifiedon', 'createdby', 'createdon'].filter(
      (column) => table.columns.get(column)?.readable === true,
    );
    const query = { table, columns, where: { by: 'ids', ids: [...wanted] } } as const;
    for await (const row of reader.rows(query, signal)) {
      const key = rowKey({ table: name, id: row.id });
      const author = made.has(key)
        ? authorIn(row, 'createdby', 'createdon')
        : authorIn(row, 'modifiedby', 'modifiedon');
      authors.set(key, author);
    }
  }
  return authors;
}

function authorIn(row: Row, byColumn: string, onColumn: string): Author {
  const by = cell(row, byColumn);
  const on = cell(row, onColumn);
  return {
    who: isLookup(by) ? (by.name ?? `user ${by.id}`) : 'somebody unknown',
    ...(typeof on === 'string' ? { when: on } : {}),
  };
}

/** `audit.operation`: Delete. */
const deleted = 3;

/** https://learn.microsoft.com/power-apps/developer/data-platform/auditing/retrieve-audit-data */
async function deletersOf(
  differences: readonly Difference[],
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Author>> {
  const authors = new Map<string, Author>();
  if (differences.length === 0) return authors;
  const unknown = (who: string): ReadonlyMap<string, Author> =>
    new Map(differences.map(({ row }) => [rowKey(row), { who }]));
  if ((await isAuditing(reader, signal)) === false) return unknown('unknown: auditing is off');
  const table = (await reader.tables(['audit'], signal)).get('audit');
  if (table === undefined) return unknown('unknown: there is no audit history');
  const columns = ['createdon', 'userid', 'objectid'].filter((name) => table.columns.has(name));
  const keys = differences.map(({ row }) => [row.id, deleted]);
  const where = { by: 'keys', columns: ['objectid', 'operation'], keys } as const;
  try {
    const latest = new Map<Guid, Author>();
    for await (const row of reader.rows({ table, columns, where }, signal)) {
      const object = cell(row, 'objectid');
      if (!isLookup(object)) continue;
      const author = authorIn(row, 'userid', 'createdon');
      const known = latest.get(object.id);
      if (known === undefined || (known.when ?? '') < (author.when ?? ''))
        latest.set(object.id, author);
    }
    for (const { row } of differences)
      authors.set(
        rowKey(row),
        latest.get(row.id) ?? { who: 'unknown: the audit history does not tell of it' },
      );
    return authors;
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return unknown('unknown: the audit history could not be read');
  }
}

/** `undefined`: not known. */
async function isAuditing(
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  try {
    const answer = await reader.get('organizations?$select=isauditenabled', signal);
    const text = JSON.stringify(answer);
    return /"isauditenabled":true/.test(text)
      ? true
      : /"isauditenabled":(?:false|null)/.test(text)
        ? false
        : undefined;
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return undefined;
  }
}
