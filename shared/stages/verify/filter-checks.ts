import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Guid } from '../../model/guid.ts';
import type { Row } from '../../model/row.ts';
import type { RowSource } from '../../model/row-source.ts';
import type { EnvironmentTable, SourceTable } from '../../model/table.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import type { Check } from '../../report/report.ts';
import { findGuids } from '../../routing/guid-occurrence.ts';
import type { CheckBook } from './check-book.ts';

/** What a table's export filter selects in the target. */
export interface Selection {
  readonly source: SourceTable;
  readonly table: EnvironmentTable;
  readonly rows: readonly Row[];
}

/**
 * Asks the target with the filters of the export, ids in them in terms of the target. A filter that
 * the target refuses, or a table it does not have, gives no selection.
 */
export async function* selections(
  pkg: RowSource,
  plan: BuiltPlan,
  reader: DataverseReader,
  options: { readonly columns: (table: EnvironmentTable) => readonly string[] },
  signal: AbortSignal,
): AsyncGenerator<Selection> {
  const names = [...new Set(pkg.tables.map(({ name }) => name))];
  const tables = await reader.tables(names, signal);
  const ids = targetIds(plan);
  for (const source of pkg.tables) {
    const table = tables.get(source.name);
    if (table === undefined) continue;
    const columns = options.columns(table);
    const filter = source.filter === undefined ? undefined : inTarget(source.filter, ids);
    const rows: Row[] = [];
    try {
      const query =
        filter === undefined
          ? { table, columns }
          : { table, columns, where: { by: 'fetch', fetchXml: filter } as const };
      for await (const row of reader.rows(query, signal)) rows.push(row);
    } catch (error) {
      if (!(error instanceof DataverseError) || ![400, 403].includes(error.status ?? 0))
        throw error;
      continue;
    }
    yield { source, table, rows };
  }
}

/** Whether the filters of the export find in the target what the package holds. */
export async function filterChecks(
  pkg: RowSource,
  plan: BuiltPlan,
  reader: DataverseReader,
  book: CheckBook,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const columns = (): readonly string[] => [];
  for await (const { source, rows } of selections(pkg, plan, reader, { columns }, signal)) {
    if (source.filter === undefined) continue;
    const found = new Set(rows.map(({ id }) => id));
    const held = await heldRows(pkg, source, plan, signal);
    const lost = held.filter(({ id }) => !found.has(id));
    checks.push(
      book.asked(
        'row-count',
        `${source.step} ${source.name}: ${held.length} rows of the package are among ${found.size} in the target by the same filter`,
        lost.length === 0
          ? undefined
          : {
              where: `${source.step} table ${source.name}`,
              summary: `The filter of the export finds ${held.length - lost.length} of the ${held.length} rows of the package in the target; it misses ${named(lost)}`,
              remedy: 'Look at the rows named; import the package again.',
            },
      ),
    );
  }
  return checks;
}

function named(rows: readonly { readonly name: string }[]): string {
  const first = rows.slice(0, 10).map(({ name }) => `"${name}"`);
  return first.join(', ') + (rows.length > 10 ? ` and ${rows.length - 10} more` : '');
}

/** Rows of one table and step, as the target has them. */
async function heldRows(
  pkg: RowSource,
  source: SourceTable,
  { index, identities }: BuiltPlan,
  signal: AbortSignal,
): Promise<readonly { readonly id: Guid; readonly name: string }[]> {
  const held = new Map<Guid, { readonly id: Guid; readonly name: string }>();
  for await (const row of pkg.rows(source, signal)) {
    const node = index.nodeOf({ table: source.name, id: row.id });
    const target = node === undefined ? undefined : identities.targetOf(node);
    // Rows that are not there at all are told as missing.
    if (node === undefined || target === undefined || identities.isCreated(node)) continue;
    held.set(target.id, { id: target.id, name: index.nameOf(node) });
  }
  return [...held.values()];
}

/** Ids of the target by ids of the source, where they differ. */
function targetIds({ index, identities }: BuiltPlan): ReadonlyMap<Guid, Guid> {
  const ids = new Map<Guid, Guid>();
  for (let node = 0; node < index.size; node += 1) {
    const { id } = index.refOf(node);
    const target = identities.targetOf(node);
    if (target !== undefined && target.id !== id) ids.set(id, target.id);
  }
  return ids;
}

function inTarget(filter: string, ids: ReadonlyMap<Guid, Guid>): string {
  let text = filter;
  for (const { id } of findGuids(filter)) {
    const target = ids.get(id);
    if (target !== undefined) text = text.replaceAll(new RegExp(id, 'gi'), target);
  }
  return text;
}
