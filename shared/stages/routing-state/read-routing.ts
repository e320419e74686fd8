import type { DataverseReader, RowFilter } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, isLookup, type Row } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import { rulesetText } from '../../routing/ruleset-text.ts';
import { overflowText } from '../../routing/overflow-text.ts';
import { lookupId, RoutingRows } from './routing-rows.ts';
import { neededRows, owningRows, routingTables } from './routing-tables.ts';

/** Rows to start from, by table. */
export type RoutingRoots = ReadonlyMap<string, ReadonlySet<Guid>>;

/** Circles end by themselves; this ends what has no end. */
const maxRounds = 12;

/**
 * Reads how an environment routes, beginning with some rows: what they lead to, what belongs to them,
 * and what their texts name. Sends a question per table and round, whatever the number of rows.
 */
export async function readRouting(
  reader: DataverseReader,
  roots: RoutingRoots,
  signal: AbortSignal,
): Promise<RoutingRows> {
  const rows = new RoutingRows();
  if (![...roots.keys()].some((table) => table in routingTables)) return rows;
  const names = [...Object.keys(routingTables), 'systemuser'];
  const tables = await reader.tables(names, signal);
  const asked = new Set<string>();
  let wanted = openIds(roots, rows, asked);
  for (let round = 0; round < maxRounds && wanted.size > 0; round += 1) {
    const found = await together(
      [...wanted].map(
        ([table, ids]) =>
          () =>
            ask(table, { by: 'ids', ids: [...ids] }),
      ),
    );
    // Rows that belong to others, and what belongs to those.
    let fresh = found;
    while (fresh.length > 0) {
      const owners = fresh;
      const owned = await together(
        owningRows.map(({ from, column, to }) => async () => {
          const keys = owners.filter((row) => row.shape.table.name === to).map(({ id }) => [id]);
          return keys.length === 0 ? [] : ask(from, { by: 'keys', columns: [column], keys });
        }),
      );
      found.push(...owned);
      fresh = owned;
    }
    wanted = openIds(referencesOf(found), rows, asked);
  }
  await readMembers(reader, rows, tables, signal);
  return rows;

  async function ask(table: string, where: RowFilter): Promise<readonly Row[]> {
    const described = tables.get(table);
    if (described === undefined || rows.unreadable.has(table)) return [];
    if (where.by === 'keys' && !where.columns.every((name) => described.columns.has(name)))
      return [];
    const columns = (routingTables[table] ?? []).filter(
      (name) => described.columns.get(name)?.readable === true,
    );
    const fresh: Row[] = [];
    try {
      for await (const row of reader.rows({ table: described, columns, where }, signal)) {
        if (rows.has(table, row.id)) continue;
        rows.add(row);
        fresh.push(row);
      }
    } catch (error) {
      if (!(error instanceof DataverseError) || error.status !== 403) throw error;
      rows.unreadable.add(table);
    }
    return fresh;
  }
}

/** Questions of one round depend on none of the others. */
async function together(questions: readonly (() => Promise<readonly Row[]>)[]): Promise<Row[]> {
  const answers = await Promise.all(questions.map((ask) => ask()));
  return answers.flat();
}

/** Rows that lookups and texts of some rows lead to. */
export function referencesOf(rows: readonly Row[]): RoutingRoots {
  const roots = new Map<string, Set<Guid>>();
  const want = (table: string, id: Guid | undefined): void => {
    if (id !== undefined) roots.set(table, (roots.get(table) ?? new Set()).add(id));
  };
  for (const row of rows) {
    const { name } = row.shape.table;
    for (const { from, column, to } of neededRows)
      if (from === name) want(to, lookupId(row, column));
    const mapped = cell(row, 'msdyn_referencedpolymorphicentityid');
    if (isLookup(mapped)) want(mapped.table, mapped.id);
    for (const { id, tables } of textReferences(row))
      for (const table of tables) if (table in routingTables) want(table, id);
  }
  return roots;
}

/** Rows that a row names inside its texts. */
export function textReferences(
  row: Row,
): readonly { readonly id: Guid; readonly tables: readonly string[]; readonly at: string }[] {
  const { name } = row.shape.table;
  const own = ruleBook.of(name).textReferences;
  const texts =
    own.size > 0
      ? own
      : name === 'msdyn_decisionruleset'
        ? new Map([['msdyn_rulesetdefinition', rulesetText]])
        : name === 'msdyn_overflowactionconfig'
          ? new Map([['msdyn_overflowactiondata', overflowText]])
          : new Map<string, typeof rulesetText>();
  return [...texts].flatMap(([column, references]) => {
    const text = cell(row, column);
    return typeof text === 'string' ? references.find(text).references : [];
  });
}

/** Ids that were not asked for yet. */
function openIds(
  roots: RoutingRoots,
  rows: RoutingRows,
  asked: Set<string>,
): ReadonlyMap<string, ReadonlySet<Guid>> {
  const open = new Map<string, Set<Guid>>();
  for (const [table, ids] of roots) {
    if (!(table in routingTables)) continue;
    for (const id of ids) {
      const key = `${table}/${id}`;
      if (asked.has(key) || rows.has(table, id)) continue;
      asked.add(key);
      open.set(table, (open.get(table) ?? new Set()).add(id));
    }
  }
  return open;
}

/** Who takes work of the queues: members whose account is switched on. */
async function readMembers(
  reader: DataverseReader,
  rows: RoutingRows,
  tables: ReadonlyMap<string, EnvironmentTable>,
  signal: AbortSignal,
): Promise<void> {
  const queues = rows.all('queue').map(({ id }) => id);
  const table = tables.get('queue');
  const membership = table?.manyToMany.find(({ name }) => name === 'queuemembership');
  if (table === undefined || membership === undefined || queues.length === 0) return;
  const members = new Map<Guid, Guid[]>(queues.map((id) => [id, []]));
  try {
    for await (const { from, to } of reader.links(table, membership, queues, signal))
      members.get(from.id)?.push(to.id);
    const users = tables.get('systemuser');
    const ids = [...new Set([...members.values()].flat())];
    if (users !== undefined && ids.length > 0) {
      const query = {
        table: users,
        columns: ['fullname', 'isdisabled'],
        where: { by: 'ids', ids },
      };
      for await (const row of reader.rows({ ...query, where: { by: 'ids', ids } }, signal))
        rows.add(row);
    }
  } catch (error) {
    if (!(error instanceof DataverseError) || error.status !== 403) throw error;
    rows.unreadable.add('queuemembership');
    return;
  }
  for (const [queue, all] of members)
    rows.members.set(
      queue,
      all.filter((id) => {
        const user = rows.get('systemuser', id);
        return user === undefined || cell(user, 'isdisabled') !== true;
      }),
    );
}
