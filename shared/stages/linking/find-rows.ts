import type { DataverseReader } from '../../dataverse/client.ts';
import { InputError } from '../../errors/migration-error.ts';
import { parseGuid, type Guid } from '../../model/guid.ts';
import { cell, nameOf, type RowRef } from '../../model/row.ts';
import type { RowSource } from '../../model/row-source.ts';

/** Rows that are to be linked: by name in the package, else in the target. */
export interface RowFinder {
  /** A row of the package, else of the target; `undefined` when there is none or more than one. */
  find(table: string, named: string): Promise<RowRef | undefined>;
  /** A row that only the target can have. */
  findInTarget(
    table: string,
    columns: readonly string[],
    named: string,
  ): Promise<{ readonly ref: RowRef; readonly name: string } | undefined>;
  /** Refuses the map file when something was not found; all of it together. */
  finish(): void;
}

/** Reads the names of the package's rows of some tables, and asks the target for others. */
export async function openFinder(
  source: RowSource,
  tables: ReadonlySet<string>,
  reader: DataverseReader,
  path: string,
  signal: AbortSignal,
): Promise<RowFinder> {
  const names = new Map<string, Set<Guid>>();
  const note = (table: string, name: string, id: Guid): void => {
    const key = keyOf(table, name);
    names.set(key, (names.get(key) ?? new Set()).add(id));
  };
  for (const table of source.tables)
    if (tables.has(table.name))
      for await (const row of source.rows(table, signal)) {
        note(table.name, nameOf(row), row.id);
        note(table.name, row.id, row.id);
      }
  const problems = new Set<string>();
  const one = (table: string, named: string, ids: readonly Guid[]): Guid | undefined => {
    if (ids.length === 1) return ids[0];
    problems.add(
      ids.length === 0
        ? `there is no ${table} ${named}`
        : `there are ${ids.length} rows of ${table} named ${named}: ${ids.join(', ')}`,
    );
    return undefined;
  };
  const ask = async (
    table: string,
    columns: readonly string[],
    named: string,
  ): Promise<{ readonly ref: RowRef; readonly name: string } | undefined> => {
    const described = (await reader.tables([table], signal)).get(table);
    if (described === undefined) {
      one(table, named, []);
      return undefined;
    }
    const found = new Map<Guid, string>();
    const id = parseGuid(named);
    const shown = described.nameColumn === undefined ? [] : [described.nameColumn];
    const look = async (where: Parameters<DataverseReader['rows']>[0]['where']): Promise<void> => {
      const query = { table: described, columns: shown };
      for await (const row of reader.rows(
        where === undefined ? query : { ...query, where },
        signal,
      )) {
        const name =
          described.nameColumn === undefined ? undefined : cell(row, described.nameColumn);
        found.set(row.id, typeof name === 'string' ? name : row.id);
      }
    };
    if (id !== undefined) await look({ by: 'ids', ids: [id] });
    for (const column of columns) {
      const known = described.columns.get(column);
      if (found.size > 0 || known === undefined) continue;
      if (known.type === 'guid' && id === undefined) continue;
      await look({ by: 'keys', columns: [column], keys: [[named]] });
    }
    const only = one(table, named, [...found.keys()]);
    return only === undefined
      ? undefined
      : { ref: { table, id: only }, name: found.get(only) ?? only };
  };
  return {
    find: async (table, named) => {
      const own = names.get(keyOf(table, parseGuid(named) ?? named));
      if (own !== undefined) {
        const id = one(table, named, [...own]);
        return id === undefined ? undefined : { table, id };
      }
      const described = (await reader.tables([table], signal)).get(table);
      const columns = described?.nameColumn === undefined ? [] : [described.nameColumn];
      return (await ask(table, columns, named))?.ref;
    },
    findInTarget: ask,
    finish: () => {
      if (problems.size > 0)
        throw new InputError(
          'map',
          `The map file ${path} links what cannot be found: ${[...problems].join('; ')}`,
          'Correct the names, or give ids.',
        );
    },
  };
}

function keyOf(table: string, name: string): string {
  return `${table}/${name.toLowerCase()}`;
}
